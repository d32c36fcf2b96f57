import { expect, test } from "@playwright/test";
import { Owner } from "./owner";
import { signedIn } from "./stand";

test("An order whose answer was lost is one order; a picture is varied, and deleted everywhere", async ({
  page,
  context,
}) => {
  const owner = await Owner.signUp();
  await signedIn(context, owner);
  await page.goto(`/models/${await owner.model()}`);
  const pictures = page.getByRole("region", { name: "Pictures", exact: true });
  const open = (says: RegExp) => pictures.getByRole("button", { name: says });
  let lost = 0;
  await page.route("**/generations", async (route) => {
    if (route.request().postData()?.includes("dry_run") || lost > 0) return route.continue();
    lost += 1;
    await route.fetch(); // it arrives
    await route.abort("connectionreset"); // and nobody hears
  });
  await page.getByLabel("Wearing").fill("a green raincoat");
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
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(open(/^Open: .*yellow dress/)).toHaveCount(0);
  await expect(open(/^Open: .*green raincoat/)).toHaveCount(1);
});
