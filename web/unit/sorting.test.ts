import { sorted } from "@croquis/client";
import { expect, test } from "vitest";
import { aPhoto, SLOTS } from "./a_training";

const ids = (...slots: number[]) => new Set(slots.map((it) => `photo-${it}`));

test("each photo goes where what was seen in it is wanted", () => {
  const photos = [aPhoto(1, "back", "standing"), aPhoto(2, "front", "sitting"), aPhoto(3, "side", "standing")];
  const goals = new Map(sorted(photos, SLOTS, ids(1, 2, 3)).map((it) => [it.photoId, it.slot]));
  expect(goals).toEqual(
    new Map([
      ["photo-1", 5],
      ["photo-2", 7],
      ["photo-3", 4],
    ]),
  );
});

test("two photos of one kind do not fight for a slot: the second one gets the next best", () => {
  const photos = [aPhoto(1, "side", "standing"), aPhoto(2, "side", "standing")];
  expect(
    sorted(photos, SLOTS, ids(1, 2))
      .map((it) => it.slot)
      .sort(),
  ).toEqual([11, 4]);
});

test("what suits nothing better leaves the named slots to others", () => {
  const photos = [aPhoto(1, "front", "sitting"), aPhoto(2, "front", "sitting")];
  const slots = sorted(photos, SLOTS, ids(1, 2)).map((it) => it.slot);
  expect(slots).toContain(7);
});

test("a photo that somebody put in its place stays, and is not pushed out", () => {
  const photos = [aPhoto(5, "front", "standing"), aPhoto(1, "back", "standing")];
  expect(sorted(photos, SLOTS, ids(1)).every((it) => it.photoId === "photo-1" && it.slot !== 5)).toBe(true);
});

test("photos that are where they belong are not moved", () => {
  expect(sorted([aPhoto(5, "back", "standing"), aPhoto(6, "front", "walking")], SLOTS, ids(5, 6))).toEqual([]);
});

test("two photos in each other's place change places in one move", () => {
  const photos = [aPhoto(6, "back", "standing"), aPhoto(5, "front", "walking")];
  expect(sorted(photos, SLOTS, ids(5, 6))).toHaveLength(1);
});
