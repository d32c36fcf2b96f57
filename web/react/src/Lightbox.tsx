"use client";
import type { Picture } from "@croquis/client";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import styles from "./Lightbox.module.css";
import parts from "./parts.module.css";
import { steadyUrl } from "./steadyUrl";
import { words } from "./words";

interface LightboxProps {
  pictures: readonly Picture[];
  at: string;
  onMove: (pictureId: string) => void;
  onClose: () => void;
  /** What can be done with the picture that is shown. */
  children?: ReactNode;
}

/** One picture on the full screen; the arrow keys go to the next one. */
export function Lightbox({ pictures, at, onMove, onClose, children }: LightboxProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const place = pictures.findIndex((it) => it.id === at);
  const picture = pictures[place];
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const go = (by: number) => {
    const next = pictures[place + by];
    if (next) onMove(next.id);
  };
  function keys({ key }: KeyboardEvent): void {
    if (key === "ArrowLeft") go(-1);
    if (key === "ArrowRight") go(1);
  }
  return (
    <dialog ref={dialog} className={styles.box} aria-label={words.gallery.title} onClose={onClose} onKeyDown={keys}>
      <div className={styles.top}>
        <button
          type="button"
          className={parts.icon}
          aria-label={words.gallery.previous}
          disabled={place <= 0}
          onClick={() => go(-1)}
        >
          ‹
        </button>
        <button
          type="button"
          className={parts.icon}
          aria-label={words.gallery.next}
          disabled={place >= pictures.length - 1}
          onClick={() => go(1)}
        >
          ›
        </button>
        <button type="button" className={parts.icon} aria-label={words.close} onClick={() => dialog.current?.close()}>
          ×
        </button>
      </div>
      {picture?.url && <img src={steadyUrl(picture.url)} alt={picture.prompt} className={styles.picture} />}
      {picture && (
        <div className={styles.about}>
          <p>{picture.prompt}</p>
          {picture.seed !== null && <p className={parts.note}>{words.gallery.seed(picture.seed)}</p>}
          {picture.checks?.why.map((it) => (
            <p key={it} className={parts.note}>
              {it}
            </p>
          ))}
          {children}
        </div>
      )}
    </dialog>
  );
}
