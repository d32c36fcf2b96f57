import type { Photo, Schemas } from "@croquis/client";
import { steadyUrl } from "./steadyUrl";
import styles from "./TrainedPicture.module.css";
import { words } from "./words";

interface TrainedPictureProps {
  picture: Schemas["TrainedPictureView"];
  photo: Photo | undefined;
  url: string | null;
}

/** The part of a photo that the trainer gets, cut out of its thumbnail as it will be cut out of the photo. */
export function TrainedPicture({ picture, photo, url }: TrainedPictureProps) {
  const [left, top, right, bottom] = picture.region;
  const [across, down] = [right - left, bottom - top];
  const { width, height } = picture;
  return (
    <figure className={styles.picture}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={picture.caption}>
        {url && (
          <image
            href={steadyUrl(url)}
            x={(-left / across) * width}
            y={(-top / down) * height}
            width={width / across}
            height={height / down}
            preserveAspectRatio="none"
          />
        )}
      </svg>
      <figcaption>
        {words.review.framing[picture.framing]} · {width} × {height}
        {picture.face_height !== null && ` · ${words.review.face(picture.face_height)}`}
        {photo?.overridden && ` · ${words.photos.overridden}`}
      </figcaption>
    </figure>
  );
}
