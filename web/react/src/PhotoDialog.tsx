"use client";
import type { Photo, Schemas, Slot } from "@croquis/client";
import { useState } from "react";
import { Dialog } from "./Ask";
import { FileButton } from "./FileButton";
import { Findings } from "./Findings";
import styles from "./PhotoDialog.module.css";
import parts from "./parts.module.css";
import { steadyUrl } from "./steadyUrl";
import { words } from "./words";

const SAID = words.photos;

interface PhotoDialogProps {
  photo: Photo;
  slots: readonly Slot[];
  onClose: () => void;
  onChange: (body: Schemas["ChangePhoto"]) => void;
  onMove: (slot: Slot | undefined) => void;
  onRemove: () => void;
  onReplace: (file: File) => void;
}

/** One photo, large, with all that was found in it and all that can be done with it. */
export function PhotoDialog({ photo, slots, onClose, onChange, onMove, onRemove, onReplace }: PhotoDialogProps) {
  const title = slots.find((it) => it.number === photo.slot)?.title ?? "";
  return (
    <Dialog wide title={SAID.slot(photo.slot, title)} onClose={onClose}>
      <div className={styles.columns}>
        {photo.thumbnail_url && <img src={steadyUrl(photo.thumbnail_url)} alt={title} className={styles.photo} />}
        <div className={parts.stack}>
          <Findings findings={photo.findings} />
          <Override photo={photo} onChange={onChange} />
          <label className={parts.field}>
            <span className={parts.label}>{SAID.moveTo}</span>
            <select
              value={photo.slot}
              onChange={({ currentTarget }) => onMove(slots.find((it) => it.number === Number(currentTarget.value)))}
            >
              {slots.map((it) => (
                <option key={it.number} value={it.number}>
                  {it.number} {it.title}
                </option>
              ))}
            </select>
          </label>
          <div className={parts.row}>
            <FileButton className={parts.plain} onFiles={([file]) => file && onReplace(file)}>
              {words.replace}
            </FileButton>
            <button type="button" className={parts.danger} onClick={onRemove}>
              {words.remove}
            </button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}

function Override({ photo, onChange }: Pick<PhotoDialogProps, "photo" | "onChange">) {
  const [declared, setDeclared] = useState(false);
  if (photo.overridden) {
    return (
      <button type="button" className={parts.plain} onClick={() => onChange({ override: false })}>
        {SAID.takeBack}
      </button>
    );
  }
  if (!photo.override || photo.status !== "rejected") return null;
  if (photo.override === "never") return <p className={parts.note}>{SAID.never}</p>;
  const declaration = photo.override === "declaration";
  return (
    <div className={parts.stack}>
      {declaration && (
        <label className={parts.check}>
          <input
            type="checkbox"
            checked={declared}
            onChange={({ currentTarget }) => setDeclared(currentTarget.checked)}
          />
          <span>{SAID.onlyThePerson}</span>
        </label>
      )}
      <button
        type="button"
        className={parts.plain}
        disabled={declaration && !declared}
        onClick={() => onChange({ override: true, ...(declaration && { shows_only_the_person: true as const }) })}
      >
        {SAID.useAnyway}
      </button>
    </div>
  );
}
