import type { Picture as PictureView } from "@croquis/client";
import styles from "./Picture.module.css";
import { steadyUrl } from "./steadyUrl";
import { words } from "./words";

interface PictureProps {
  picture: PictureView;
  name: string;
  onOpen?: (() => void) | undefined;
}

/** A picture in the room that it will need, from the moment it is ordered; or why there is none. */
export function Picture({ picture, name, onOpen }: PictureProps) {
  const { url, problem, asked_width, asked_height } = picture;
  return (
    <div className={styles.picture} style={{ aspectRatio: `${asked_width} / ${asked_height}` }}>
      {url ? (
        <button type="button" className={styles.open} aria-label={words.gallery.open(name)} onClick={onOpen}>
          <img src={steadyUrl(url)} alt={picture.prompt} loading="lazy" />
        </button>
      ) : (
        <p className={problem ? styles.problem : styles.making} role="status">
          {problem ? `${problem.sentence} ${problem.hint}` : words.generate.making}
        </p>
      )}
    </div>
  );
}
