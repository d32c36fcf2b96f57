import type { Photo, Schemas } from "@croquis/client";
import styles from "./Regions.module.css";
import { steadyUrl } from "./steadyUrl";
import { words } from "./words";

interface RegionsProps {
  photo: Photo;
  url: string;
  pictures: readonly Schemas["TrainedPictureView"][];
}

/** The whole photo, with an outline around each part of it that the trainer gets. */
export function Regions({ photo: { width, height }, url, pictures }: RegionsProps) {
  if (!width || !height) return null;
  return (
    <figure className={styles.regions}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words.review.regions(pictures.length)}>
        <image href={steadyUrl(url)} width={width} height={height} preserveAspectRatio="none" />
        {pictures.map(({ name, framing, region: [left, top, right, bottom] }) => (
          <rect
            key={name}
            data-framing={framing}
            x={left * width}
            y={top * height}
            width={(right - left) * width}
            height={(bottom - top) * height}
          />
        ))}
      </svg>
      <figcaption>
        {words.review.photo} · {width} × {height}
      </figcaption>
    </figure>
  );
}
