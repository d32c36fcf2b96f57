import styles from "./Steps.module.css";
import { words } from "./words";

/** Where on the way one is, of five. */
export function Steps({ at }: { at: number }) {
  return (
    <ol className={styles.steps}>
      {words.steps.map((it, place) => (
        <li key={it} aria-current={place === at ? "step" : undefined} data-done={place < at}>
          {it}
        </li>
      ))}
    </ol>
  );
}
