import type { Photo } from "@croquis/client";
import styles from "./Findings.module.css";

/** All that was found in a photo: what is wrong, then what to do. */
export function Findings({ photo }: { photo: Photo }) {
  return (
    <ul className={styles.findings}>
      {photo.findings.map((it) => (
        <li key={it.code} data-severity={it.severity}>
          <strong>{it.sentence}</strong> {it.hint}
        </li>
      ))}
    </ul>
  );
}
