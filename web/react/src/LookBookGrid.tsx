import type { LookBook, Schemas } from "@croquis/client";
import styles from "./LookBook.module.css";
import parts from "./parts.module.css";
import { steadyUrl } from "./steadyUrl";
import { words } from "./words";

const SAID = words.lookBook;

type Cell = Schemas["CellView"];

interface LookBookGridProps {
  book: LookBook;
  onOpen: (pictureId: string) => void;
}

/** Looks in rows, what they are tried on in columns; each cell has its picture, or says how far it is or why there is none. */
export function LookBookGrid({ book, onOpen }: LookBookGridProps) {
  const rows = [SAID.base, ...book.rows];
  const at = (row: number, column: number) => book.cells.find((it) => it.row === row && it.column === column);
  return (
    <div className={styles.scroll} role="region" aria-label={SAID.title} tabIndex={0}>
      <table className={styles.grid}>
        <thead>
          <tr>
            <th scope="col">
              <span className={parts.hidden}>{SAID.look}</span>
            </th>
            {book.columns.map((it, place) => (
              <th key={place} scope="col">
                {it}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((title, row) => (
            <tr key={row} data-base={row === 0}>
              <th scope="row">{title}</th>
              {book.columns.map((column, place) => (
                <td key={place}>
                  <OneCell cell={at(row, place + 1)} name={SAID.cellName(title, column)} onOpen={onOpen} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OneCell({ cell, name, onOpen }: { cell: Cell | undefined; name: string; onOpen: (id: string) => void }) {
  if (!cell) return null;
  const { status, image, problem, tries } = cell;
  if (image?.url) {
    return (
      <button
        type="button"
        className={styles.picture}
        aria-label={words.gallery.open(name)}
        onClick={() => onOpen(image.id)}
      >
        <img src={steadyUrl(image.url)} alt="" loading="lazy" />
      </button>
    );
  }
  return (
    <div className={styles.cell} data-status={status}>
      {problem ? (
        <p>
          {problem.sentence} {problem.hint}
        </p>
      ) : (
        <p>
          {SAID.cell[status]}
          {tries > 1 && `, ${SAID.again}`}
        </p>
      )}
    </div>
  );
}
