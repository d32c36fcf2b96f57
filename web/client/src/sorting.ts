import type { Photo, Slot } from "./schemas";

/** How well what was seen in a photo suits each kind of slot; a slot that is not here suits nothing. */
const WANTED: Record<string, (view: string, pose: string) => number> = {
  back: (view) => (view === "back" ? 10 : 0),
  side: (view) => (view === "side" ? 10 : 0),
  other_side: (view) => (view === "side" ? 9 : 0),
  walking: (_, pose) => (pose.includes("walking") ? 8 : 0),
  sitting: (_, pose) => (pose.includes("sitting") ? 8 : 0),
  hands_on_hips: (_, pose) => (pose.includes("hip") ? 7 : 0),
  arm_raised: (_, pose) => (pose.includes("raised") ? 7 : 0),
  three_quarter_left: (view) => (view === "three_quarter" ? 6 : 0),
  three_quarter_right: (view) => (view === "three_quarter" ? 6 : 0),
  front: (view, pose) => (view === "front" ? (pose.includes("standing") ? 6 : 3) : 0),
  arms_down: (view, pose) => (view === "front" && pose.includes("arms down") ? 5 : 0),
  free: () => 1,
};

export interface Move {
  photoId: string;
  slot: number;
}

/** The moves, in this order, that bring each of these photos into the slot that it suits best; others stay. */
export function sorted(photos: readonly Photo[], slots: readonly Slot[], ids: ReadonlySet<string>): Move[] {
  const ours = photos.filter((it) => ids.has(it.id));
  const held = new Set(photos.filter((it) => !ids.has(it.id)).map((it) => it.slot));
  const free = slots.filter((it) => !held.has(it.number));
  const pairs = ours.flatMap((photo) => free.map((slot) => ({ photo, slot, suits: suits(photo, slot) })));
  pairs.sort((one, other) => other.suits - one.suits || one.slot.number - other.slot.number);
  const goal = new Map<string, number>();
  for (const { photo, slot, suits } of pairs) {
    const taken = [...goal.values()].includes(slot.number);
    if (suits > 0 && !goal.has(photo.id) && !taken) goal.set(photo.id, slot.number);
  }
  return moves(new Map(ours.map((it) => [it.id, it.slot])), goal, free);
}

function suits(photo: Photo, slot: Slot): number {
  return WANTED[slot.key]?.(photo.view ?? "", photo.pose ?? "") ?? 0;
}

/** Whoever is in a slot that is wanted changes places, as the server does it; who suits none keeps what is left. */
function moves(places: Map<string, number>, goal: ReadonlyMap<string, number>, free: readonly Slot[]): Move[] {
  const found: Move[] = [];
  // from the end: what is left over is in nobody's way there
  const open = free.map((it) => it.number).filter((it) => ![...goal.values()].includes(it));
  const unplaced = [...places.keys()].filter((it) => !goal.has(it));
  const wanted = new Map(goal);
  for (const id of unplaced) wanted.set(id, open.pop() ?? places.get(id)!);
  for (const [photoId, slot] of wanted) {
    const before = places.get(photoId)!;
    if (before === slot) continue;
    for (const [other, place] of places) if (place === slot) places.set(other, before);
    places.set(photoId, slot);
    found.push({ photoId, slot });
  }
  return found;
}
