"use client";
import type { Croquis, Schemas } from "@croquis/client";
import { useState } from "react";
import { Ask } from "./Ask";
import styles from "./ConsentCard.module.css";
import parts from "./parts.module.css";
import { RenewConsent } from "./RenewConsent";
import { day, endsSoon, published, until } from "./term";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.models;
const DAYS = 30;

export interface ConsentCardProps {
  croquis: Croquis;
  consent: Schemas["ConsentView"];
  /** Where the page for the person shown is: the link is put behind it. */
  origin: string;
  onChange: () => void;
}

/** What was agreed to and until when, renewing it, a link for the person shown, and withdrawing. */
export function ConsentCard({ croquis, consent, origin, onChange }: ConsentCardProps) {
  const [link, setLink] = useState("");
  const [copied, setCopied] = useState(false);
  const [asked, setAsked] = useState(false);
  const [renewing, setRenewing] = useState(false);
  const action = useAction();
  const uses = consent.uses.map((it) => SAID.uses[it]).join(", ");
  return (
    <section className={styles.card} aria-label={SAID.consent}>
      <h2>{SAID.consent}</h2>
      <p>
        {SAID.givenAt(day(consent.given_at))}, {until(consent.valid_until)}: {uses}. {published(consent)}
      </p>
      {!consent.withdrawn_at && endsSoon(consent.valid_until) && <p className={parts.bad}>{SAID.endsSoon}</p>}
      {consent.withdrawn_at ? (
        <p className={parts.bad}>{SAID.withdrawn(day(consent.withdrawn_at))}</p>
      ) : (
        <>
          <form
            className={styles.link}
            onSubmit={(event) => {
              event.preventDefault();
              const used_by = String(new FormData(event.currentTarget).get("used_by")).trim() || null;
              void action.run(async () => {
                const made = await croquis.models.openLink(consent.id, { days: DAYS, used_by });
                setCopied(false);
                setLink(origin + made.link);
              });
            }}
          >
            <h3>{SAID.link}</h3>
            <p className={parts.note}>{SAID.linkMore}</p>
            <label className={parts.field}>
              <span className={parts.label}>{SAID.linkName}</span>
              <input name="used_by" maxLength={80} autoComplete="organization" />
            </label>
            <button type="submit" className={parts.plain} disabled={action.busy}>
              {SAID.linkMake}
            </button>
          </form>
          {link && (
            <div className={parts.row}>
              <input className={parts.input} readOnly aria-label={SAID.link} value={link} />
              <button
                type="button"
                className={parts.link}
                onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}
              >
                {copied ? SAID.linkCopied : SAID.linkCopy}
              </button>
            </div>
          )}
          <div className={parts.row}>
            <button type="button" className={parts.plain} onClick={() => setRenewing(true)}>
              {SAID.renew}
            </button>
            <button type="button" className={parts.danger} onClick={() => setAsked(true)}>
              {SAID.withdraw}
            </button>
          </div>
        </>
      )}
      <Trouble error={action.error} />
      {renewing && (
        <RenewConsent croquis={croquis} consent={consent} onChange={onChange} onClose={() => setRenewing(false)} />
      )}
      {asked && (
        <Ask
          title={SAID.withdraw}
          question={SAID.withdrawAsk}
          yes={SAID.withdraw}
          onYes={() => void action.run(() => croquis.models.withdraw(consent.id).then(onChange))}
          onClose={() => setAsked(false)}
        />
      )}
    </section>
  );
}
