"use client";
import { ApiProblem, type ConsentText, type Croquis, type Schemas } from "@croquis/client";
import { type FormEvent, useEffect, useState } from "react";
import { Dialog } from "./Ask";
import { ConsentFields, consentOf } from "./ConsentFields";
import parts from "./parts.module.css";
import { Loading, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.models;

interface RenewConsentProps {
  croquis: Croquis;
  consent: Schemas["ConsentView"];
  onChange: () => void;
  onClose: () => void;
}

/** Another form of a consent, which counts as a whole from then on: another term, more or fewer uses. */
export function RenewConsent({ croquis, consent, onChange, onClose }: RenewConsentProps) {
  const [text, setText] = useState<ConsentText>();
  const [incomplete, setIncomplete] = useState(false);
  const reading = useAction();
  const giving = useAction();
  const read = () => reading.run(async () => setText(await croquis.consentText()));
  useEffect(() => void read(), [croquis]);

  function give(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const given = consentOf(new FormData(event.currentTarget), text?.version ?? "");
    setIncomplete(!given);
    if (!given) return;
    void giving.run(async () => {
      await croquis.models.renew({ ...given, consent_id: consent.id });
      onChange();
      onClose();
    });
  }

  const problem = giving.error instanceof ApiProblem ? giving.error : undefined;
  return (
    <Dialog wide title={SAID.renew} onClose={onClose}>
      <p className={parts.note}>{SAID.renewLead}</p>
      <Trouble error={reading.error} again={() => void read()} />
      {!text && !reading.error && <Loading />}
      {text && (
        <form onSubmit={give} noValidate className={parts.stack}>
          <div>
            <ConsentFields text={text} before={consent} problem={(field) => problem?.fieldProblem(field)} />
          </div>
          {incomplete && (
            <p role="alert" className={parts.bad}>
              {SAID.renewIncomplete}
            </p>
          )}
          <Trouble error={giving.error} />
          <button type="submit" className={parts.primary} disabled={giving.busy}>
            {SAID.renewGo}
          </button>
        </form>
      )}
    </Dialog>
  );
}
