import { expect, type Page, test } from "@playwright/test";
import { GARMENTS, Owner } from "./owner";
import { came, seen, signedIn } from "./stand";

let owner: Owner;
let model: string;

test.describe.configure({ mode: "serial" }); // each goes on with what the one before left in the wardrobe

test.beforeAll(async () => {
  owner = await Owner.signUp();
  model = await owner.model();
});

test.beforeEach(({ context }) => signedIn(context, owner));

test("An order whose answer was lost is one order; a picture is varied, and deleted everywhere", async ({ page }) => {
  await page.goto(`/models/${model}`);
  const pictures = page.getByRole("region", { name: "Pictures", exact: true });
  const open = (says: RegExp) => pictures.getByRole("button", { name: says });
  let lost = 0;
  await page.route("**/generations", async (route) => {
    if (route.request().postData()?.includes("dry_run") || lost > 0) return route.continue();
    lost += 1;
    await route.fetch(); // it arrives
    await route.abort("connectionreset"); // and nobody hears
  });
  await page.getByRole("textbox", { name: "Wearing" }).fill("a green raincoat");
  await page.getByLabel("How many").fill("1");
  await page.getByRole("button", { name: /^Make one picture · \$/ }).click();
  await expect(page.getByText("Croquis cannot be reached.")).toBeVisible();
  await page.getByRole("button", { name: /^Make one picture · \$/ }).click();
  await expect(open(/^Open: .*green raincoat/)).toHaveCount(1, { timeout: 60_000 });
  expect(lost).toBe(1);

  await open(/^Open: .*green raincoat/).click();
  await page.getByLabel("The same picture, but wearing").fill("a yellow dress");
  await page.getByRole("button", { name: "Make the variation" }).click();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(open(/^Open: .*yellow dress/)).toHaveCount(1, { timeout: 60_000 }); // a hint told of it
  await open(/^Open: .*yellow dress/).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(open(/^Open: .*yellow dress/)).toHaveCount(0);
  await expect(open(/^Open: .*green raincoat/)).toHaveCount(1);
});

