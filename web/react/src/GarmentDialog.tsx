"use client";
import type { Croquis, Garment } from "@croquis/client";
import { useState } from "react";
import { Ask, Dialog } from "./Ask";
import { Findings } from "./Findings";
import { CATEGORIES, type Category, verdictOf } from "./GarmentCard";
import styles from "./GarmentDialog.module.css";
import parts from "./parts.module.css";
import { steadyUrl } from "./steadyUrl";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.garments;

interface GarmentDialogProps {
  croquis: Croquis;
  garment: Garment;
  onChange: () => void;
  onClose: () => void;
}

/** One garment: all that the check found, its name and category, and deleting it. */
export function GarmentDialog({ croquis, garment, onChange, onClose }: GarmentDialogProps) {
  const [removing, setRemoving] = useState(false);
  const action = useAction();
  const act = (doing: () => Promise<unknown>) =>
    void action.run(async () => {
      await doing();
      onChange();
      onClose();
    });
  if (removing) {
    return (
      <Ask
        title={SAID.remove}
        question={SAID.removeAsk}
        yes={SAID.remove}
        onYes={() => act(() => croquis.garments.remove(garment.id))}
        onClose={() => setRemoving(false)}
      />
    );
  }
  return (
    <Dialog title={garment.name} wide onClose={onClose}>
      <div className={styles.columns}>
        {garment.thumbnail_url ? (
          <img className={styles.picture} src={steadyUrl(garment.thumbnail_url)} alt={garment.name} />
        ) : (
          <div className={styles.picture} />
        )}
        <div className={parts.stack}>
          {garment.findings.length > 0 ? (
            <Findings findings={garment.findings} />
          ) : (
            <p className={parts.note}>{verdictOf(garment).says}</p>
          )}
          {garment.colour && (
            <p className={styles.colour}>
              <span style={{ background: garment.colour }} aria-hidden="true" />
              {SAID.colour}: {garment.colour}
            </p>
          )}
          <form
            className={parts.stack}
            onSubmit={(event) => {
              event.preventDefault();
              const form = new FormData(event.currentTarget);
              const name = String(form.get("name")).trim();
              const category = form.get("category") as Category;
              if (name) act(() => croquis.garments.change(garment.id, { name, category }));
            }}
          >
            <label className={parts.field}>
              <span className={parts.label}>{SAID.name}</span>
              <input name="name" maxLength={80} defaultValue={garment.name} autoComplete="off" />
            </label>
            <label className={parts.field}>
              <span className={parts.label}>{SAID.category}</span>
              <select name="category" defaultValue={garment.category}>
                {CATEGORIES.map((it) => (
                  <option key={it} value={it}>
                    {SAID.one[it]}
                  </option>
                ))}
              </select>
            </label>
            <Trouble error={action.error} />
            <div className={parts.row}>
              <button type="submit" className={parts.primary} disabled={action.busy}>
                {SAID.change}
              </button>
              <button type="button" className={parts.danger} onClick={() => setRemoving(true)}>
                {SAID.remove}
              </button>
            </div>
          </form>
        </div>
      </div>
    </Dialog>
  );
}
