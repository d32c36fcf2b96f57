"use client";
import { useEffect, useRef, useState } from "react";
import parts from "./parts.module.css";
import styles from "./TrainingLog.module.css";
import { words } from "./words";

const SAID = words.progress;

/** The trainer's lines: it follows the end until somebody stops it, finds words, and copies. */
export function TrainingLog({ lines }: { lines: readonly string[] }) {
  const [follows, setFollows] = useState(true);
  const [sought, setSought] = useState("");
  const [copied, setCopied] = useState(false);
  const box = useRef<HTMLPreElement>(null);
  const shown = sought ? lines.filter((it) => it.toLowerCase().includes(sought.toLowerCase())) : lines;
  useEffect(() => {
    if (follows) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [follows, shown.length]);
  return (
    <section className={styles.log} aria-label={SAID.log}>
      <div className={styles.bar}>
        <h2>{SAID.log}</h2>
        <label className={parts.check}>
          <input
            type="checkbox"
            checked={follows}
            onChange={({ currentTarget }) => setFollows(currentTarget.checked)}
          />
          <span>{SAID.follow}</span>
        </label>
        <input
          type="search"
          className={parts.input}
          aria-label={SAID.search}
          placeholder={SAID.search}
          value={sought}
          onChange={({ currentTarget }) => setSought(currentTarget.value)}
        />
        <button
          type="button"
          className={parts.link}
          onClick={() => void navigator.clipboard.writeText(shown.join("\n")).then(() => setCopied(true))}
        >
          {copied ? SAID.copied : SAID.copy}
        </button>
      </div>
      <pre ref={box} className={styles.lines} tabIndex={0} aria-label={SAID.log}>
        {shown.join("\n") || SAID.logEmpty}
      </pre>
    </section>
  );
}
