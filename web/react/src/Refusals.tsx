import type { DryRun } from "@croquis/client";
import { asItIs, type Naming } from "./naming";
import parts from "./parts.module.css";

/** What stands against an order now, and what it is likely to spoil; nothing while nothing is known. */
export function Refusals({ dryRun, named = asItIs }: { dryRun: DryRun | undefined; named?: Naming }) {
  return (
    <div aria-live="polite" className={parts.refusals}>
      {dryRun?.refusals.map((it) => (
        <p key={it.code + it.sentence} className={parts.trouble}>
          <strong>{named(it.sentence)}</strong> {named(it.hint)}
        </p>
      ))}
      {dryRun?.advice.map((it) => (
        <p key={it.code} className={parts.note}>
          <strong>{named(it.sentence)}</strong> {named(it.hint)}
        </p>
      ))}
    </div>
  );
}
