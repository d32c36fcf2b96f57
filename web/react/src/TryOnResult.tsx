import type { ImageOrder, Schemas } from "@croquis/client";
import { BeforeAfter } from "./BeforeAfter";
import { Checks } from "./Checks";
import parts from "./parts.module.css";
import pictured from "./Picture.module.css";
import { steadyUrl } from "./steadyUrl";
import styles from "./TryOn.module.css";
import { words } from "./words";

const SAID = words.tryOn;

/** What became of a try-on: each picture with the one before it, and what the checks say; or why there is none. */
export function TryOnResult({ order }: { order: ImageOrder }) {
  return (
    <section className={styles.made} aria-label={SAID.after} aria-live="polite">
      {order.images.map((it) => (
        <One key={it.id} image={it} />
      ))}
      {order.actual_usd && <p className={parts.note}>{SAID.paid(order.actual_usd)}</p>}
    </section>
  );
}

function One({ image }: { image: Schemas["OrderedImageView"] }) {
  const { url, source, garments, problem, checks, asked_width, asked_height } = image;
  const wears = SAID.wears(garments.map(({ name }) => name).join(", "));
  const before = source?.url ? steadyUrl(source.url) : null;
  if (url) {
    return (
      <>
        <BeforeAfter
          before={before}
          after={steadyUrl(url)}
          width={image.width ?? asked_width}
          height={image.height ?? asked_height}
          name={wears}
        />
        <p className={styles.wears}>{wears}</p>
        <Checks checks={checks} />
      </>
    );
  }
  return (
    <div className={styles.waits} style={{ aspectRatio: `${asked_width} / ${asked_height}` }}>
      {before && <img src={before} alt="" />}
      <p className={problem ? pictured.problem : pictured.making} role="status">
        <span>{problem ? `${problem.sentence} ${problem.hint}` : SAID.making}</span>
      </p>
    </div>
  );
}
