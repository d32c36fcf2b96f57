import { expect, test } from "@playwright/test";
import { Owner } from "./owner";
import { seen, signedIn } from "./stand";

const LONG = 3000; // steps: a minute in the sandbox

let owner: Owner;
test.beforeAll(async () => {
  owner = await Owner.signUp();
});

test.beforeEach(({ context }) => signedIn(context, owner));

test("A training survives a reload and a lost connection, and is canceled from another device", async ({
  page,
  context,
  browser,
}) => {
  const id = await owner.training(LONG);
  await page.goto(`/models/train/${id}`);
  await expect(page.getByText(/^Step \d+ of 3000$/)).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(page.getByText(/^Step \d+ of 3000$/)).toBeVisible();

  await context.setOffline(true);
  await expect(page.getByText(/^You are offline/)).toBeVisible();
  const before = await page.getByText(/^Step \d+ of 3000$/).textContent();
  await context.setOffline(false);
  await expect(page.getByText(/^You are offline/)).toBeHidden();
  await expect(page.getByText(before!)).toBeHidden(); // it has gone on, and the page with it

  const device = await browser.newContext();
  await signedIn(device, owner);
  const other = await device.newPage();
  await other.goto(`/models/train/${id}`);
  await other.getByRole("button", { name: "Cancel training" }).click();
  await expect(other.getByText(/What has been computed so far is paid, at most \$/)).toBeVisible();
  await seen(other, "cancel");
  await other.getByRole("dialog").getByRole("button", { name: "Cancel training" }).click();
  for (const tab of [other, page]) {
    await expect(tab.getByRole("heading", { name: "The training was cancelled" })).toBeVisible({ timeout: 60_000 });
  }
  await device.close();
  await page.reload();
  await expect(page.getByRole("heading", { name: "The training was cancelled" })).toBeVisible();
  await seen(page, "canceled");
});

test("Whoever has no model yet is shown the way, and finds an open training in the list", async ({ page }) => {
  const newcomer = await Owner.signUp();
  await page.addInitScript(
    `localStorage.setItem("sb-127-auth-token", ${JSON.stringify(JSON.stringify(newcomer.session))})`,
  );
  await page.goto("/models");
  await expect(page.getByRole("heading", { name: "No models yet" })).toBeVisible();
  await seen(page, "models-empty");
  await newcomer.draft();
  await page.reload();
  await page.getByRole("link", { name: "Maya Chen Draft" }).click();
  await expect(page.getByText("0 of 8–12 accepted")).toBeVisible();
});
