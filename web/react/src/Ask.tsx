"use client";
import { useEffect, useRef, type ReactNode } from "react";
import parts from "./parts.module.css";
import { words } from "./words";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** The browser's own dialog: it keeps the focus, closes with Escape, and gives the focus back. */
export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={wide ? parts.dialogWide : parts.dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className={parts.dialogBody}>
        <header className={parts.dialogHead}>
          <h2>{title}</h2>
          <button type="button" className={parts.icon} aria-label={words.close} onClick={() => dialog.current?.close()}>
            ×
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface AskProps {
  title: string;
  question: string;
  yes: string;
  no?: string;
  onYes: () => void;
  onClose: () => void;
}

/** One question before what cannot be taken back. */
export function Ask({ title, question, yes, no = words.cancel, onYes, onClose }: AskProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{question}</p>
      <div className={parts.row}>
        <button
          type="button"
          className={parts.danger}
          onClick={() => {
            onYes();
            onClose();
          }}
        >
          {yes}
        </button>
        <button type="button" className={parts.plain} onClick={onClose}>
          {no}
        </button>
      </div>
    </Dialog>
  );
}
