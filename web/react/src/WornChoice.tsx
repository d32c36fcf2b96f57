import type { Garment, Look } from "@croquis/client";
import { naming } from "./naming";
import parts from "./parts.module.css";
import styles from "./Choices.module.css";
import { type Tile, Tiles } from "./Tiles";
import { words } from "./words";

const SAID = words.tryOn;

/** What is chosen to be worn: looks, and garments one by one. */
export interface Worn {
  readonly looks: readonly string[];
  readonly garments: readonly string[];
}

export const NOTHING_WORN: Worn = { looks: [], garments: [] };

interface WornChoiceProps {
  garments: readonly Garment[];
  looks: readonly Look[];
  worn: Worn;
  onLook: (id: string) => void;
  onGarment: (id: string) => void;
  /** The person has no garment, and wants to add some. */
  onGarments: () => void;
}

/** Looks and ready garments to choose from. */
export function WornChoice({ garments, looks, worn, onLook, onGarment, onGarments }: WornChoiceProps) {
  const ready = garments.filter((it) => it.status === "ready");
  if (ready.length === 0) {
    return (
      <div className={parts.row}>
        <p className={parts.note}>{SAID.noGarments}</p>
        <button type="button" className={parts.plain} onClick={onGarments}>
          {SAID.toGarments}
        </button>
      </div>
    );
  }
  return (
    <div className={styles.choices}>
      {looks.length > 0 && (
        <>
          <h3 className={parts.label}>{words.looks.title}</h3>
          <Tiles label={words.looks.title} tiles={looks.map(ofLook)} chosen={worn.looks} several onChoose={onLook} />
        </>
      )}
      <h3 className={parts.label}>{words.garments.title}</h3>
      <Tiles
        label={words.garments.title}
        tiles={ready.map(ofGarment)}
        chosen={worn.garments}
        several
        onChoose={onGarment}
      />
    </div>
  );
}

function ofGarment({ id, name, thumbnail_url }: Garment): Tile {
  return { id, name, says: name, pictures: thumbnail_url ? [thumbnail_url] : [] };
}

function ofLook({ id, name, garments, against }: Look): Tile {
  const pictures = garments.flatMap(({ thumbnail_url }) => thumbnail_url ?? []);
  return { id, name, says: against[0] ? naming(garments)(against[0]) : name, pictures, disabled: against.length > 0 };
}

/** The same with this one, or without it where it was chosen. */
export function toggled(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((it) => it !== id) : [...ids, id];
}
