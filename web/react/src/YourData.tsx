"use client";
import type { Croquis, Download, Erasure } from "@croquis/client";
import { useCallback, useEffect, useState } from "react";
import { Erase, sum } from "./Erase";
import { orderAnswered, orderKey } from "./orderKey";
import parts from "./parts.module.css";
import { day } from "./term";
import { Loading, Missing, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";
import styles from "./YourData.module.css";

const SAID = words.data;
const LOOK_AGAIN = 3_000; // ms
const LINKS_MS = 8 * 60_000; // links to files are good for ten minutes
const WORKS = ["stopping", "deleting"];

export interface YourDataProps {
  croquis: Croquis;
}

/** Everything that there is of an account: to take along, to delete for good, and the receipts of what was deleted. */
export function YourData({ croquis }: YourDataProps) {
  const [erasing, setErasing] = useState(false);
  const { erasures, error, read } = useErasures(croquis);
  if (!erasures) return error ? <Missing error={error} again={read} /> : <Loading tall />;
  return (
    <div className={styles.page}>
      <header>
        <h1>{SAID.title}</h1>
        <p>{SAID.lead}</p>
      </header>
      <Trouble error={error} again={read} />
      <div className={styles.columns}>
        <Export croquis={croquis} />
        <section className={parts.stack} aria-label={SAID.erase}>
          <h2>{SAID.erase}</h2>
          <p className={parts.note}>{SAID.eraseMore}</p>
          <button type="button" className={parts.danger} onClick={() => setErasing(true)}>
            {SAID.eraseAccount}
          </button>
        </section>
      </div>
      <Receipts erasures={erasures} />
      {erasing && <Erase croquis={croquis} onBegun={read} onClose={() => setErasing(false)} />}
    </div>
  );
}

/** Read again while one of them works. */
function useErasures(croquis: Croquis) {
  const [erasures, setErasures] = useState<readonly Erasure[]>();
  const { run, error } = useAction();
  const read = useCallback(() => void run(async () => setErasures(await croquis.account.erasures())), [croquis, run]);
  useEffect(read, [read]);
  useAgain(erasures?.some((it) => WORKS.includes(it.status)) ? erasures : undefined, read);
  return { erasures, error, read };
}

/** Does it once more a while after `what` has come; nothing while there is none. */
function useAgain(what: unknown, again: () => void, after = LOOK_AGAIN): void {
  useEffect(() => {
    if (!what) return undefined;
    const timer = setTimeout(again, after);
    return () => clearTimeout(timer);
  }, [what, again, after]);
}

function Export({ croquis }: YourDataProps) {
  const [zip, setZip] = useState<Download>();
  const { run, busy, error } = useAction();
  const read = useCallback(
    () => void (zip && run(async () => setZip(await croquis.account.readDownload(zip.id)))),
    [croquis, zip, run],
  );
  useAgain(zip?.status === "working" && !error ? zip : undefined, read);
  useAgain(zip?.url ? zip : undefined, read, LINKS_MS);

  function order(): void {
    void run(async () => {
      setZip(await croquis.account.export(orderKey("export")));
      orderAnswered("export");
    });
  }

  return (
    <section className={parts.stack} aria-label={SAID.export}>
      <h2>{SAID.export}</h2>
      <p className={parts.note}>{SAID.exportMore}</p>
      <div role="status">
        {zip?.status === "working" && SAID.exportWorks}
        {zip?.url && zip.expires_at && SAID.exportReady(day(zip.expires_at))}
        {zip?.problem && `${zip.problem.sentence} ${zip.problem.hint}`}
      </div>
      <Trouble error={error} again={zip ? read : undefined} />
      {zip?.url ? (
        <a className={parts.plain} href={zip.url} download>
          {SAID.exportSave}
        </a>
      ) : (
        <button type="button" className={parts.plain} disabled={busy || zip?.status === "working"} onClick={order}>
          {SAID.exportGo}
        </button>
      )}
    </section>
  );
}

function Receipts({ erasures }: { erasures: readonly Erasure[] }) {
  return (
    <section aria-label={SAID.erasures}>
      <h2>{SAID.erasures}</h2>
      {erasures.length === 0 && <p className={parts.note}>{SAID.none}</p>}
      <ul className={styles.receipts}>
        {erasures.map(({ id, subject, status, asked_at, receipt }) => (
          <li key={id}>
            <span>
              {SAID.subject[subject]}: {SAID.status[status]}
            </span>
            <span className={parts.label}>{SAID.askedOn(day(asked_at))}</span>
            {receipt && (
              <span className={parts.label}>
                {SAID.receipt(sum(receipt.objects_deleted), sum(receipt.rows_deleted), receipt.versions_deleted)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
