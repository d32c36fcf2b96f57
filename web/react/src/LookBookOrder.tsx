"use client";
import type { Croquis, LookBook, LookBookWish, Schemas } from "@croquis/client";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { day } from "./term";
import { type Engine, EngineChoice, ENGINES } from "./EngineChoice";
import { everyPage } from "./everyPage";
import styles from "./LookBookOrder.module.css";
import { naming } from "./naming";
import { orderAnswered, orderKey } from "./orderKey";
import parts from "./parts.module.css";
import { PictureChoice } from "./PictureChoice";
import { PoseChoice } from "./PoseChoice";
import { Refusals } from "./Refusals";
import { Loading, Missing, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { useDryRun } from "./useDryRun";
import { useModelPictures } from "./useModelPictures";
import { useWardrobe } from "./useWardrobe";
import { NOTHING_WORN, toggled, type Worn, WornChoice } from "./WornChoice";
import { words } from "./words";

const SAID = words.lookBook;
const MOST = 1000; // dollars, as the server takes a budget: a dry run with it tells what all cells cost

export interface LookBookOrderProps {
  croquis: Croquis;
  modelId: string;
  onOrdered: (lookBookId: string) => void;
  onGarments: () => void;
  /** A link of the host's router to a look-book. */
  linkTo: (lookBookId: string, children: ReactNode) => ReactNode;
}

/** Orders a look-book of a model: looks in rows, poses and pictures in columns, a budget; what all of it costs is told before. */
export function LookBookOrder({ croquis, modelId, onOrdered, onGarments, linkTo }: LookBookOrderProps) {
  const pictures = useModelPictures(croquis, modelId);
  const { wardrobe, error, look } = useWardrobe(croquis);
  const [worn, setWorn] = useState<Worn>(NOTHING_WORN);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [poses, setPoses] = useState<readonly string[]>([]);
  const [budget, setBudget] = useState("");
  const [engine, setEngine] = useState<Engine>(ENGINES[0]!);
  const action = useAction();
  const named = naming(wardrobe?.garments);

  const wish = useMemo(
    () => asked(modelId, worn, chosen, poses, engine, budget),
    [modelId, worn, chosen, poses, engine, budget],
  );
  const tryOut = useCallback((it: LookBookWish) => croquis.lookBooks.tryOrder(it), [croquis]);
  const { price, dryRun, error: refused } = useDryRun(tryOut, wish);
  const rows = worn.looks.length + worn.garments.length;
  const columns = chosen.length + poses.length;
  const limit = budget || price;

  function go(): void {
    if (!wish || !limit) return;
    const book = { ...wish, budget_usd: Number(limit) };
    void action.run(async () => {
      const ordered: LookBook = await croquis.lookBooks.order(book, orderKey("look-book", book));
      orderAnswered("look-book", book);
      onOrdered(ordered.id);
    });
  }

  if (!pictures.model) {
    return pictures.error ? <Missing error={pictures.error} again={pictures.again} /> : <Loading tall />;
  }
  return (
    <div className={styles.page}>
      <header>
        <p className={parts.label}>{pictures.model.name}</p>
        <h1>{SAID.new}</h1>
        <p className={styles.lead}>{SAID.lead}</p>
      </header>
      <div className={styles.columns}>
        <section className={styles.choice} aria-label={SAID.rows}>
          <h2>{SAID.rows}</h2>
          <p className={parts.note}>{SAID.rowsHint}</p>
          <Trouble error={error} again={look} />
          {wardrobe ? (
            <WornChoice
              {...wardrobe}
              worn={worn}
              onLook={(id) => setWorn({ ...worn, looks: toggled(worn.looks, id) })}
              onGarment={(id) => setWorn({ ...worn, garments: toggled(worn.garments, id) })}
              onGarments={onGarments}
            />
          ) : (
            !error && <Loading />
          )}
        </section>
        <section className={styles.choice} aria-label={SAID.columns}>
          <h2>{SAID.columns}</h2>
          <p className={parts.note}>{SAID.columnsHint}</p>
          <PoseChoice poses={poses} onChange={setPoses} />
          <h3 className={parts.label}>{words.gallery.title}</h3>
          <PictureChoice
            of={pictures}
            label={words.gallery.title}
            chosen={chosen}
            several
            onChoose={(id) => setChosen(toggled(chosen, id))}
          />
        </section>
      </div>
      <section className={styles.order} aria-label={SAID.budget}>
        <EngineChoice engine={engine} onChoose={setEngine} />
        <p className={styles.size} role="status">
          {rows > 0 && columns > 0 ? SAID.size(rows, columns) : SAID.unpriced}
        </p>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.budget}</span>
          <input
            type="number"
            min={0.01}
            max={MOST}
            step={0.01}
            value={budget}
            placeholder={price && words.dollars(price).slice(1)}
            onChange={({ target }) => setBudget(target.value)}
          />
          <span className={parts.note}>{price ? SAID.costs(price) : ""}</span>
        </label>
        <Refusals dryRun={dryRun} named={named} />
        <Trouble error={action.error ?? refused} named={named} />
        <button
          type="button"
          className={parts.primary}
          disabled={!dryRun || dryRun.refusals.length > 0 || action.busy}
          onClick={go}
        >
          {SAID.go(wish && limit)}
        </button>
      </section>
      <Earlier croquis={croquis} modelId={modelId} linkTo={linkTo} />
    </div>
  );
}

/** Undefined while there is no row or no column. Without a budget all of it is priced. */
function asked(
  model_id: string,
  worn: Worn,
  chosen: readonly string[],
  poses: readonly string[],
  engine: Engine,
  budget: string,
): LookBookWish | undefined {
  const looks = worn.looks.map((look_id) => ({ look_id }));
  const rows = [...looks, ...worn.garments.map((id) => ({ garment_ids: [id] }))];
  const columns = [...poses.map((pose) => ({ pose })), ...chosen.map((image_id) => ({ image_id }))];
  if (rows.length === 0 || columns.length === 0) return undefined;
  return { model_id, rows, columns, engine, budget_usd: Number(budget) || MOST };
}

/** The look-books of this model so far, the newest first. */
function Earlier({ croquis, modelId, linkTo }: Pick<LookBookOrderProps, "croquis" | "modelId" | "linkTo">) {
  const [books, setBooks] = useState<readonly Schemas["LookBookSummary"][]>([]);
  const reading = useAction();
  useEffect(() => {
    void reading.run(async () => {
      const all = await everyPage(async (before) => {
        const page = await croquis.lookBooks.list(before);
        return { found: page.look_books, next: page.next };
      });
      setBooks(all.filter((it) => it.model_id === modelId));
    });
  }, [croquis, modelId, reading.run]);
  if (books.length === 0) return <Trouble error={reading.error} />;
  return (
    <section aria-label={SAID.earlier}>
      <h2>{SAID.earlier}</h2>
      <ul className={styles.rows}>
        {books.map((it) => (
          <li key={it.id}>
            {linkTo(
              it.id,
              <>
                <span>{SAID.of(day(it.created_at), it.budget_usd)}</span>
                <span className={parts.label}>{SAID.status[it.status]}</span>
              </>,
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
