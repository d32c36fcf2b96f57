import type { Schemas } from "@croquis/client";
import styles from "./Exam.module.css";
import { words } from "./words";

const SAID = words.exam;
const PARTS = Object.keys(SAID.parts) as (keyof typeof SAID.parts)[];

type Part = Schemas["PassRate"] | Schemas["Proportion"];

/** What was measured of the previews, in words, with both ends of where the truth lies. */
export function Exam({ exam }: { exam: Schemas["ExamView"] | null }) {
  if (!exam) return <p className={styles.note}>{SAID.none}</p>;
  return (
    <div className={styles.exam}>
      <h3>{SAID.title}</h3>
      {exam.sandbox && <p className={styles.note}>{SAID.sandbox}</p>}
      <dl>
        {PARTS.map((it) => (
          <div key={it}>
            <dt>{SAID.parts[it]}</dt>
            <dd>{said(exam[it]) ?? exam.not_measured.find(({ part }) => part === it)?.sentence}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function said(part: Part | null): string | undefined {
  if (!part) return undefined;
  return "change" in part ? SAID.change[part.change] : rateInWords(part);
}

/** How many passed of those of which one can tell, with both ends of where the truth lies. */
export function rateInWords({ passed, failed, interval }: Schemas["PassRate"]): string {
  if (passed + failed === 0) return SAID.change.cannot_tell;
  const between = interval && `, ${SAID.between(interval.low, interval.high)}`;
  return SAID.rate(passed, passed + failed) + (between ?? "");
}
