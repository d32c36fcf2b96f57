// The example of docs/frontend.md: a page of Next.js, rendered on a server as Next.js renders it.
import { readFileSync } from "node:fs";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";

globalThis.WebSocket ??= class {} as never; // Node 20 has none, and none is opened

const FOLDER = new URL("../examples/next/app/models/train/[[...job]]/", import.meta.url);

test("a page of Next.js takes over a component, with the session of its host", async () => {
  const { default: Page } = await import("../examples/next/app/models/train/[[...job]]/page");
  const shown = async (job?: string[]) => renderToString(await Page({ params: Promise.resolve(job ? { job } : {}) }));
  expect(await shown()).toContain("Person");
  expect(await shown(["6a1b7d52-1f0e-4a53-9f0c-7f7f4b5d9a10"])).toContain("Loading");
});

test("the guide shows the example as it is compiled", () => {
  const guide = readFileSync(new URL("../../docs/frontend.md", import.meta.url), "utf8");
  for (const name of ["page.tsx", "Train.tsx"]) expect(guide).toContain(readFileSync(new URL(name, FOLDER), "utf8"));
});