test("Garments are added, checked and named; two tops are no look, and the server says why", async ({ page }) => {
  await page.goto("/garments");
  await expect(page.getByRole("heading", { name: "No garments yet" })).toBeVisible();
  await seen(page, "garments-empty");
  await page.locator("input[type=file]").setInputFiles(["upper", "lower", "coat"].map((it) => `${GARMENTS}${it}.png`));
  await page.getByRole("button", { name: "Add these 3 garments" }).click();
  await expect(page.getByRole("alert")).toHaveText("Each needs a name and a kind.");
  const kinds = page.getByLabel("What it is");
  await kinds.nth(0).selectOption("Top");
  await kinds.nth(1).selectOption("Bottom");
  await kinds.nth(2).selectOption("Top");
  await page.getByLabel("Name").first().fill("Linen shirt");
  await seen(page, "garments-new");
  await page.getByRole("button", { name: "Add these 3 garments" }).click();
  await expect(page.getByRole("checkbox", { name: /^Choose: / })).toHaveCount(3, { timeout: 60_000 });
  await came(page);

  await page.getByRole("checkbox", { name: "Choose: Linen shirt" }).check();
  await page.getByRole("checkbox", { name: "Choose: Coat" }).check();
  await page.getByRole("textbox", { name: "Name of the look" }).fill("Autumn in town");
  await page.getByRole("button", { name: "Save as a look" }).click();
  await expect(page.getByRole("alert")).toContainText(
    "The garments “Linen shirt” (upper) and “Coat” (upper) are not worn together: both take up the torso.",
  );
  await came(page);
  await seen(page, "garments-refused");
  await page.getByRole("button", { name: "Details: Coat" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/^Main colour: #/)).toBeVisible();
  await dialog.getByLabel("What it is").selectOption("Outerwear");
  await came(page);
  await seen(page, "garment");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Choose: Lower" }).check();
  await page.getByRole("button", { name: "Save as a look" }).click();
  await expect(
    page.getByRole("region", { name: "Looks" }).getByRole("heading", { name: "Autumn in town" }),
  ).toBeVisible();
  await came(page);
  await seen(page, "garments");
});

test("A garment is tried on a picture, and before and after are compared with the keys", async ({ page }) => {
  await page.goto(`/models/${model}`);
  await page.getByRole("button", { name: "Try garments on" }).click();
  await expect(page.getByRole("button", { name: "Choose a picture and garments" })).toBeDisabled();
  await page.getByRole("checkbox", { name: "Linen shirt" }).check();
  await expect(page.getByRole("button", { name: "Try it on · $0.015" })).toBeVisible();
  await page.getByRole("radio", { name: /^Demanding/ }).check();
  await expect(page.getByRole("button", { name: "Try it on · $0.15" })).toBeVisible();
  await page.getByRole("radio", { name: /^Standard/ }).check();
  await page.getByRole("checkbox", { name: "Lower" }).check();
  await came(page);
  await seen(page, "try-on");
  await page.getByRole("button", { name: /^Try it on · \$0.023/ }).click();
  const slider = page.getByRole("slider", { name: "How much of the original is shown" });
  await expect(slider).toHaveAttribute("aria-valuetext", "50 % before", { timeout: 60_000 });
  await slider.focus();
  await page.keyboard.press("End");
  await expect(slider).toHaveAttribute("aria-valuetext", "100 % before");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuetext", "1 % before");
  await slider.fill("45");
  await expect(page.getByRole("region", { name: "What the checks say" })).toBeVisible({ timeout: 60_000 });
  await came(page);
  await seen(page, "try-on-result");
});

test("An approved model is dressed in one click, with a look or what came last", async ({ page }) => {
  const { job_id } = await owner.call<{ job_id: string }>("GET", `/v1/models/${model}`);
  await page.goto(`/models/train/${job_id}`);
  const quick = page.getByRole("region", { name: "Dress the model" });
  await expect(quick.getByRole("button", { name: /^Try it on · \$0.031/ })).toBeVisible();
  await quick.getByLabel("What is worn").selectOption("Autumn in town");
  await expect(quick.getByRole("button", { name: /^Try it on · \$0.031/ })).toBeEnabled();
  await quick.getByRole("button", { name: /^Try it on/ }).click();
  await expect(quick.getByText("Wears: Linen shirt, Coat, Lower")).toBeVisible({ timeout: 60_000 });
  await came(page);
  await seen(page, "quick-try-on");
});

test("A look-book of two by two fills, pauses and goes on, and ends in its files", async ({ page }) => {
  await page.goto(`/models/${model}`);
  await page.getByRole("button", { name: "Make a look-book" }).click();
  await expect(page.getByText("Choose at least one look and one pose or picture.")).toBeVisible();
  await page.getByRole("checkbox", { name: "Autumn in town" }).check();
  await page.getByRole("checkbox", { name: "Linen shirt" }).check();
  await page.getByRole("checkbox", { name: "walking", exact: true }).check();
  await page.getByRole("group", { name: "Pictures", exact: true }).getByRole("checkbox").first().check();
  await expect(page.getByText("2 × 2 = 4 pictures")).toBeVisible();
  await page.getByRole("spinbutton", { name: "Budget in dollars" }).fill("0.01");
  await expect(page.getByRole("button", { name: /^Start/ })).toBeDisabled();
  await came(page);
  await seen(page, "look-book-order");
  await page.getByRole("spinbutton", { name: "Budget in dollars" }).fill("0.50");
  await page.getByRole("button", { name: "Start · at most $0.50" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText(/^Paused · /)).toBeVisible();
  await came(page);
  await seen(page, "look-book-paused");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("4 of 4 pictures")).toBeVisible({ timeout: 80_000 });
  const cells = page.getByRole("table").getByRole("button", { name: /^Open: / });
  await expect(cells).toHaveCount(6); // with the two that the looks are tried on
  await expect(page.getByRole("link", { name: "All pictures, ZIP" })).toBeVisible({ timeout: 60_000 });
  await downloads(page, ["Contact sheet, PDF", "Contact sheet, PNG", "All pictures, ZIP"]);
  await expect(page.getByRole("region", { name: "How like the person" })).toBeVisible();
  await came(page);
  await seen(page, "look-book");
  await cells.last().click();
  await page.getByRole("button", { name: "Close" }).click();
});

/** Each of these links brings a file. */
async function downloads(page: Page, names: string[]): Promise<void> {
  for (const name of names) {
    const link = await page.getByRole("link", { name }).getAttribute("href");
    const answer = await page.request.get(link!);
    expect([name, answer.status(), (await answer.body()).byteLength > 1000]).toEqual([name, 200, true]);
  }
}
