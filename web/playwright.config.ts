import { defineConfig } from "@playwright/test";

const chromium = process.env["CHROMIUM"];
if (!chromium) throw new Error("CHROMIUM is not set: these tests are run by `make test-web`.");

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env["CROQUIS_PAGE_URL"],
    viewport: { width: 1280, height: 900 },
    actionTimeout: 15_000,
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: { executablePath: chromium, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] },
    trace: "off",
  },
});
