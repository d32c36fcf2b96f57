// The grid and the report of a look-book say in words how each cell stands, before there is a picture in it.
import type { LookBook, Schemas } from "@croquis/client";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { LookBookGrid } from "../react/src/LookBookGrid";
import { LookBookReport } from "../react/src/LookBookReport";

const nothing = () => undefined;
const rate = (passed: number, failed: number): Schemas["PassRate"] => {
  return { passed, failed, cannot_tell: 0, rate: passed / (passed + failed), interval: { low: 0.15, high: 0.85 } };
};
const cell = (
  row: number,
  column: number,
  status: Schemas["CellStatus"],
  change: Partial<Schemas["CellView"]> = {},
) => {
  return { row, column, status, tries: 1, garment_ids: [], image: null, problem: null, ...change };
};

const BOOK: LookBook = {
  id: "b", model_id: "m", status: "running", version: 1, engine: "prunaai/p-image-try-on", seed: null,
  budget_usd: "1.00", created_at: "2026-11-30T12:00:00Z", ended_at: null, problem: null, rows: ["Autumn", "Linen shirt"],
  columns: ["walking"], reserved_usd: "0.02", spent_usd: "0.05", files: null, report: null,
  progress: { ended: 1, done: 0, of: 2, share: 0.5 },
  cells: [
    cell(0, 1, "waiting"),
    cell(1, 1, "failed", { problem: { code: "safety_filter", sentence: "It was refused.", hint: "Choose another." } }),
    cell(2, 1, "working", { tries: 2 }),
  ],
}; // prettier-ignore

test("a cell without a picture says how far it is, or why there is none", () => {
  const html = renderToString(<LookBookGrid book={BOOK} onOpen={nothing} />).replaceAll("<!-- -->", "");
  expect(html).toContain("It was refused. Choose another.");
  expect(html).toContain("Being made, second try");
  expect(html).toContain("Waiting");
});

test("the report begins with the worst cell, and leaves out those in which nothing is found", () => {
  const report: Schemas["DriftReport"] = {
    sandbox: false, pictures: 2, face: null, body: rate(1, 1), one_person: rate(2, 0), head_to_toe: null,
    garments: rate(1, 1),
    cells: [
      { row_no: 2, column_no: 1, fails: ["body", "garments"], cannot_tell: [], not_measured: ["face"] },
      { row_no: 1, column_no: 1, fails: [], cannot_tell: [], not_measured: ["face"] },
    ],
  }; // prettier-ignore
  const html = renderToString(<LookBookReport book={BOOK} report={report} onOpen={nothing} />).replaceAll(
    "<!-- -->",
    "",
  );
  expect(html).toMatch(/Linen shirt, walking<\/button>: not right: body, garment colours/);
  expect(html).not.toContain("Autumn, walking");
  expect(html).toContain("1 of 2, true rate 15–85 %");
  expect(html).toContain("Not measured in any picture: head to toe, face.");
});
