import { type ReactNode, useId } from "react";
import { steadyUrl } from "./steadyUrl";
import styles from "./Tiles.module.css";

export interface Tile {
  id: string;
  name: string;
  /** Links to what it shows: several stand side by side. */
  pictures: readonly string[];
  /** What stands below it. */
  says?: ReactNode;
  disabled?: boolean;
}

interface TilesProps {
  label: string;
  tiles: readonly Tile[];
  chosen: readonly string[];
  /** Is one chosen, or are several? */
  several?: boolean;
  /** They are as tall as a picture of a whole figure. */
  tall?: boolean;
  onChoose: (id: string) => void;
}

/** Pictures to choose from, each a radio button or a box to tick. */
export function Tiles({ label, tiles, chosen, several = false, tall = false, onChoose }: TilesProps) {
  const group = useId();
  return (
    <div className={styles.tiles} role={several ? "group" : "radiogroup"} aria-label={label}>
      {tiles.map((it) => (
        <label key={it.id} className={styles.tile}>
          <input
            type={several ? "checkbox" : "radio"}
            name={group}
            checked={chosen.includes(it.id)}
            disabled={it.disabled}
            aria-label={it.name}
            onChange={() => onChoose(it.id)}
          />
          <span className={styles.frame} data-tall={tall}>
            {it.pictures.map((url) => (
              <img key={url} src={steadyUrl(url)} alt="" loading="lazy" />
            ))}
          </span>
          {it.says && <span className={styles.says}>{it.says}</span>}
        </label>
      ))}
    </div>
  );
}
