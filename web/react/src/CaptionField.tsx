"use client";
import { useEffect, useState } from "react";
import styles from "./CaptionField.module.css";
import parts from "./parts.module.css";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

interface CaptionFieldProps {
  title: string;
  caption: string;
  /** Whether its owner wrote it. */
  own: boolean;
  onSave: (caption: string | null) => Promise<void>;
}

/** A caption, editable where it stands; null takes the own words back. */
export function CaptionField({ title, caption, own, onSave }: CaptionFieldProps) {
  const [text, setText] = useState(caption);
  const action = useAction();
  useEffect(() => setText(caption), [caption]);
  return (
    <div className={styles.caption}>
      <label className={parts.field}>
        <span className={parts.label}>{words.review.caption(title)}</span>
        <textarea rows={2} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
      </label>
      <div className={parts.row}>
        {text !== caption && (
          <button
            type="button"
            className={parts.link}
            disabled={action.busy || !text.trim()}
            onClick={() => void action.run(() => onSave(text.trim()))}
          >
            {words.save}
          </button>
        )}
        {own && (
          <button type="button" className={parts.link} onClick={() => void action.run(() => onSave(null))}>
            {words.review.captionBack}
          </button>
        )}
      </div>
      <Trouble error={action.error} />
    </div>
  );
}
