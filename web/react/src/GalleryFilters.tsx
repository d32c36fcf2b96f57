"use client";
import type { PictureFilters } from "@croquis/client";
import { useId } from "react";
import styles from "./GalleryFilters.module.css";
import parts from "./parts.module.css";
import { words } from "./words";

const SAID = words.gallery;
type Kind = keyof typeof SAID.filters;
const KINDS = Object.keys(SAID.filters) as Kind[];
const QUERIES: Record<Kind, PictureFilters> = {
  all: {},
  favourite: { favourite: true },
  accepted: { accepted: true },
  notAccepted: { accepted: false },
  generation: { kind: "generation" },
  preview: { kind: "preview" },
};

/** What is shown: one kind of pictures, and of which days. */
export interface Chosen {
  kind: Kind;
  since: string;
  until: string;
}

export const EVERYTHING: Chosen = { kind: "all", since: "", until: "" };

/** As the API takes it. */
export function queryOf({ kind, since, until }: Chosen): PictureFilters {
  return { ...QUERIES[kind], ...(since && { since }), ...(until && { until }) };
}

export function isEverything(chosen: Chosen): boolean {
  return Object.keys(queryOf(chosen)).length === 0;
}

export function GalleryFilters({ chosen, onChoose }: { chosen: Chosen; onChoose: (chosen: Chosen) => void }) {
  const group = useId();
  return (
    <div className={styles.filters}>
      <div className={parts.chips} role="group" aria-label={SAID.title}>
        {KINDS.map((it) => (
          <label key={it} className={parts.chip}>
            <input
              type="radio"
              name={group}
              checked={chosen.kind === it}
              onChange={() => onChoose({ ...chosen, kind: it })}
            />
            <span>{SAID.filters[it]}</span>
          </label>
        ))}
      </div>
      <div className={styles.days}>
        {(["since", "until"] as const).map((it) => (
          <label key={it}>
            <span>{SAID[it]}</span>
            <input
              type="date"
              className={parts.input}
              value={chosen[it]}
              onChange={({ currentTarget }) => onChoose({ ...chosen, [it]: currentTarget.value })}
            />
          </label>
        ))}
        {(chosen.since || chosen.until) && (
          <button type="button" className={parts.link} onClick={() => onChoose({ ...chosen, since: "", until: "" })}>
            {SAID.allDays}
          </button>
        )}
      </div>
    </div>
  );
}
