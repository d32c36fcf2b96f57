"use client";
import type { Croquis, WouldErase } from "@croquis/client";
import { useCallback, useEffect, useState } from "react";
import { Dialog } from "./Ask";
import parts from "./parts.module.css";
import { Loading, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.data;

export interface EraseProps {
  croquis: Croquis;
  /** What is erased: this model with its training, or without one the whole account. */
  modelId?: string;
  onBegun: () => void;
  onClose: () => void;
}

/** How much would be deleted for good, then one declaration, then the deletion, which goes on by itself. */
export function Erase({ croquis, modelId, onBegun, onClose }: EraseProps) {
  const [would, setWould] = useState<WouldErase>();
  const [understood, setUnderstood] = useState(false);
  const reading = useAction();
  const erasing = useAction();
  const read = useCallback(
    () => void reading.run(async () => setWould(await croquis.account.wouldErase(modelId))),
    [croquis, modelId, reading.run],
  );
  useEffect(read, [read]);

  function erase(): void {
    void erasing.run(async () => {
      await croquis.account.erase(modelId);
      onBegun();
      onClose();
    });
  }

  return (
    <Dialog title={modelId ? SAID.eraseModel : SAID.eraseAccount} onClose={onClose}>
      <Trouble error={reading.error} again={read} />
      {!would && !reading.error && <Loading />}
      {would && (
        <>
          <p>{SAID.goes}</p>
          <ul>
            {inWords(would).map((it) => (
              <li key={it}>{it}</li>
            ))}
          </ul>
          {would.running > 0 && <p>{SAID.running(would.running)}</p>}
          <p>{SAID.cannot}</p>
          <label className={parts.check}>
            <input type="checkbox" checked={understood} onChange={({ target }) => setUnderstood(target.checked)} />
            <span>{SAID.understood}</span>
          </label>
          <Trouble error={erasing.error} />
          <div className={parts.row}>
            <button type="button" className={parts.danger} disabled={!understood || erasing.busy} onClick={erase}>
              {SAID.erase}
            </button>
            <button type="button" className={parts.plain} onClick={onClose}>
              {words.cancel}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function inWords({ objects, rows, provider_versions }: WouldErase): string[] {
  return [SAID.files(sum(objects)), SAID.rows(sum(rows)), SAID.versions(provider_versions)];
}

/** Of all kinds together. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, it) => all + it, 0);
}
