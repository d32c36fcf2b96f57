import type { Schemas } from "@croquis/client";
import styles from "./LossCurve.module.css";
import { words } from "./words";

const WIDTH = 600;
const HEIGHT = 180;
const WEIGHT = 0.85; // of what was before, in the smooth line

export interface LossCurveProps {
  points: readonly Schemas["LossPointView"][];
  totalSteps: number;
}

/** The loss over the steps, thin as it was printed and bold as it runs; and the same in a sentence. */
export function LossCurve({ points, totalSteps }: LossCurveProps) {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return <p className={styles.none}>{words.progress.lossNone}</p>;
  const smooth = smoothed(points);
  const highest = Math.max(...points.map((it) => it.loss));
  const path = (of: readonly { step: number; loss: number }[]) =>
    of
      .map(({ step, loss }, place) => {
        const [x, y] = [(step / totalSteps) * WIDTH, HEIGHT - (loss / highest) * (HEIGHT - 10)];
        return `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      })
      .join("");
  const fell = smooth.at(-1)!.loss < smooth[0]!.loss;
  const says = fell ? words.progress.lossSummary : words.progress.lossRose;
  return (
    <figure className={styles.curve}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 ${HEIGHT} H${WIDTH}`} className={styles.axis} />
        <path d={path(points)} className={styles.raw} />
        <path d={path(smooth)} className={styles.smooth} />
      </svg>
      <figcaption>{says(smooth[0]!.loss, smooth.at(-1)!.loss, last.step)}</figcaption>
    </figure>
  );
}

/** An average that forgets slowly, and starts with the first value. */
function smoothed(points: readonly Schemas["LossPointView"][]): Schemas["LossPointView"][] {
  let kept = points[0]!.loss;
  return points.map(({ step, loss }) => {
    kept = WEIGHT * kept + (1 - WEIGHT) * loss;
    return { step, loss: kept };
  });
}
