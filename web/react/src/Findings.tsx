import type { Garment, Photo } from "@croquis/client";
import styles from "./Findings.module.css";

/** All that was found in a photo or garment: what is wrong, then what to do. */
export function Findings({ findings }: Pick<Photo | Garment, "findings">) {
  return (
    <ul className={styles.findings}>
      {findings.map((it) => (
        <li key={it.code} data-severity={it.severity}>
          <strong>{it.sentence}</strong> {it.hint}
        </li>
      ))}
    </ul>
  );
}
