import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './test.ts';
import { word } from './words.ts';

/** Waits until the page responds to input. */
export async function expectAlive(page: Page): Promise<void> {
  await expect(page.locator('html[data-alive]')).toBeAttached();
}

/** Waits until the page follows changes: it shows that itself as soon as its stream is open. */
export async function expectLive(page: Page): Promise<void> {
  await expectAlive(page);
  await expect(page.getByText(word('live.on'), { exact: true })).toBeVisible();
}

/** Leaves a mark in the window, which any reload removes. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
}

/** Asserts that the page was not reloaded since it was marked. */
export async function expectNotReloaded(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'notReloaded' in window), 'the page was not reloaded').toBe(true);
}

/** Asserts that nothing overflows to the right, however long its words are. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const wide = () =>
    page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1);
      return ['the page is wider than the window', ...out.slice(0, 8).map((e) => e.outerHTML.slice(0, 120))];
    });
  // Polled, because the frame after a resize may still be pending.
  await expect.poll(wide, { timeout: 2_000 }).toEqual([]);
}

/** Asserts that axe finds no violation. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  await expectNoViolation(page, state);
}

/** Asserts that all text has enough contrast: of what axe checks, only this depends on the theme. */
export async function expectContrast(page: Page, state: string): Promise<void> {
  await expectNoViolation(page, state, ['color-contrast']);
}

async function expectNoViolation(page: Page, state: string, rules?: string[]): Promise<void> {
  // During the change from light to dark, colours have too little contrast. Finish the animations
  // here: a headless browser that paints nothing may never finish them by itself.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity);
    for (const animation of ending) animation.finish();
  });
  // No page has frames, for which axe would open another page each time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  const short = violations.map((v) => ({
    rule: v.id,
    help: v.help,
    nodes: v.nodes.slice(0, 5).map((n) => `${n.target.join(' ')}: ${n.any[0]?.message ?? n.failureSummary}`),
  }));
  expect(short, `axe, ${state}`).toEqual([]);
}
