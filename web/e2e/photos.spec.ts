import { readFileSync } from "node:fs";
import { devices, expect, type Page, test } from "@playwright/test";
import { good, Owner, PHOTOS } from "./owner";
import { seen, signedIn } from "./stand";

const chooser = (page: Page) => page.locator("input[type=file][multiple]");
const photo = (page: Page, slot: string) => page.getByRole("button", { name: new RegExp(`^Slot \\d+, ${slot}$`) });
const saying = (page: Page, text: string) => page.getByRole("listitem").filter({ hasText: text });

let owner: Owner;
test.beforeAll(async () => {
  owner = await Owner.signUp();
});

test.beforeEach(({ context }) => signedIn(context, owner));

test("A bad photo says what is wrong on the picture, and is replaced", async ({ page }) => {
  await page.goto(`/models/train/${await owner.draft()}`);
  await chooser(page).setInputFiles(`${PHOTOS}bad/feet_cut.jpg`);
  const slot = saying(page, "The feet are cut off or cannot be seen.");
  await expect(slot.getByText(/^Step back or tilt the camera down/)).toBeVisible();
  await expect(slot).toHaveAttribute("data-edge", "feet");
  await seen(page, "photo-blocked");
  const choosing = page.waitForEvent("filechooser");
  await slot.getByRole("button", { name: "Replace" }).click();
  await (await choosing).setFiles(good(1));
  await expect(saying(page, "Accepted").first()).toBeVisible();
  await expect(page.getByText("1 of 8–12 accepted")).toBeVisible();
});

test("A photo that a rule keeps out is used anyway, with a declaration where one is needed", async ({ page }) => {
  await page.goto(`/models/train/${await owner.draft()}`);
  await chooser(page).setInputFiles([`${PHOTOS}bad/head_cut.jpg`, `${PHOTOS}bad/no_person.jpg`]);
  await saying(page, "The head is cut off").getByRole("button", { name: "Use it anyway" }).click();
  await expect(page.getByText("1 of 8–12 accepted")).toBeVisible();
  await saying(page, "No single person could be made out").getByRole("button", { name: "Use it anyway" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Use it anyway" })).toBeDisabled();
  await seen(page, "photo-declaration");
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: "Use it anyway" }).click();
  await expect(page.getByText("2 of 8–12 accepted")).toBeVisible();
});

test("Two people are never used: the one way is another photo", async ({ page }) => {
  await page.goto(`/models/train/${await owner.draft()}`);
  await chooser(page).setInputFiles(`${PHOTOS}bad/two_people.jpg`);
  const slot = saying(page, "More than one person is in the photo.");
  await expect(slot.getByRole("button", { name: "Replace" })).toBeVisible();
  await expect(slot.getByRole("button", { name: "Use it anyway" })).toHaveCount(0);
});

test("What is no photo is said before anything is uploaded", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (it) => it.method() === "POST" && it.url().includes("/photos") && sent.push(it.url()));
  await page.goto(`/models/train/${await owner.draft()}`);
  await chooser(page).setInputFiles({
    name: "notes.jpg",
    mimeType: "image/jpeg",
    buffer: Buffer.from("not a photo at all"),
  });
  await expect(page.getByText("notes.jpg is not a photo. Use JPEG, PNG, WebP or HEIC.")).toBeVisible();
  expect(sent).toEqual([]);
});

test("A blurred photo is spoken of before its upload is over", async ({ page }) => {
  await page.goto(`/models/train/${await owner.draft()}`);
  await chooser(page).setInputFiles([`${PHOTOS}bad/blurred.jpg`, ...good(1)]);
  await expect(page.getByText("blurred.jpg looks blurred.")).toBeVisible();
  await expect(page.getByText("01.jpg looks blurred.")).toHaveCount(0);
});

