"use client";
import type { Croquis, LookBook as LookBookView } from "@croquis/client";
import { useState } from "react";
import { Ask } from "./Ask";
import { day } from "./term";
import { Lightbox } from "./Lightbox";
import styles from "./LookBook.module.css";
import { LookBookGrid } from "./LookBookGrid";
import { LookBookReport } from "./LookBookReport";
import parts from "./parts.module.css";
import { Loading, Missing, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { useLookBook } from "./useLookBook";
import { words } from "./words";

const SAID = words.lookBook;

export interface LookBookProps {
  croquis: Croquis;
  lookBookId: string;
  /** The person wants to see the model and all its pictures. */
  onModel?: (modelId: string) => void;
  /** How far it is in a few words, for the tab's title. */
  onProgress?: (title: string) => void;
}

/** One look-book: a grid that fills, what was spent of the budget, pause and go on, and in the end its files and report. */
export function LookBook({ croquis, lookBookId, onModel, onProgress }: LookBookProps) {
  const { book, error, look } = useLookBook(croquis, lookBookId, onProgress);
  const [opened, setOpened] = useState<string>();
  const [asked, setAsked] = useState(false);
  const action = useAction();
  if (!book) return error ? <Missing error={error} again={look} /> : <Loading tall />;
  const act = (to: "pause" | "resume" | "cancel") =>
    void action.run(async () => {
      await croquis.lookBooks[to](book.id);
      look();
    });
  const pictures = book.cells.flatMap(({ image }) => (image?.url ? [image] : []));
  const over = book.status === "done" || book.status === "canceled";
  return (
    <div className={styles.book}>
      <Head book={book} />
      <Trouble error={error ?? action.error} again={look} />
      {book.problem && (
        <p className={parts.trouble}>
          <strong>{book.problem.sentence}</strong> {book.problem.hint}
        </p>
      )}
      <div className={parts.row}>
        {!over && (
          <Ways paused={book.status === "paused"} busy={action.busy} onWay={act} onCancel={() => setAsked(true)} />
        )}
        {onModel && (
          <button type="button" className={parts.link} onClick={() => onModel(book.model_id)}>
            {SAID.model}
          </button>
        )}
      </div>
      <LookBookGrid book={book} onOpen={setOpened} />
      {over && <Files book={book} />}
      {book.report && <LookBookReport book={book} report={book.report} onOpen={setOpened} />}
      {opened && <Lightbox pictures={pictures} at={opened} onMove={setOpened} onClose={() => setOpened(undefined)} />}
      {asked && (
        <Ask
          title={SAID.cancel}
          question={SAID.cancelAsk}
          yes={SAID.cancel}
          no={SAID.keep}
          onYes={() => act("cancel")}
          onClose={() => setAsked(false)}
        />
      )}
    </div>
  );
}

function Head({ book }: { book: LookBookView }) {
  const { status, progress, spent_usd, budget_usd, reserved_usd } = book;
  return (
    <header className={styles.head}>
      <p className={parts.label}>
        {SAID.status[status]} · {day(book.created_at)}
      </p>
      <h1>{SAID.title}</h1>
      <progress className={styles.bar} value={progress.share} aria-label={SAID.progress(progress.done, progress.of)} />
      <p className={styles.numbers} role="status">
        <span>{SAID.progress(progress.done, progress.of)}</span>
        <span>{SAID.spent(spent_usd, budget_usd)}</span>
        {Number(reserved_usd) > 0 && <span className={parts.label}>{SAID.reserved(reserved_usd)}</span>}
      </p>
    </header>
  );
}

interface WaysProps {
  paused: boolean;
  busy: boolean;
  onWay: (to: "pause" | "resume") => void;
  onCancel: () => void;
}

function Ways({ paused, busy, onWay, onCancel }: WaysProps) {
  return (
    <>
      <button
        type="button"
        className={paused ? parts.primary : parts.plain}
        disabled={busy}
        onClick={() => onWay(paused ? "resume" : "pause")}
      >
        {paused ? SAID.resume : SAID.pause}
      </button>
      <button type="button" className={parts.link} onClick={onCancel}>
        {SAID.cancel}
      </button>
    </>
  );
}

function Files({ book: { files, progress } }: { book: LookBookView }) {
  if (!files) return <p className={parts.note}>{progress.done > 0 ? SAID.filesWait : SAID.filesNone}</p>;
  const links = [[files.pdf_url, SAID.pdf], [files.sheet_url, SAID.sheet], [files.zip_url, SAID.zip]] as const; // prettier-ignore
  return (
    <section className={styles.files} aria-label={SAID.files}>
      <h2>{SAID.files}</h2>
      <div className={parts.row}>
        {links.map(
          ([url, says]) =>
            url && (
              <a key={says} className={parts.plain} href={url} download>
                {says}
              </a>
            ),
        )}
      </div>
      {!files.zip_url && <p className={parts.note}>{SAID.zipNone}</p>}
    </section>
  );
}
