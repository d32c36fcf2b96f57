"use client";
import type { NewGarment } from "@croquis/client";
import { type FormEvent, useState } from "react";
import { CATEGORIES, type Category } from "./GarmentCard";
import styles from "./NewGarments.module.css";
import parts from "./parts.module.css";
import { previewOf } from "./previewOf";
import type { Draft } from "./useGarmentUploads";
import { words } from "./words";

const SAID = words.garments;
const LONGEST = 80; // characters of a name

interface NewGarmentsProps {
  drafts: readonly Draft[];
  onDrop: (key: string) => void;
  onSend: (named: (NewGarment & { file: File })[]) => void;
}

/** Pictures that were chosen: each is told what it shows before it goes. */
export function NewGarments({ drafts, onDrop, onSend }: NewGarmentsProps) {
  const [incomplete, setIncomplete] = useState(false);
  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const named = drafts.map(({ key, file }) => {
      const said = (what: string) => String(form.get(`${what}-${key}`)).trim();
      return { file, name: said("name"), category: said("category") as Category };
    });
    const complete = named.every((it) => it.name && it.category);
    setIncomplete(!complete);
    if (complete) onSend(named);
  }
  return (
    <form className={styles.form} onSubmit={send} noValidate aria-label={SAID.newOnes}>
      <h2>{SAID.newOnes}</h2>
      <ul className={styles.drafts}>
        {drafts.map((it) => (
          <NewOne key={it.key} draft={it} onDrop={() => onDrop(it.key)} />
        ))}
      </ul>
      {incomplete && (
        <p role="alert" className={parts.bad}>
          {SAID.chooseFirst}
        </p>
      )}
      <button type="submit" className={parts.primary}>
        {SAID.send(drafts.length)}
      </button>
    </form>
  );
}

function NewOne({ draft: { key, file }, onDrop }: { draft: Draft; onDrop: () => void }) {
  return (
    <li className={styles.draft}>
      <img src={previewOf(file)} alt={file.name} />
      <div className={styles.fields}>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.name}</span>
          <input name={`name-${key}`} maxLength={LONGEST} defaultValue={nameOf(file)} autoComplete="off" />
        </label>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.category}</span>
          <select name={`category-${key}`} defaultValue="">
            <option value="">{SAID.choose}</option>
            {CATEGORIES.map((it) => (
              <option key={it} value={it}>
                {SAID.one[it]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <button type="button" className={parts.icon} aria-label={`${words.remove}: ${file.name}`} onClick={onDrop}>
        ×
      </button>
    </li>
  );
}

/** What the file is called, in words. */
function nameOf({ name }: File): string {
  const says = name.replace(/\.[^.]*$/, "").replaceAll(/[\s_-]+/g, " ").trim(); // prettier-ignore
  return (says.charAt(0).toUpperCase() + says.slice(1)).slice(0, LONGEST);
}
