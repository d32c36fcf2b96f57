// One model, from the decision between two runs to a consent that ends soon.
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { Owner } from "./owner";
import { came, seen, signedIn } from "./stand";

let context: BrowserContext;
let page: Page;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  const owner = await Owner.signUp();
  context = await browser.newContext();
  await signedIn(context, owner);
  page = await context.newPage();
  await page.goto(`/models/train/${await owner.twice()}`);
});

test.afterAll(() => context.close());

test("Two runs are compared, and after the approval the earlier one is used again", async () => {
  const [first, second] = [page.getByRole("region", { name: "Run 1" }), page.getByRole("region", { name: "Run 2" })];
  for (const run of [first, second]) await expect(run.getByRole("button", { name: /^Open: Preview/ })).toHaveCount(4);
  await expect(first).toContainText("100 steps");
  await expect(second).toContainText("150 steps");
  await seen(page, "two-runs");
  await page.getByRole("button", { name: "Approve and save" }).click();
  await expect(second).toContainText("In use");
  await expect(second.getByRole("button", { name: "Use this run" })).toHaveCount(0);
  await first.getByRole("button", { name: "Use this run" }).click();
  await expect(first).toContainText("In use");
  await expect(second.getByRole("button", { name: "Use this run" })).toBeVisible();
  await seen(page, "approved");
});

test("Pictures are found by their day, and by whether they were accepted", async () => {
  await page.getByRole("button", { name: "Make pictures" }).click();
  const pictures = page.getByRole("region", { name: "Pictures", exact: true });
  const shown = pictures.getByRole("button", { name: /^Open: / });
  await expect(shown).toHaveCount(8);
  await shown.first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "✓ Accepted" })).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await pictures.getByRole("radio", { name: "Accepted", exact: true }).check();
  await expect(shown).toHaveCount(1);
  await pictures.getByRole("radio", { name: "Not accepted" }).check();
  await expect(shown).toHaveCount(7);
  const [today, tomorrow] = [0, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10));
  await pictures.getByLabel("From (UTC)").fill(tomorrow!);
  await expect(pictures.getByText("No pictures of this kind, or from these days.")).toBeVisible();
  await pictures.getByLabel("From (UTC)").fill(today!);
  await pictures.getByLabel("to (UTC)").fill(tomorrow!);
  await expect(shown).toHaveCount(7);
  await pictures.getByRole("button", { name: "All days" }).click();
  await pictures.getByRole("radio", { name: "All", exact: true }).check();
  await expect(shown).toHaveCount(8);
});

test("A consent is renewed with another term, and the list says how long it stands and what the model cost", async () => {
  const consent = page.getByRole("region", { name: "Consent" });
  await expect(consent).toContainText("until it is withdrawn: pictures, training, try-on.");
  await consent.getByRole("button", { name: "Renew or change" }).click();
  const dialog = page.getByRole("dialog");
  const ticked = dialog.getByRole("checkbox", { checked: true });
  await expect(ticked).toHaveCount(1); // that the person shown may refuse: what restricts it stays
  const last = new Date(Date.now() + 10 * 86_400_000);
  await dialog.getByLabel("Last day").fill(last.toISOString().slice(0, 10));
  await dialog.getByRole("checkbox", { name: "Print" }).check();
  await dialog.getByRole("button", { name: "Give this consent" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("All five declarations are required.");
  await seen(page, "renew");
  for (const declaration of [
    "is an adult",
    "photos are their own",
    "may be trained",
    "may be stored",
    "that the text names",
  ])
    await dialog.getByRole("checkbox", { name: declaration }).check();
  await dialog.getByRole("checkbox", { name: "Pictures of the person" }).check();
  await dialog.getByRole("button", { name: "Give this consent" }).click();
  const day = last.toLocaleDateString("en-US", { dateStyle: "medium", timeZone: "UTC" });
  await expect(consent).toContainText(`until ${day}: pictures, training. Only for: Print.`);
  await expect(consent).toContainText("It ends soon. Renew it");
  await page.getByRole("link", { name: "Models" }).click();
  const card = page.getByRole("link", { name: /^Maya Chen/ });
  await expect(card).toContainText(/Ready · \$0\.\d{2,3} paid/);
  await expect(card).toContainText(`Consent until ${day} · renew it`);
  await seen(page, "models");
});

test("Everything is taken along as one ZIP", async () => {
  await page.getByRole("link", { name: "Your data" }).click();
  const zip = page.getByRole("region", { name: "Download your data" });
  await zip.getByRole("button", { name: "Prepare the ZIP" }).click();
  await expect(zip.getByRole("status")).toHaveText(/^The ZIP is ready and kept until /);
  const saved = page.waitForEvent("download");
  await zip.getByRole("link", { name: "Save the ZIP" }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.zip$/);
  await came(page);
  await seen(page, "your-data");
});

test("A model is deleted for good only after it was said what goes, and the deletion stays in sight", async () => {
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("link", { name: /^Maya Chen/ }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete this model for good" });
  await expect(dialog).toContainText(/\d+ files: photos, pictures, weights/);
  await expect(dialog).toContainText("2 versions at the provider");
  await seen(page, "delete-for-good");
  await expect(dialog.getByRole("button", { name: "Delete for good" })).toBeDisabled();
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your data");
  await expect(page.getByRole("region", { name: "What was deleted" }).getByRole("listitem")).toContainText("A model: ");
});

test("An account is deleted for good, which nobody else's deletion is in the way of", async () => {
  await page.getByRole("link", { name: "Your data" }).click();
  await page.getByRole("button", { name: "Delete this account" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete this account" });
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByRole("region", { name: "What was deleted" })).toContainText("The account: ");
});
