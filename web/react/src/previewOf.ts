const previews = new WeakMap<File, string>();

/** A link to a file of this device, one for each file as long as the page is open. */
export function previewOf(file: File): string {
  const held = previews.get(file) ?? URL.createObjectURL(file);
  previews.set(file, held);
  return held;
}
