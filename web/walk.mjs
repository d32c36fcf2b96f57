// Walks the whole of docs/frontend.md against a running sandbox, with the sample photos: `npm run walk` after `npm test`,
// with the variables of .croquis/.env.local. Its last line says what came of it.
import { readFileSync, readdirSync } from "node:fs";
import WebSocket from "ws";

globalThis.WebSocket ??= WebSocket; // browsers and Node 22 have one
const guide = await import("./built/generated/guide.js");

const folder = new URL("../sandbox/demo_photos/good/", import.meta.url);
const photos = readdirSync(folder)
  .filter((name) => name.endsWith(".jpg"))
  .map((name) => new File([readFileSync(new URL(name, folder))], name, { type: "image/jpeg" }));

await guide.signIn(process.env.CROQUIS_USER_1_EMAIL, process.env.CROQUIS_USER_1_PASSWORD);
const shown = [];
const order = await guide.fromPhotosToPictures("Maya Chen", photos, (line) => shown.push(line));
const sizes = await Promise.all(order.images.map(async ({ url }) => (await (await fetch(url)).arrayBuffer()).byteLength));
const drawn = new URL("../sandbox/demo_garments/", import.meta.url);
const garments = [];
for (const category of ["upper", "lower"]) {
  const file = new File([readFileSync(new URL(`${category}.png`, drawn))], `${category}.png`, { type: "image/png" });
  garments.push(await guide.bringGarment(`My ${category}`, category, file));
}
const look = await guide.keepLook("Autumn in town", garments.map((garment) => garment.id));
const worn = look.garments.map((garment) => garment.status);
console.log(JSON.stringify({ statuses: order.images.map((image) => image.status), sizes, shown, worn }));
process.exit(0); // the session would go on refreshing itself
