import type { Looked } from "./look";
import { BLURRED_BELOW, sharpness } from "./sharpness";

const SHORTER_SIDE = 768; // pixels; the trainer never enlarges
const LOOKED_AT = 512; // pixels of the longer side

addEventListener("message", ({ data }: MessageEvent<File>) => void verdict(data).then((it) => postMessage(it)));

async function verdict(file: File): Promise<Looked> {
  try {
    const photo = await createImageBitmap(file);
    if (Math.min(photo.width, photo.height) < SHORTER_SIDE) return { advice: "small" };
    const scale = LOOKED_AT / Math.max(photo.width, photo.height);
    const canvas = new OffscreenCanvas(Math.round(photo.width * scale), Math.round(photo.height * scale));
    const context = canvas.getContext("2d");
    if (!context) return {};
    context.drawImage(photo, 0, 0, canvas.width, canvas.height);
    const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
    return sharpness(data, width) < BLURRED_BELOW ? { advice: "blurred" } : {};
  } catch {
    return {}; // a HEIC in a browser that cannot open it: the server can
  }
}
