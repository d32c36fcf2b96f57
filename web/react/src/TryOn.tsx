"use client";
import type { Croquis, ImageOrder, TryOnWish } from "@croquis/client";
import { useCallback, useMemo, useState } from "react";
import { type Engine, EngineChoice, ENGINES } from "./EngineChoice";
import { naming } from "./naming";
import { orderAnswered, orderKey } from "./orderKey";
import parts from "./parts.module.css";
import { PictureChoice } from "./PictureChoice";
import { Refusals } from "./Refusals";
import { steadyUrl } from "./steadyUrl";
import styles from "./TryOn.module.css";
import { TryOnResult } from "./TryOnResult";
import { Loading, Missing, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { useDryRun } from "./useDryRun";
import { useModelPictures } from "./useModelPictures";
import { useOrder } from "./useOrder";
import { useWardrobe } from "./useWardrobe";
import { NOTHING_WORN, toggled, type Worn, WornChoice } from "./WornChoice";
import { words } from "./words";

const SAID = words.tryOn;

export interface TryOnProps {
  croquis: Croquis;
  modelId: string;
  /** The picture that is chosen at first; else the newest one. */
  pictureId?: string;
  /** The person wants to add garments. */
  onGarments: () => void;
  /** The person wants to see all pictures of the model. */
  onModel: () => void;
}

/** Puts garments, or a look, on the person of a picture: what it costs is told before, before and after are shown. */
export function TryOn({ croquis, modelId, pictureId, onGarments, onModel }: TryOnProps) {
  const pictures = useModelPictures(croquis, modelId);
  const { wardrobe, error, look } = useWardrobe(croquis);
  const [chosen, setChosen] = useState(pictureId);
  const [worn, setWorn] = useState<Worn>(NOTHING_WORN);
  const [engine, setEngine] = useState<Engine>(ENGINES[0]!);
  const [twice, setTwice] = useState(false);
  const [order, setOrder] = useState<ImageOrder>();
  const action = useAction();
  const named = naming(wardrobe?.garments);

  // nothing takes the place of a picture that somebody chose
  const picture = chosen ? pictures.pictures?.find((it) => it.id === chosen) : pictures.pictures?.[0];
  const wish = useMemo(() => asked(picture?.id, worn, engine, twice), [picture?.id, worn, engine, twice]);
  const tryOut = useCallback((it: TryOnWish) => croquis.tryOns.tryOrder(it), [croquis]);
  const { price, dryRun, error: refused } = useDryRun(tryOut, wish);
  useOrder(croquis, order, { onOrder: setOrder, onPictures: pictures.again }, true);

  function go(): void {
    if (!wish) return;
    setChosen(wish.image_id); // what is made becomes the newest picture, and nobody chose that one
    void action.run(async () => {
      setOrder(await croquis.tryOns.order(wish, orderKey("try-on", wish)));
      orderAnswered("try-on", wish);
    });
  }

  if (!pictures.model) {
    return pictures.error ? <Missing error={pictures.error} again={pictures.again} /> : <Loading tall />;
  }
  return (
    <div className={styles.page}>
      <header>
        <h1>{SAID.title}</h1>
        <p className={styles.lead}>{SAID.of(pictures.model.name)}</p>
      </header>
      <div className={styles.columns}>
        <div className={styles.choices}>
          <section className={styles.choice} aria-label={SAID.picture}>
            <h2>{SAID.picture}</h2>
            <PictureChoice
              of={pictures}
              label={SAID.picture}
              chosen={picture ? [picture.id] : []}
              onChoose={setChosen}
            />
          </section>
          <section className={styles.choice} aria-label={SAID.worn}>
            <h2>{SAID.worn}</h2>
            <p className={parts.note}>{SAID.wornHint}</p>
            <Trouble error={error} again={look} />
            {wardrobe ? (
              <WornChoice
                {...wardrobe}
                worn={worn}
                onLook={(id) => setWorn({ looks: worn.looks.includes(id) ? [] : [id], garments: [] })}
                onGarment={(id) => setWorn({ looks: [], garments: toggled(worn.garments, id) })}
                onGarments={onGarments}
              />
            ) : (
              !error && <Loading />
            )}
          </section>
          <section className={styles.choice} aria-label={SAID.engine}>
            <h2>{SAID.engine}</h2>
            <EngineChoice engine={engine} onChoose={setEngine} />
            <label className={parts.check}>
              <input type="checkbox" checked={twice} onChange={({ target }) => setTwice(target.checked)} />
              <span>
                {SAID.twice} <span className={parts.label}>{SAID.twiceHint}</span>
              </span>
            </label>
          </section>
          <Refusals dryRun={dryRun} named={named} />
          <Trouble error={action.error ?? refused} named={named} />
          <div className={parts.row}>
            <button
              type="button"
              className={parts.primary}
              disabled={!dryRun || dryRun.refusals.length > 0 || action.busy}
              onClick={go}
            >
              {wish ? SAID.go(price) : SAID.choose}
            </button>
            {order && (
              <button type="button" className={parts.link} onClick={onModel}>
                {words.gallery.title}
              </button>
            )}
          </div>
        </div>
        <div className={styles.result}>
          {order ? (
            <TryOnResult order={order} />
          ) : (
            picture?.url && <img className={styles.picture} src={steadyUrl(picture.url)} alt={picture.prompt} />
          )}
        </div>
      </div>
    </div>
  );
}

function asked(image_id: string | undefined, worn: Worn, engine: Engine, twice: boolean): TryOnWish | undefined {
  if (!image_id) return undefined;
  const choice = { image_id, engine, retry_once: twice };
  const [look_id] = worn.looks;
  if (look_id) return { ...choice, look_id };
  return worn.garments.length > 0 ? { ...choice, garment_ids: [...worn.garments] } : undefined;
}
