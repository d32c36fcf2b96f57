import { POSES, type Pose } from "./poses";

/** A drawn figure in the pose of a slot, in the colour of the text around it; decoration for the words beside it. */
export function Silhouette({ pose, className }: { pose: string; className?: string | undefined }) {
  const figure = POSES[pose] ?? POSES["front"]!;
  return (
    <svg viewBox="0 0 100 200" className={className} aria-hidden="true" fill="currentColor" stroke="currentColor">
      <g strokeLinecap="round" strokeLinejoin="round" fill="none">
        {figure.legs.map((leg, side) => (
          <path key={`foot${side}`} d={foot(leg.at(-1)!, figure, side)} strokeWidth="3.6" />
        ))}
      </g>
      <g stroke="none">
        {figure.legs.map((leg, side) => (
          <path key={`leg${side}`} d={limb(leg, 6.2, 4, 2)} />
        ))}
        {figure.arms.map((arm, side) => (
          <path key={`arm${side}`} d={limb(arm, 3.3, 2.4, 1.7)} />
        ))}
      </g>
      <path d={torso(figure)} strokeWidth="3" strokeLinejoin="round" />
      <path d={`M${figure.head[0]} ${figure.head[1] + 8} V${figure.shoulders[0][1]}`} strokeWidth="4.6" />
      <ellipse cx={figure.head[0]} cy={figure.head[1]} rx="7.2" ry="9.8" stroke="none" />
      {hair(figure)}
    </svg>
  );
}

/** Two parts that taper, with round joints: their half widths at the joint, in the middle, at the end. */
function limb(points: readonly (readonly [number, number])[], ...widths: readonly number[]): string {
  const parts = points.slice(1).map((to, place) => tapered(points[place]!, widths[place]!, to, widths[place + 1]!));
  return parts.join("") + points.map((it, place) => round(it, widths[place]!)).join("");
}

function tapered(
  [x, y]: readonly [number, number],
  from: number,
  [toX, toY]: readonly [number, number],
  to: number,
): string {
  const length = Math.hypot(toX - x, toY - y);
  const [across, along] = [(y - toY) / length, (toX - x) / length];
  const corner = (cx: number, cy: number, half: number) =>
    `${(cx + across * half).toFixed(1)} ${(cy + along * half).toFixed(1)}`;
  return `M${corner(x, y, from)}L${corner(toX, toY, to)}L${corner(toX, toY, -to)}L${corner(x, y, -from)}Z`;
}

function round([x, y]: readonly [number, number], half: number): string {
  return `M${x - half} ${y}a${half} ${half} 0 1 0 ${2 * half} 0a${half} ${half} 0 1 0 ${-2 * half} 0Z`;
}

function foot([x, y]: readonly [number, number], { faces }: Pose, side: number): string {
  const outwards = side === 0 ? -2.5 : 2.5;
  return `M${x} ${y} l${faces ? faces * 6.5 : outwards} 6`;
}

function torso({ shoulders: [left, right], hips: [inner, outer] }: Pose): string {
  const [waist, middle] = [left[1] + (inner[1] - left[1]) * 0.62, (inner[0] + outer[0]) / 2];
  const narrow = (outer[0] - inner[0]) * 0.42;
  return (
    `M${left.join(" ")} C${left[0] + 2} ${left[1] + 14} ${middle - narrow} ${waist - 8} ${middle - narrow} ${waist} ` +
    `S${inner[0] - 3} ${inner[1] - 4} ${inner[0] - 3} ${inner[1] + 4} L${outer[0] + 3} ${outer[1] + 4} ` +
    `C${outer[0] + 3} ${outer[1] - 4} ${middle + narrow} ${waist + 8} ${middle + narrow} ${waist} ` +
    `S${right[0] - 2} ${right[1] + 14} ${right.join(" ")} Q${middle} ${left[1] - 5} ${left.join(" ")} Z`
  );
}

/** A knot, where it is seen: at the back of a head that is turned, in the middle of one that looks away. */
function hair({ head: [x, y], faces }: Pose) {
  if (faces === 0) return null;
  if (faces === null) return <circle cx={x} cy={y - 2} r="4" stroke="var(--cq-paper)" strokeWidth="1" />;
  return <circle cx={x - faces * 9} cy={y - 4} r="4" stroke="none" />;
}
