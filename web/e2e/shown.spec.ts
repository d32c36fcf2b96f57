import { expect, test } from "@playwright/test";
import { Owner } from "./owner";
import { seen, signedIn } from "./stand";

test("The person shown sees their pictures behind a link, refuses one, and withdraws", async ({
  page,
  context,
  browser,
}) => {
  const owner = await Owner.signUp();
  const model = await owner.model();
  await signedIn(context, owner);
  await page.goto(`/models/${model}`);
  await page.getByLabel("Who you are to them").fill("Atelier Nord");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByRole("textbox", { name: "Link for the person shown" }).inputValue();
  expect(link).toContain("/shown#");

  const theirs = await (await browser.newContext()).newPage(); // they have no account
  const sent: string[] = [];
  theirs.on("request", (it) => sent.push(it.url()));
  await theirs.goto(link);
  await expect(theirs.getByText("Used by Atelier Nord.")).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Refuse" })).toHaveCount(4);
  await seen(theirs, "shown");
  await theirs.getByRole("button", { name: "Refuse" }).first().click();
  await expect(theirs.getByText("You refused this picture. It is no longer shown.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: /^Open: / })).toHaveCount(3);
  await expect(page.getByText("The person shown has refused this picture.")).toBeVisible();

  await theirs.getByRole("button", { name: "Withdraw my consent" }).click();
  await theirs.getByRole("dialog").getByRole("button", { name: "Withdraw my consent" }).click();
  await expect(theirs.getByText(/^Withdrawn on/)).toBeVisible();
  expect(sent.filter((it) => it.includes(link.split("#")[1]!))).toEqual([]); // no server saw the token in an address
  await page.reload();
  await expect(page.getByText("Consent withdrawn")).toBeVisible();
  await expect(page.getByRole("region", { name: "Make pictures" })).toHaveCount(0);
});

test("A link that is not good any more says so", async ({ page }) => {
  await page.goto("/shown#no-such-token");
  await expect(page.getByRole("heading", { name: "This link is no longer valid" })).toBeVisible();
  await seen(page, "shown-invalid");
});
