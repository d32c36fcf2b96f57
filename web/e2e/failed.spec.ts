// Against a sandbox in which each training fails: `make test-web` starts one with FAULT=failed_training.
import { expect, test } from "@playwright/test";
import { Owner } from "./owner";
import { seen, signedIn } from "./stand";

test(
  "A training that failed says why, costs nothing, and is ordered again",
  { tag: "@failed_training" },
  async ({ page, context }) => {
    const owner = await Owner.signUp();
    await signedIn(context, owner);
    await page.goto(`/models/train/${await owner.training(100)}`);
    await expect(page.getByRole("heading", { name: "The training did not finish" })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("region", { name: "Run 1" })).toContainText(/\S+\. \S+/);
    await page.reload();
    await expect(page.getByRole("heading", { name: "The training did not finish" })).toBeVisible();
    await seen(page, "failed");
    await page.getByRole("button", { name: "Train again" }).click();
    await page.getByRole("radio", { name: /Identity/ }).check();
    await page.getByRole("button", { name: /^Train again · \$3/ }).click();
    await expect(page.getByRole("region", { name: "Run 2" }).or(page.getByText("Step 0"))).toBeVisible({
      timeout: 60_000,
    });
  },
);
