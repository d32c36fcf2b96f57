import type { Schemas } from "@croquis/client";
import exam from "./Exam.module.css";
import { words } from "./words";

const SAID = words.checks;
const PARTS = Object.keys(SAID.parts) as (keyof typeof SAID.parts)[];

/** What the checks found in one picture, in words; a part that nobody measured is left out. */
export function Checks({ checks }: { checks: Schemas["ChecksView"] | null }) {
  if (!checks) return <p className={exam.note}>{SAID.waiting}</p>;
  return (
    <section className={exam.exam} aria-label={SAID.title}>
      <h3>{SAID.title}</h3>
      <p className={exam.note}>{SAID.untried}</p>
      <dl>
        {PARTS.map((it) => {
          const judgement = checks[it];
          return (
            judgement && (
              <div key={it} data-judgement={judgement}>
                <dt>{SAID.parts[it]}</dt>
                <dd>{SAID.judged[it][judgement]}</dd>
              </div>
            )
          );
        })}
      </dl>
      {checks.why.map((it) => (
        <p key={it} className={exam.note}>
          {it}
        </p>
      ))}
    </section>
  );
}