test("A picture is pasted, and on a phone the camera is at hand", async ({ page, browser }) => {
  const address = `/models/train/${await owner.draft()}`;
  await page.goto(address);
  await expect(page.getByText("0 of 8–12 accepted")).toBeVisible();
  const jpeg = readFileSync(good(1)[0]!).toString("base64");
  await page.evaluate(async (bytes) => {
    const photo = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (it) => it.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(photo.width, photo.height);
    canvas.getContext("2d")!.drawImage(photo, 0, 0);
    const png = await canvas.convertToBlob({ type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
  }, jpeg);
  await page.keyboard.press("Control+v");
  await expect(page.getByText("1 of 8–12 accepted")).toBeVisible();
  await expect(page.getByRole("button", { name: "Take a photo" })).toBeHidden(); // a mouse has no camera

  const phone = await browser.newContext({ ...devices["Pixel 7"] });
  await signedIn(phone, owner);
  const there = await phone.newPage();
  await there.goto(address);
  const choosing = there.waitForEvent("filechooser");
  await there.getByRole("button", { name: "Take a photo" }).tap();
  const chooser = await choosing;
  expect(await chooser.element().getAttribute("capture")).toBe("environment");
  await chooser.setFiles(good(2)[1]!);
  await expect(there.getByText("2 of 8–12 accepted")).toBeVisible();
  await phone.close();
});

test("An upload goes on by itself when the connection comes back", async ({ page, context }) => {
  await page.goto(`/models/train/${await owner.draft()}`);
  let puts = 0;
  await page.route("**/object/upload/sign/**", async (route) => {
    puts += 1;
    if (puts > 1) return route.continue();
    await context.setOffline(true);
    await route.abort("internetdisconnected");
  });
  await chooser(page).setInputFiles(good(1));
  await expect(page.getByText("Offline, resumes by itself")).toBeVisible();
  await expect(page.getByText(/^You are offline/)).toBeVisible();
  await seen(page, "offline");
  await context.setOffline(false);
  await expect(page.getByText("1 of 8–12 accepted")).toBeVisible();
  expect(puts).toBe(2);
});

test("An upload is canceled, and nothing of it stays", async ({ page }) => {
  const id = await owner.draft();
  await page.goto(`/models/train/${id}`);
  await page.route("**/object/upload/sign/**", () => undefined); // it never arrives
  await chooser(page).setInputFiles(good(1));
  await expect(page.getByText(/^Uploading/)).toBeVisible();
  await page.getByRole("button", { name: /^Cancel: Slot 1/ }).click();
  await expect(page.getByRole("button", { name: "Add a photo: Front", exact: true })).toBeVisible();
  await owner.until(id, (it) => it.photos.length === 0);
});

test("An upload that is canceled while it is being announced is taken back when the announcement is answered", async ({
  page,
}) => {
  const id = await owner.draft();
  await page.goto(`/models/train/${id}`);
  let canceled = () => {};
  const held = new Promise<void>((resolve) => (canceled = resolve));
  const puts: string[] = [];
  page.on("request", (it) => it.method() === "PUT" && puts.push(it.url()));
  await page.route("**/photos", async (route) => {
    await held;
    await route.continue();
  });
  const removed = page.waitForResponse((it) => it.request().method() === "DELETE");
  await chooser(page).setInputFiles(good(1));
  await page.getByRole("button", { name: /^Cancel: Slot 1/ }).click();
  canceled();
  await removed;
  await owner.until(id, (it) => it.photos.length === 0);
  expect(puts).toEqual([]);
});

test("A reload in mid-upload says what was not finished, and the photo is chosen again", async ({ page }) => {
  await page.goto(`/models/train/${await owner.draft()}`);
  let puts = 0;
  await page.route("**/object/upload/sign/**", (route) => {
    puts += 1;
    return puts > 1 ? route.continue() : undefined; // the first one never arrives
  });
  const begun = page.waitForRequest((it) => it.method() === "PUT");
  await chooser(page).setInputFiles(good(1));
  await begun;
  page.on("dialog", (it) => void it.accept()); // "Leave the page?"
  await page.reload();
  const choosing = page.waitForEvent("filechooser");
  await saying(page, "The upload was not finished").getByRole("button", { name: "Replace" }).click();
  await (await choosing).setFiles(good(1));
  await expect(page.getByText("1 of 8–12 accepted")).toBeVisible();
});

test("A photo is moved with the keyboard, from the list and by dragging", async ({ page }) => {
  await page.goto(`/models/train/${await owner.draft(good(1))}`);
  await photo(page, "Front").focus();
  await page.keyboard.press("Alt+ArrowRight");
  await expect(photo(page, "Three-quarter left")).toBeVisible();
  await photo(page, "Three-quarter left").click();
  await page.getByRole("combobox", { name: "Move to" }).selectOption("9 Hands on hips");
  await page.getByRole("button", { name: "Close" }).click();
  await expect(photo(page, "Hands on hips")).toBeVisible();
  await photo(page, "Hands on hips").dragTo(page.getByRole("button", { name: "Add a photo: Front", exact: true }));
  await expect(photo(page, "Front")).toBeVisible();
});

test("Two tabs show the same photos without a reload", async ({ page, context }) => {
  const address = `/models/train/${await owner.draft()}`;
  const other = await context.newPage();
  await Promise.all([page.goto(address), other.goto(address)]);
  await expect(other.getByText("0 of 8–12 accepted")).toBeVisible();
  await chooser(page).setInputFiles(good(1));
  await expect(other.getByText("1 of 8–12 accepted")).toBeVisible();
});

test("A large file goes in pieces", async ({ page }) => {
  const methods: string[] = [];
  page.on("request", (it) => it.url().includes("/upload/resumable") && methods.push(it.method()));
  await page.goto(`/models/train/${await owner.draft()}`);
  const [file] = good(1);
  const padded = Buffer.concat([readFileSync(file!), Buffer.alloc(7 * 2 ** 20)]); // what follows a JPEG's end is ignored
  await chooser(page).setInputFiles({ name: "large.jpg", mimeType: "image/jpeg", buffer: padded });
  await expect(page.getByText("1 of 8–12 accepted")).toBeVisible();
  expect(methods.filter((it) => it === "PATCH").length).toBeGreaterThan(1);
});

test("Somebody else's training looks like one that is not there", async ({ page }) => {
  const other = await Owner.signUp();
  await page.goto(`/models/train/${await other.draft()}`);
  await expect(page.getByRole("heading", { name: "Nothing here" })).toBeVisible();
  await seen(page, "not-there");
});
