// The testing checklist of the paper, each line a test of its name, in one walk through the page.
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { good, Owner } from "./owner";
import { seen, signedIn } from "./stand";

let owner: Owner;
let context: BrowserContext;
let page: Page;
let jobId: string;
const stored: number[] = []; // the statuses of uploads to Storage

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  owner = await Owner.signUp();
  context = await browser.newContext();
  await signedIn(context, owner);
  page = await context.newPage();
  page.on("response", (it) => it.request().method() === "PUT" && stored.push(it.status()));
});

test.afterAll(() => context.close());

test("Fill in model name and gender", async () => {
  await page.goto("/models/train");
  await expect(page.getByRole("checkbox", { checked: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Continue to the photos" }).click();
  await expect(page.getByRole("alert")).toContainText("Name, gender and all five declarations are required");
  await seen(page, "person");
  await page.getByLabel("Model name").fill("Maya Chen");
  await page.getByRole("radio", { name: "Female" }).check();
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await page.getByLabel("Only in these countries").fill("Germany");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove: Germany" })).toBeVisible();
  await page.getByLabel("Only in these countries").fill("Atlantis");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Choose a country from the list.")).toBeVisible();
  await page.getByRole("button", { name: "Continue to the photos" }).click();
  await expect(page.getByRole("alert")).toBeVisible(); // what is no country would permit all of them
  await page.getByLabel("Only in these countries").fill("");
  await page.getByRole("button", { name: "Continue to the photos" }).click();
  await expect(page.getByRole("heading", { name: "Maya Chen" })).toBeVisible();
  await expect(page).toHaveURL(/\/models\/train\/[0-9a-f-]{36}$/);
  jobId = page.url().split("/").at(-1)!;
  await seen(page, "slots-empty");
});

test("Upload 10 full-body photos to `/models/train`", async () => {
  await page.locator("input[type=file][multiple]").setInputFiles(good(10));
  await expect(page.getByText("10 of 8–12 accepted")).toBeVisible({ timeout: 60_000 });
  // each found the slot of what it shows
  const titles = ["Side", "Sitting", "Walking", "Hands on hips", "Arm raised"];
  for (const title of titles)
    await expect(page.getByRole("button", { name: new RegExp(`^Slot \\d+, ${title}$`) })).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a photo: Back" })).toBeVisible();
  await expect(page.getByText("There is no back view yet.")).toBeVisible();
  await seen(page, "slots-filled");
});

test("Verify images upload to Supabase Storage", async () => {
  expect(stored).toEqual(Array(10).fill(200));
  const pictures = await page
    .locator("li img")
    .evaluateAll((all) => all.map((it) => (it as HTMLImageElement).naturalWidth));
  expect(pictures).toHaveLength(10);
  expect(Math.min(...pictures)).toBeGreaterThan(100);
});

test('Click "Start LoRA Training"', async () => {
  await page.getByRole("button", { name: "Review before training" }).click();
  await expect(page.getByRole("heading", { name: "Review before training" })).toBeVisible();
  const caption = page.getByRole("textbox", { name: "Caption: Walking" });
  await caption.fill(`${await caption.inputValue()}, a brick wall behind`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Back to the automatic caption" })).toBeVisible();
  await expect(page.getByRole("button", { name: /start training · \$1\.77/ })).toBeVisible();
  await page.getByText("Advanced settings").click();
  await seen(page, "review");
  await page.getByRole("radio", { name: /Compact/ }).check();
  await page.getByRole("slider", { name: "Steps" }).fill("500");
  await expect(page.getByRole("status").filter({ hasText: /^\$0\.9\d · .* · 7 MB$/ })).toBeVisible();
  await page.getByRole("button", { name: /start training · \$0\.9/ }).click();
  await expect(page.getByText(/^Step \d+ of 500$/)).toBeVisible({ timeout: 60_000 });
});

test("Check training job created in `lora_training_jobs` table", async () => {
  const [job] = await owner.rows("lora_training_jobs", `select=id,owner_id,status&id=eq.${jobId}`);
  expect(job).toMatchObject({ id: jobId, owner_id: owner.session.user.id });
});

test("Wait ~2 minutes for training completion", async () => {
  await expect(page).toHaveTitle(/^\d+ % · Training · Croquis$/);
  await expect(page.getByText(/^about \$0\.\d\d so far · \$0\.9\d reserved$/)).toBeVisible();
  await expect(page.getByText(/^Loss (fell|went) from/)).toBeVisible({ timeout: 30_000 });
  await page.getByRole("searchbox", { name: "Search the log" }).fill("buckets made");
  await expect(page.getByLabel("Log").locator("visible=true").last()).toHaveText(/buckets made$/);
  await seen(page, "training");
  await expect(page.getByRole("heading", { name: "Is this Maya Chen?" })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole("button", { name: /^Open: Preview/ })).toHaveCount(4);
  await expect(page.getByText("4 of 4, true rate 51–100 %").first()).toBeVisible({ timeout: 30_000 });
  await page.reload(); // it took the place of the progress: what may not move is a page that is being loaded
  await expect(page.getByText("4 of 4, true rate 51–100 %").first()).toBeVisible();
  await seen(page, "result");
});

test("Verify LoRA weights file in Supabase Storage", async () => {
  await page.getByRole("button", { name: "Approve and save" }).click();
  await expect(page.getByRole("heading", { name: "Maya Chen is ready" })).toBeVisible();
  const { model } = await owner.until(jobId, (it) => it.status === "approved");
  const weights = await owner.call<{ url: string; bytes: number }>("GET", `/v1/models/${model!.id}/weights`);
  expect((await (await fetch(weights.url)).arrayBuffer()).byteLength).toBe(weights.bytes);
});

test("Check `ai_models` table for model record", async () => {
  const [model] = await owner.rows("ai_models", `select=name,status,job_id&job_id=eq.${jobId}`);
  expect(model).toMatchObject({ name: "Maya Chen", status: "active" });
});

test("Test generation with the trained LoRA", async () => {
  await page.getByRole("button", { name: "Make pictures" }).click();
  await expect(page).toHaveURL(/\/models\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("region", { name: "Consent" })).toContainText("Only in: Germany.");
  await page.getByRole("button", { name: "a red wool coat" }).click();
  await page.getByRole("button", { name: /^Make 2 pictures · \$/ }).click();
  const made = page
    .getByRole("region", { name: "Pictures", exact: true })
    .getByRole("button", { name: /^Open: .*red wool coat/ });
  await expect(made).toHaveCount(2, { timeout: 60_000 });
  await page.reload(); // new ones come in front of the others: what may not move is a page that is being loaded
  await expect(made).toHaveCount(2);
  await seen(page, "model");
  await page
    .getByRole("button", { name: /^Favourite: .*red wool coat/ })
    .first()
    .click();
  await page.getByRole("radio", { name: "Favourites" }).check();
  await expect(made).toHaveCount(1);
  await made.click();
  await expect(page.getByRole("link", { name: "Download" })).toBeVisible();
  await seen(page, "picture");
});
