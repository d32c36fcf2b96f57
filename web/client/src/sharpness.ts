/** Below this even the sharpest edges are soft: the sandbox's sharp samples have 86 and more, its blurred one 18. */
export const BLURRED_BELOW = 30;

const SHARPEST = 0.995; // of all places: a plain wall does not make a photo blurred

/** How steep the sharpest edges of RGBA pixels are, in levels of grey per pixel. */
export function sharpness(rgba: Uint8ClampedArray, width: number): number {
  const height = rgba.length / 4 / width;
  const grey = new Float32Array(width * height);
  for (let place = 0; place < grey.length; place += 1) {
    const at = place * 4;
    grey[place] = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
  }
  const edges = new Float32Array((width - 2) * (height - 2));
  let count = 0;
  for (let row = 1; row < height - 1; row += 1) {
    for (let place = row * width + 1; place < (row + 1) * width - 1; place += 1) {
      const around = grey[place - 1]! + grey[place + 1]! + grey[place - width]! + grey[place + width]!;
      edges[count] = Math.abs(4 * grey[place]! - around);
      count += 1;
    }
  }
  return edges.sort()[Math.floor(count * SHARPEST)] ?? 0;
}
