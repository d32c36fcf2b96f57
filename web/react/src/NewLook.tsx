"use client";
import type { Croquis } from "@croquis/client";
import { type FormEvent, useState } from "react";
import styles from "./Looks.module.css";
import type { Naming } from "./naming";
import parts from "./parts.module.css";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.looks;

interface NewLookProps {
  croquis: Croquis;
  /** In the order in which they were chosen: what is named first matters most. */
  garmentIds: readonly string[];
  named: Naming;
  onClear: () => void;
  onKept: () => void;
}

/** Keeps what is chosen as a look; what does not go together is refused by the server, in a sentence. */
export function NewLook({ croquis, garmentIds, named, onClear, onKept }: NewLookProps) {
  const [nameless, setNameless] = useState(false);
  const action = useAction();
  function keep(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    setNameless(!name);
    if (!name) return;
    void action.run(async () => {
      await croquis.looks.keep({ name, garment_ids: [...garmentIds] });
      onClear();
      onKept();
    });
  }
  return (
    <form className={styles.bar} onSubmit={keep} aria-label={SAID.keep}>
      <Trouble error={action.error} named={named} />
      {nameless && (
        <p role="alert" className={parts.bad}>
          {SAID.nameless}
        </p>
      )}
      <div className={styles.barRow}>
        <p role="status">{SAID.chosen(garmentIds.length)}</p>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.name}</span>
          <input name="name" maxLength={80} autoComplete="off" />
        </label>
        <button type="submit" className={parts.primary} disabled={action.busy}>
          {SAID.keep}
        </button>
        <button type="button" className={parts.link} onClick={onClear}>
          {SAID.clear}
        </button>
      </div>
    </form>
  );
}
