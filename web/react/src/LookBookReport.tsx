import type { LookBook, Schemas } from "@croquis/client";
import exam from "./Exam.module.css";
import styles from "./LookBook.module.css";
import parts from "./parts.module.css";
import { rateInWords } from "./Exam";
import { words } from "./words";

const SAID = words.lookBook;
const NAMES = words.checks.parts;
const PARTS = Object.keys(NAMES) as Part[];

type Part = keyof typeof NAMES;
type Drift = Schemas["CellDrift"];

interface LookBookReportProps {
  book: LookBook;
  report: Schemas["DriftReport"];
  onOpen: (pictureId: string) => void;
}

/** How far the pictures drift from their person, in words: each part with both ends of the truth, then the worst cells. */
export function LookBookReport({ book, report, onOpen }: LookBookReportProps) {
  const unmeasured = PARTS.filter((it) => !report[it]);
  const told = report.cells.filter((it) => it.fails.length + it.cannot_tell.length > 0);
  const pictureOf = (it: Drift) =>
    book.cells.find(({ row, column }) => row === it.row_no && column === it.column_no)?.image;
  return (
    <section className={exam.exam} aria-label={SAID.report}>
      <h3>{SAID.report}</h3>
      {report.sandbox && <p className={exam.note}>{SAID.reportSandbox}</p>}
      <dl>
        {PARTS.map((it) => {
          const rate = report[it];
          return (
            rate && (
              <div key={it}>
                <dt>{NAMES[it]}</dt>
                <dd>{rateInWords(rate)}</dd>
              </div>
            )
          );
        })}
      </dl>
      {unmeasured.length > 0 && <p className={styles.unmeasured}>{SAID.unmeasured(named(unmeasured))}</p>}
      {told.length === 0 ? (
        <p className={parts.note}>{SAID.fine}</p>
      ) : (
        <>
          <h3>{SAID.worst}</h3>
          <ol className={styles.worst}>
            {told.map((it) => (
              <li key={`${it.row_no} ${it.column_no}`}>
                <button
                  type="button"
                  className={parts.link}
                  disabled={!pictureOf(it)?.url}
                  onClick={() => onOpen(pictureOf(it)!.id)}
                >
                  {SAID.cellName(book.rows[it.row_no - 1] ?? "", book.columns[it.column_no - 1] ?? "")}
                </button>
                : {inWords(it)}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function inWords({ fails, cannot_tell }: Drift): string {
  const said = [
    fails.length > 0 && SAID.fails(named(fails)),
    cannot_tell.length > 0 && SAID.doubts(named(cannot_tell)),
  ];
  return said.filter(Boolean).join("; ");
}

const named = (all: readonly string[]) => all.map((it) => NAMES[it as Part].toLowerCase()).join(", ");
