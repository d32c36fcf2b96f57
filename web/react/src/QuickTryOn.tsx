"use client";
import type { Croquis, ImageOrder, QuickWish } from "@croquis/client";
import { ApiProblem } from "@croquis/client";
import { useCallback, useMemo, useState } from "react";
import { naming } from "./naming";
import { orderAnswered, orderKey } from "./orderKey";
import parts from "./parts.module.css";
import styles from "./QuickTryOn.module.css";
import { Refusals } from "./Refusals";
import { TryOnResult } from "./TryOnResult";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { useDryRun } from "./useDryRun";
import { useOrder } from "./useOrder";
import { useWardrobe } from "./useWardrobe";
import { words } from "./words";

const SAID = words.tryOn;

export interface QuickTryOnProps {
  croquis: Croquis;
  modelId: string;
  name: string;
  onGarments: () => void;
  /** The person wants to choose picture, garments and engine themselves. */
  onMore: () => void;
}

/** One click after an approval: the newest garments, or a look, on the best picture of the model. */
export function QuickTryOn({ croquis, modelId, name, onGarments, onMore }: QuickTryOnProps) {
  const { wardrobe, error: unread, look } = useWardrobe(croquis);
  const [lookId, setLookId] = useState("");
  const [order, setOrder] = useState<ImageOrder>();
  const wish = useMemo((): QuickWish => (lookId ? { look_id: lookId } : { newest: true }), [lookId]);
  const tryOut = useCallback((it: QuickWish) => croquis.tryOns.tryQuick(modelId, it), [croquis, modelId]);
  const { price, dryRun, error } = useDryRun(tryOut, wardrobe && wish);
  const action = useAction();
  const named = naming(wardrobe?.garments);
  useOrder(croquis, order, { onOrder: setOrder, onPictures: () => undefined }, true);
  const bare = error instanceof ApiProblem && error.code === "no_garments";

  function go(): void {
    void action.run(async () => {
      setOrder(await croquis.tryOns.quick(modelId, wish, orderKey("quick", modelId, wish)));
      orderAnswered("quick", modelId, wish);
    });
  }

  const looks = wardrobe?.looks.filter((it) => it.against.length === 0) ?? [];
  return (
    <section className={styles.quick} aria-label={SAID.quick}>
      <div className={styles.choice}>
        <h2>{SAID.quick}</h2>
        <p className={parts.note}>{SAID.quickLead(name)}</p>
        {looks.length > 0 && (
          <label className={parts.field}>
            <span className={parts.label}>{SAID.worn}</span>
            <select value={lookId} onChange={({ target }) => setLookId(target.value)}>
              <option value="">{SAID.newest}</option>
              {looks.map((it) => (
                <option key={it.id} value={it.id}>
                  {it.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <Refusals dryRun={dryRun} named={named} />
        <Trouble error={unread} again={look} />
        <Trouble error={action.error ?? (bare ? undefined : error)} named={named} />
        <div className={parts.row}>
          {bare ? (
            <button type="button" className={parts.plain} onClick={onGarments}>
              {SAID.toGarments}
            </button>
          ) : (
            <button
              type="button"
              className={parts.plain}
              disabled={action.busy || !dryRun || dryRun.refusals.length > 0}
              onClick={go}
            >
              {SAID.go(price)}
            </button>
          )}
          <button type="button" className={parts.link} onClick={onMore}>
            {SAID.more}
          </button>
        </div>
      </div>
      {order && <TryOnResult order={order} />}
    </section>
  );
}
