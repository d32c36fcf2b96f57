import { expect, test } from "vitest";
import { naming } from "../react/src/naming";
import { words } from "../react/src/words";

test("a price below ten cents keeps its tenths of a cent, and others two digits", () => {
  expect(["0.015", "0.02", "0", "0.1", "1.765"].map(words.dollars)).toEqual([
    "$0.015",
    "$0.02",
    "$0.00",
    "$0.10",
    "$1.76",
  ]);
});

test("an estimate tells between what most trainings take, to whole minutes on the safe side", () => {
  const { estimate, likely } = words.settings;
  expect(estimate("1.769", 21.4, 172)).toBe("$1.77 · about 21 minutes · 172 MB");
  expect(estimate("1.769", 20, 172, likely(18.9, 25.1))).toBe(
    "$1.77 · about 20 minutes, most likely 18 to 26 · 172 MB",
  );
});

test("what the API names by its id is named as its owner called it", () => {
  const named = naming([{ id: "ad9e7308", name: "Linen shirt" }]);
  expect(named("The garments ad9e7308 and d6c04967 are not worn together.")).toBe(
    "The garments “Linen shirt” and d6c04967 are not worn together.",
  );
});
