"use client";
import { useState } from "react";
import styles from "./BeforeAfter.module.css";
import { words } from "./words";

const SAID = words.tryOn;

export interface BeforeAfterProps {
  /** Links to both pictures; before is null where it was removed or refused since. */
  before: string | null;
  after: string;
  width: number;
  height: number;
  /** What the picture after shows. */
  name: string;
}

/** Two pictures of one person in one frame; a slider, which the arrow keys move too, says how much of which is seen. */
export function BeforeAfter({ before, after, width, height, name }: BeforeAfterProps) {
  const [share, setShare] = useState(50);
  return (
    <figure className={styles.figure}>
      <div className={styles.frame} style={{ aspectRatio: `${width} / ${height}` }}>
        <img src={after} alt={name} />
        {before && (
          <>
            <img src={before} alt={SAID.before} style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }} />
            <span className={styles.line} style={{ insetInlineStart: `${share}%` }} aria-hidden="true" />
            <input
              type="range"
              min={0}
              max={100}
              value={share}
              aria-label={SAID.slider}
              aria-valuetext={SAID.share(share)}
              onChange={({ target }) => setShare(Number(target.value))}
            />
          </>
        )}
      </div>
      <figcaption className={styles.caption}>
        {before ? (
          <>
            <span>{SAID.before}</span>
            <span>{SAID.after}</span>
          </>
        ) : (
          <span>{SAID.gone}</span>
        )}
      </figcaption>
    </figure>
  );
}
