import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { Owner } from "./owner";
import { seen, shifted, signedIn } from "./stand";

const signIn = async (page: Page, { email, password }: Pick<Owner, "email" | "password">) => {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
};

test("An account is made, left, and entered again; a wrong password is said", async ({ page }) => {
  await page.goto("/");
  await seen(page, "sign-in");
  const [email, password] = [`${crypto.randomUUID()}@example.com`, crypto.randomUUID()];
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create an account" }).click();
  await expect(page.getByText(email)).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("The e-mail or password is wrong.");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(email)).toBeVisible();
});

/** The link of the newest mail to this address, which the sandbox writes where a mail would be sent. */
async function mailed(email: string): Promise<string> {
  let links: string[] = [];
  await expect(async () => {
    const mails = readFileSync(process.env["CROQUIS_MAILS"]!, "utf8").split("\n");
    links = mails.filter((it) => it.includes(email)).map((it) => it.split(" ").at(-1)!);
    expect(links).not.toEqual([]);
  }).toPass();
  return links.at(-1)!;
}

test("A forgotten password is set anew by mail, and the link signs nobody in", async ({ page, context }) => {
  const owner = await Owner.signUp();
  await page.goto("/");
  await page.getByRole("button", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByRole("button", { name: "Send the e-mail" }).click();
  await expect(page.getByText(/^If there is an account with this e-mail, a message is on its way/)).toBeVisible();
  await seen(page, "forgot");
  await page.getByRole("button", { name: "Send the e-mail" }).click();
  await expect(page.getByRole("alert")).toContainText("ask again in a minute");

  const other = await Owner.signUp(); // the browser is somebody else's by now
  await signedIn(context, other);
  const link = await mailed(owner.email);
  await page.goto(link);
  await expect(page.getByText(`It is for the account ${owner.email}.`)).toBeVisible();
  await expect(page).toHaveURL("/new-password"); // nothing of the link stays in the address
  await seen(page, "new-password");
  await page.getByLabel("New password").fill(owner.password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByRole("alert")).toHaveText("This is your old password. Choose another one.");
  await page.getByLabel("New password").fill("quite another one");
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByRole("heading", { name: "The new password is set" })).toBeVisible();
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByText(other.email)).toBeVisible(); // who was signed in here still is, and nobody else

  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, { ...owner, password: "quite another one" });
  await expect(page.getByText(owner.email)).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link is no longer valid" })).toBeVisible();
});

test("A session that has ended asks to sign in again, and goes on where it was", async ({ page, context }) => {
  const owner = await Owner.signUp();
  await signedIn(context, owner);
  const address = `/models/train/${await owner.draft()}`;
  await page.goto(address);
  await expect(page.getByText("0 of 8–12 accepted")).toBeVisible();
  await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem("sb-127-auth-token")!) as Record<string, unknown>;
    localStorage.setItem("sb-127-auth-token", JSON.stringify({ ...session, expires_at: 1, refresh_token: "spent" }));
  });
  await page
    .getByText("Advanced")
    .or(page.getByRole("button", { name: "Choose photos" }))
    .first()
    .focus();
  await page.reload();
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  await seen(page, "session-ended");
  await signIn(page, owner);
  await expect(page.getByText("0 of 8–12 accepted")).toBeVisible();
  await expect(page).toHaveURL(address);
});

test("Where nobody answers each view says so, and goes on when it is asked again", async ({ page, context }) => {
  const owner = await Owner.signUp();
  await signedIn(context, owner);
  const draft = await owner.draft();
  const views = { "/models": "Models", "/models/train": "Who is it?", [`/models/train/${draft}`]: "Maya Chen" };
  const services = [`${process.env["VITE_CROQUIS_API_URL"]}/v1/**`, `${process.env["VITE_SUPABASE_URL"]}/rest/**`];
  const headers = { "Access-Control-Allow-Origin": "*", "Content-Type": "application/json" };
  for (const [address, title] of Object.entries(views)) {
    for (const it of services) await page.route(it, (route) => route.fulfill({ status: 503, headers, body: "{}" }));
    await page.goto(address);
    await expect(page.getByRole("alert")).toContainText("Croquis cannot respond right now (503).");
    if (title === "Models") await seen(page, "no-answer");
    await page.unrouteAll();
    const again = page.getByRole("button", { name: "Try again" });
    await again.click({ timeout: 3000 }).catch(() => undefined); // a view that looks by itself may be back before
    await expect(page.getByRole("heading", { name: title, exact: true })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  }
});

test("The first view weighs at most 200 kB of JavaScript, and nothing in it moves", async ({ page, context }) => {
  await signedIn(context, await Owner.signUp());
  const scripts: Promise<Buffer>[] = [];
  page.on("response", (it) => it.url().endsWith(".js") && scripts.push(it.body()));
  await page.goto("/models/train");
  await expect(page.getByRole("heading", { name: "Who is it?" })).toBeVisible();
  const bytes = (await Promise.all(scripts)).map((it) => gzipSync(it).length).reduce((sum, it) => sum + it, 0);
  console.log(`first view: ${bytes} bytes of JavaScript, shifted ${await shifted(page)}`);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(200_000);
  expect(await shifted(page)).toBeLessThanOrEqual(0.05);
});

test("The page is served with a policy that takes nothing inline, and tells nobody where one was", async ({ page }) => {
  const answer = await page.goto("/shown");
  const policy = answer!.headers()["content-security-policy"]!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  expect(answer!.headers()["referrer-policy"]).toBe("no-referrer");
  const complaints: string[] = [];
  page.on("console", (it) => it.type() === "error" && complaints.push(it.text()));
  await page.goto("/");
  await expect(page.getByLabel("E-mail")).toBeVisible();
  expect(complaints).toEqual([]);
});
