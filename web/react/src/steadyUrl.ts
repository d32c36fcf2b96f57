const KEPT = 8 * 60_000; // ms; a link is good for ten minutes
const links = new Map<string, { url: string; since: number }>();

/** The link under which a browser has this picture already: each answer signs it anew, and the file is the same. */
export function steadyUrl(url: string, now = Date.now()): string {
  const file = url.split("?")[0]!;
  const held = links.get(file);
  if (held && (held.url === url || now - held.since < KEPT)) return held.url; // since it was signed, not shown
  links.set(file, { url, since: now });
  return url;
}
