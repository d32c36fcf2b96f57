import styles from "./Guide.module.css";
import { Silhouette } from "./Silhouette";
import { words } from "./words";

const DRAWN = [
  [
    { pose: "front", crop: "" },
    { pose: "front", crop: "cut" },
  ],
  [
    { pose: "three_quarter_left", crop: "" },
    { pose: "front", crop: "two" },
  ],
  [
    { pose: "hands_on_hips", crop: "face" },
    { pose: "hands_on_hips", crop: "covered" },
  ],
  [
    { pose: "walking", crop: "" },
    { pose: "walking", crop: "same" },
  ],
] as const;

/** What a good photo is, each with a drawn example of how to and how not to. */
export function Guide() {
  return (
    <aside className={styles.guide} aria-label={words.guide.title}>
      <h2>{words.guide.title}</h2>
      <ul className={styles.items}>
        {words.guide.items.map(([title, says], place) => (
          <li key={title}>
            <div className={styles.pair} aria-hidden="true">
              {DRAWN[place]!.map(({ pose, crop }, side) => (
                <span key={crop} className={styles.frame} data-crop={crop} data-wrong={side === 1}>
                  <Silhouette pose={pose} className={styles.figure} />
                  {(crop === "two" || crop === "same") && <Silhouette pose={pose} className={styles.other} />}
                  <b>{side === 1 ? "×" : "✓"}</b>
                </span>
              ))}
            </div>
            <h3>{title}</h3>
            <p>{says}</p>
          </li>
        ))}
      </ul>
    </aside>
  );
}
