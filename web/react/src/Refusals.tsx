import type { DryRun } from "@croquis/client";
import parts from "./parts.module.css";

/** What stands against an order now, and what it is likely to spoil; nothing while nothing is known. */
export function Refusals({ dryRun }: { dryRun: DryRun | undefined }) {
  return (
    <div aria-live="polite" className={parts.refusals}>
      {dryRun?.refusals.map((it) => (
        <p key={it.code + it.sentence} className={parts.trouble}>
          <strong>{it.sentence}</strong> {it.hint}
        </p>
      ))}
      {dryRun?.advice.map((it) => (
        <p key={it.code} className={parts.note}>
          <strong>{it.sentence}</strong> {it.hint}
        </p>
      ))}
    </div>
  );
}
