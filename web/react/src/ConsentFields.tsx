"use client";
import type { ConsentText, Schemas } from "@croquis/client";
import styles from "./ConsentFields.module.css";
import parts from "./parts.module.css";
import { Territories } from "./Territories";
import { words } from "./words";

const SAID = words.open;
const DECLARATIONS = Object.keys(SAID.declarations) as (keyof typeof SAID.declarations)[];
const MEDIA = Object.keys(SAID.mediaNames) as Schemas["Medium"][];
const USES = ["generate", "try_on", "face_measurement"] as const;

interface ConsentFieldsProps {
  text: ConsentText;
  /** The form of it that stands, where one does: what restricts it is filled in, what permits something never is. */
  before?: Schemas["ConsentView"];
  /** What the API says of a field. */
  problem: (field: string) => string | undefined;
}

/** What a person agrees to, as fields of the form around them; `consentOf` reads them. */
export function ConsentFields({ text, before, problem }: ConsentFieldsProps) {
  return (
    <>
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
      <h3 className={styles.heading}>{SAID.uses}</h3>
      <Check name="generate" says={SAID.useGenerate} />
      <Check name="try_on" says={SAID.useTryOn} />
      <Check name="face_measurement" says={SAID.useFace} />
      <h3 className={styles.heading}>{SAID.publishing}</h3>
      <p className={parts.note}>{SAID.publishingHint}</p>
      <fieldset className={styles.media}>
        <legend className={parts.label}>{SAID.media}</legend>
        <div className={parts.chips}>
          {MEDIA.map((it) => (
            <label key={it} className={parts.chip}>
              <input type="checkbox" name="media" value={it} defaultChecked={before?.media?.includes(it)} />
              <span>{SAID.mediaNames[it]}</span>
            </label>
          ))}
        </div>
        <p className={parts.note}>{SAID.mediaHint}</p>
      </fieldset>
      <Territories before={before?.territories ?? []} />
      <h3 className={styles.heading}>{SAID.term}</h3>
      <label className={parts.field}>
        <span className={parts.label}>{SAID.until}</span>
        <input type="date" name="valid_until" defaultValue={before?.valid_until ?? ""} />
        <span className={problem("valid_until") ? parts.bad : parts.note}>
          {problem("valid_until") ?? SAID.untilHint}
        </span>
      </label>
      <h3 className={styles.heading}>{SAID.theirSay}</h3>
      <Check name="ask_shown_person" says={SAID.ask} ticked={before?.ask_shown_person} />
    </>
  );
}

function Check({ name, says, ticked }: { name: string; says: string; ticked?: boolean | undefined }) {
  return (
    <label className={parts.check}>
      <input type="checkbox" name={name} defaultChecked={ticked} />
      <span>{says}</span>
    </label>
  );
}

/** The consent that these fields give, or undefined where a declaration is missing. */
export function consentOf(form: FormData, text_version: string): Schemas["ConsentGiven"] | undefined {
  if (!DECLARATIONS.every((it) => form.has(it))) return undefined;
  // a country that was typed and is none would permit every one
  if (String(form.get("territory_typed") ?? "").trim()) return undefined;
  const [media, territories] = [form.getAll("media") as Schemas["Medium"][], form.getAll("territories") as string[]];
  return {
    text_version,
    adult: true,
    own_photos_or_authorised: true,
    training: true,
    storage: true,
    processors: true,
    uses: ["train", ...USES.filter((it) => form.has(it))],
    media: media.length > 0 ? media : null,
    territories: territories.length > 0 ? territories : null,
    valid_until: String(form.get("valid_until") ?? "") || null,
    ask_shown_person: form.has("ask_shown_person"),
  };
}
