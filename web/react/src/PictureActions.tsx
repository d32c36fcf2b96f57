"use client";
import type { CataloguePicture, Schemas } from "@croquis/client";
import parts from "./parts.module.css";
import { words } from "./words";

const SAID = words.gallery;

interface PictureActionsProps {
  picture: CataloguePicture;
  busy: boolean;
  onFavourite: () => void;
  onAccepted: () => void;
  /** Once more: with nothing changed it is another seed, with changes the same one. */
  onRepeat: (changes: Schemas["ImageWishes"]) => void;
  onRemove: () => void;
}

/** What can be done with one picture. */
export function PictureActions({ picture, busy, onFavourite, onAccepted, onRepeat, onRemove }: PictureActionsProps) {
  return (
    <>
      <div className={parts.row}>
        <button type="button" className={parts.plain} aria-pressed={picture.favourite} onClick={onFavourite}>
          {picture.favourite ? "★" : "☆"} {SAID.favourite}
        </button>
        <button type="button" className={parts.plain} aria-pressed={picture.accepted} onClick={onAccepted}>
          {picture.accepted ? "✓ " : ""}
          {picture.accepted ? SAID.accepted : SAID.accept}
        </button>
        {picture.download_url && (
          <a className={parts.plain} href={picture.download_url} download>
            {SAID.download}
          </a>
        )}
        {picture.kind === "generation" && (
          <button type="button" className={parts.plain} disabled={busy} onClick={() => onRepeat({})}>
            {SAID.again}
          </button>
        )}
        <button type="button" className={parts.danger} onClick={onRemove}>
          {SAID.remove}
        </button>
      </div>
      {picture.kind === "generation" && (
        <form
          className={parts.stack}
          onSubmit={(event) => {
            event.preventDefault();
            const outfit = String(new FormData(event.currentTarget).get("outfit")).trim();
            if (outfit) onRepeat({ outfit });
          }}
        >
          <label className={parts.field}>
            <span className={parts.label}>{SAID.vary}</span>
            <input name="outfit" autoComplete="off" />
          </label>
          <button type="submit" className={parts.plain} disabled={busy}>
            {SAID.varyGo}
          </button>
        </form>
      )}
    </>
  );
}
