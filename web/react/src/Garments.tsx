"use client";
import type { Croquis, Garment } from "@croquis/client";
import { type DragEvent, useState } from "react";
import { FileButton } from "./FileButton";
import { CATEGORIES, type Category, GarmentCard, GarmentOnItsWay } from "./GarmentCard";
import { GarmentDialog } from "./GarmentDialog";
import styles from "./Garments.module.css";
import { Looks } from "./Looks";
import { naming } from "./naming";
import { NewGarments } from "./NewGarments";
import { NewLook } from "./NewLook";
import parts from "./parts.module.css";
import { Silhouette } from "./Silhouette";
import { Loading, Trouble } from "./Trouble";
import { useGarmentUploads } from "./useGarmentUploads";
import { useWardrobe } from "./useWardrobe";
import { words } from "./words";

const SAID = words.garments;

export interface GarmentsProps {
  croquis: Croquis;
}

/** Garments and looks: add by choice or drop, see what the check says, name, choose those that are worn together. */
export function Garments({ croquis }: GarmentsProps) {
  const { wardrobe, error, look } = useWardrobe(croquis);
  const { uploads, running, drafts, notes, choose, drop, send } = useGarmentUploads(croquis, look);
  const [category, setCategory] = useState<Category>();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [opened, setOpened] = useState<string>();
  const [over, setOver] = useState(false);
  if (!wardrobe) return error ? <Trouble error={error} again={look} /> : <Loading tall />;

  const { garments, looks } = wardrobe;
  const shown = garments.filter((it) => !uploads.holds(it.id) && (!category || it.category === category));
  const worn = chosen.filter((id) => garments.some((it) => it.id === id && it.status === "ready"));
  const toggle = ({ id }: Garment) =>
    setChosen((before) => (before.includes(id) ? before.filter((it) => it !== id) : [...before, id]));
  const some = garments.length + running.length > 0;
  const bare = !some && drafts.length === 0;
  function dropped(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    void choose([...event.dataTransfer.files]);
  }

  return (
    <div
      className={styles.page}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(event.dataTransfer.types.includes("Files"));
      }}
      onDragLeave={(event) => event.currentTarget === event.target && setOver(false)}
      onDrop={dropped}
    >
      <header className={bare ? styles.bare : undefined}>
        {bare && <Silhouette pose="arms_down" className={styles.figure} />}
        <h1>{bare ? SAID.empty : SAID.title}</h1>
        <p className={styles.lead}>{bare ? SAID.emptyMore : SAID.lead}</p>
        <div className={parts.row}>
          <FileButton many className={parts.primary} onFiles={(files) => void choose(files)}>
            {SAID.add}
          </FileButton>
          <p className={parts.note}>{SAID.drop}</p>
        </div>
      </header>
      {notes.length > 0 && (
        <ul role="status" className={styles.notes}>
          {notes.map((it) => (
            <li key={it}>{it}</li>
          ))}
        </ul>
      )}
      <Trouble error={error} again={look} />
      {drafts.length > 0 && <NewGarments drafts={drafts} onDrop={drop} onSend={send} />}
      {some && (
        <section aria-label={SAID.title} className={styles.stack}>
          <Categories garments={garments} chosen={category} onChoose={setCategory} />
          {shown.length + running.length === 0 && <p className={styles.lead}>{SAID.none}</p>}
          <ul className={styles.grid}>
            {running.map((it) => (
              <GarmentOnItsWay
                key={it.key}
                upload={it}
                onCancel={() => void uploads.cancel(it.key).then(look)}
                onRetry={() => void uploads.retry(it.key).then(look)}
              />
            ))}
            {shown.map((it) => (
              <GarmentCard
                key={it.id}
                garment={it}
                file={uploads.fileOf(it.id)}
                chosen={worn.includes(it.id)}
                onChoose={() => toggle(it)}
                onOpen={() => setOpened(it.id)}
              />
            ))}
          </ul>
        </section>
      )}
      {worn.length > 0 && (
        <NewLook
          croquis={croquis}
          garmentIds={worn}
          named={naming(garments)}
          onClear={() => setChosen([])}
          onKept={look}
        />
      )}
      {some && <Looks croquis={croquis} looks={looks} onChange={look} />}
      {garments
        .filter((it) => it.id === opened)
        .map((it) => (
          <GarmentDialog
            key={it.id}
            croquis={croquis}
            garment={it}
            onChange={look}
            onClose={() => setOpened(undefined)}
          />
        ))}
    </div>
  );
}

interface CategoriesProps {
  garments: readonly Garment[];
  chosen: Category | undefined;
  onChoose: (category: Category | undefined) => void;
}

/** Those of which there is a garment, and all. */
function Categories({ garments, chosen, onChoose }: CategoriesProps) {
  const there = CATEGORIES.filter((it) => it === chosen || garments.some(({ category }) => category === it));
  if (there.length < 2 && !chosen) return null;
  return (
    <div className={parts.chips} role="group" aria-label={SAID.category}>
      {[undefined, ...there].map((it) => (
        <label key={it ?? ""} className={parts.chip}>
          <input type="radio" name="category" checked={chosen === it} onChange={() => onChoose(it)} />
          <span>{it ? SAID.categories[it] : SAID.all}</span>
        </label>
      ))}
    </div>
  );
}
