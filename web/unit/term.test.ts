import { expect, test } from "vitest";
import { consentOf } from "../react/src/ConsentFields";
import { EVERYTHING, isEverything, queryOf } from "../react/src/GalleryFilters";
import { endsSoon, published, until } from "../react/src/term";

const NOON = Date.parse("2026-11-30T12:00:00Z");
const DECLARED = ["adult", "own_photos_or_authorised", "training", "storage", "processors"];

function form(fields: Record<string, string | string[]>): FormData {
  const made = new FormData();
  for (const [name, values] of Object.entries(fields)) for (const it of [values].flat()) made.append(name, it);
  return made;
}

const declared = Object.fromEntries(DECLARED.map((it) => [it, "on"]));

test("a consent is to be renewed from thirty days before its last day on, which counts to its end", () => {
  expect(endsSoon(null, NOON)).toBe(false);
  expect(endsSoon("2026-12-30", NOON)).toBe(false);
  expect(endsSoon("2026-12-29", NOON)).toBe(true);
  expect(endsSoon("2026-11-30", NOON)).toBe(true);
});

test("its last day is the same day wherever the reader lives", () => {
  expect(until("2027-01-01")).toMatch(/Jan(uary)? 1, 2027|1 Jan 2027/);
  expect(until(null)).toBe("until it is withdrawn");
});

test("media and countries are named, and nothing is said where nothing is restricted", () => {
  expect(published({ media: ["print", "film"], territories: ["DE", "AT"] })).toBe(
    "Only for: Print, Film. Only in: Germany, Austria.",
  );
  expect(published({ media: null, territories: null })).toBe("");
});

test("one declaration that is missing is no consent", () => {
  for (const missing of DECLARED) {
    const { [missing]: _, ...others } = declared;
    expect(consentOf(form(others), "2026-11")).toBeUndefined();
  }
});

test("what is not ticked is not permitted, and what is left empty does not restrict", () => {
  expect(consentOf(form({ ...declared, valid_until: "" }), "2026-11")).toMatchObject({
    text_version: "2026-11", uses: ["train"], media: null, territories: null, valid_until: null, ask_shown_person: false,
  }); // prettier-ignore
  const more = { generate: "on", media: ["print"], territories: ["DE", "AT"], valid_until: "2027-01-01" };
  expect(consentOf(form({ ...declared, ...more, ask_shown_person: "on" }), "2026-11")).toMatchObject({
    uses: ["train", "generate"], media: ["print"], territories: ["DE", "AT"], valid_until: "2027-01-01",
    ask_shown_person: true,
  }); // prettier-ignore
});

test("filters ask the API for what they say", () => {
  expect(isEverything(EVERYTHING)).toBe(true);
  expect(queryOf({ kind: "notAccepted", since: "2026-11-30", until: "" })).toEqual({
    accepted: false,
    since: "2026-11-30",
  });
});
