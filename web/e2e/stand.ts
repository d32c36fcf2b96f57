import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page } from "@playwright/test";
import type { Owner } from "./owner";

const WIDTHS = [390, 1280];
const SCHEMES = ["light", "dark"] as const;
const SHIFTED_AT_MOST = 0.05;
const measured = new WeakMap<Page, number>(); // until when its shifts were counted, in ms since 1970

/** The browser is signed in as this owner, as after an earlier visit. */
export async function signedIn(context: BrowserContext, owner: Owner): Promise<void> {
  const session = JSON.stringify(owner.session);
  await context.addInitScript(`localStorage.getItem("told") ?? localStorage.setItem("sb-127-auth-token", ${JSON.stringify(session)});
    localStorage.setItem("told", "yes");`);
}

/** How far the view has moved by itself since it was loaded, or last seen, as Chromium counts it. */
export function shifted(page: Page): Promise<number> {
  return page.evaluate(
    (since) => {
      const observer = new PerformanceObserver(() => undefined);
      observer.observe({ type: "layout-shift", buffered: true });
      const moved = observer.takeRecords() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[];
      const counted = moved.filter((it) => !it.hadRecentInput && performance.timeOrigin + it.startTime > since);
      return counted.reduce((sum, it) => sum + it.value, 0);
    },
    measured.get(page) ?? 0,
  );
}

/**
 * Pictures of this state at both widths, light and dark; nothing moved until it was there, nobody is shut out of it, and
 * nothing is wider than a phone.
 */
export async function seen(page: Page, name: string): Promise<void> {
  expect(await shifted(page), `what has moved in ${name}`).toBeLessThanOrEqual(SHIFTED_AT_MOST);
  await page.mouse.move(0, 0);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `screenshots/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 360, height: 900 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
  measured.set(page, await page.evaluate(afterNextFrame));
}

/** What somebody waited for has come, and may have moved what stands around it: that is not counted. */
export async function came(page: Page): Promise<void> {
  measured.set(page, await page.evaluate(afterNextFrame));
}

/** The time, in ms since 1970, at which what was changed is drawn. */
function afterNextFrame(): Promise<number> {
  return new Promise((resolve) => {
    const now = () => resolve(performance.timeOrigin + performance.now());
    requestAnimationFrame(() => requestAnimationFrame(now));
  });
}
