"use client";
import { ApiProblem, type ConsentText, type Croquis, type Schemas, type Training } from "@croquis/client";
import { type FormEvent, useEffect, useId, useState } from "react";
import { Guide } from "./Guide";
import styles from "./OpenTraining.module.css";
import parts from "./parts.module.css";
import { Loading, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.open;
const GENDERS = Object.keys(SAID.genders) as Schemas["Gender"][];
const DECLARATIONS = Object.keys(SAID.declarations) as (keyof typeof SAID.declarations)[];

export interface OpenTrainingProps {
  croquis: Croquis;
  onOpened: (training: Training) => void;
}

/** Who is trained, and what they agree to: opens a draft. No box is ticked beforehand. */
export function OpenTraining({ croquis, onOpened }: OpenTrainingProps) {
  const [text, setText] = useState<ConsentText>();
  const [incomplete, setIncomplete] = useState(false);
  const reading = useAction();
  const opening = useAction();
  const read = () => reading.run(async () => setText(await croquis.consentText()));
  useEffect(() => void read(), [croquis]);

  function open(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const asked = askedFor(new FormData(event.currentTarget), text?.version ?? "");
    setIncomplete(!asked);
    if (asked) void opening.run(async () => onOpened(await croquis.trainings.open(asked)));
  }

  const problem = opening.error instanceof ApiProblem ? opening.error : undefined;
  if (!text) return reading.error ? <Trouble error={reading.error} again={read} /> : <Loading tall />;
  return (
    <div className={styles.columns}>
      <form className={styles.form} onSubmit={open} noValidate>
        <header>
          <h1>{SAID.title}</h1>
          <p className={styles.lead}>{SAID.lead}</p>
        </header>
        <Name problem={problem?.fieldProblem("model_name")} />
        <fieldset className={styles.group}>
          <legend className={parts.label}>{SAID.gender}</legend>
          <div className={parts.chips}>
            {GENDERS.map((it) => (
              <label key={it} className={parts.chip}>
                <input type="radio" name="gender" value={it} />
                <span>{SAID.genders[it]}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <Consent text={text} problem={problem?.fieldProblem("consent.valid_until")} />
        {incomplete && (
          <p role="alert" className={parts.bad}>
            {SAID.incomplete}
          </p>
        )}
        <Trouble error={opening.error} />
        <button type="submit" className={parts.primary} disabled={opening.busy}>
          {SAID.go}
        </button>
      </form>
      <Guide />
    </div>
  );
}

function Name({ problem }: { problem: string | undefined }) {
  const hint = useId();
  return (
    <label className={parts.field}>
      <span className={parts.label}>{SAID.name}</span>
      <input name="model_name" maxLength={80} autoComplete="off" aria-describedby={hint} placeholder="Maya Chen" />
      <span id={hint} className={problem ? parts.bad : parts.note}>
        {problem ?? SAID.nameHint}
      </span>
    </label>
  );
}

function Consent({ text, problem }: { text: ConsentText; problem: string | undefined }) {
  return (
    <fieldset className={styles.group}>
      <legend>
        <h2>{SAID.consent}</h2>
      </legend>
      <p className={parts.note}>{SAID.consentLead}</p>
      <details className={styles.text}>
        <summary>
          {SAID.read} ({text.version})
        </summary>
        {text.body.split("\n").map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </details>
      {DECLARATIONS.map((it) => (
        <Check key={it} name={it} says={SAID.declarations[it]} />
      ))}
      <h3 className={parts.label}>{SAID.uses}</h3>
      <Check name="generate" says={SAID.useGenerate} />
      <Check name="face_measurement" says={SAID.useFace} />
      <Check name="ask_shown_person" says={SAID.ask} />
      <label className={`${parts.field} ${styles.term}`}>
        <span className={parts.label}>{SAID.until}</span>
        <input type="date" name="valid_until" />
        <span className={problem ? parts.bad : parts.note}>{problem ?? SAID.untilHint}</span>
      </label>
    </fieldset>
  );
}

function Check({ name, says }: { name: string; says: string }) {
  return (
    <label className={parts.check}>
      <input type="checkbox" name={name} />
      <span>{says}</span>
    </label>
  );
}

/** What the form asks for, or undefined where something of it is missing. */
function askedFor(form: FormData, text_version: string): Schemas["OpenTraining"] | undefined {
  const model_name = String(form.get("model_name") ?? "").trim();
  const gender = form.get("gender") as Schemas["Gender"] | null;
  if (!model_name || !gender || !DECLARATIONS.every((it) => form.has(it))) return undefined;
  const chosen = (["generate", "face_measurement"] as const).filter((it) => form.has(it));
  const uses: Schemas["Use"][] = ["train", ...chosen];
  const until = String(form.get("valid_until") ?? "");
  return {
    model_name,
    gender,
    consent: {
      text_version,
      adult: true,
      own_photos_or_authorised: true,
      training: true,
      storage: true,
      processors: true,
      uses,
      ask_shown_person: form.has("ask_shown_person"),
      ...(until && { valid_until: until }),
    },
  };
}
