/** All that a list has, page after page. */
export async function everyPage<It>(
  page: (before?: string) => Promise<{ found: It[]; next?: string | null }>,
): Promise<It[]> {
  const every: It[] = [];
  for (let before: string | undefined; ;) {
    const { found, next } = await page(before);
    every.push(...found);
    if (!next) return every;
    before = next;
  }
}
