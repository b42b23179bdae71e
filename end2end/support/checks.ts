import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './test.ts';
import { word } from './words.ts';

/** Waits until the page answers to what a person does. */
export async function expectAlive(page: Page): Promise<void> {
  await expect(page.locator('html[data-alive]')).toBeAttached();
}

/** Waits until the page follows what is stored: it says so itself once its stream is open. */
export async function expectLive(page: Page): Promise<void> {
  await expectAlive(page);
  await expect(page.getByText(word('live.on'), { exact: true })).toBeVisible();
}

/** Leaves a mark in the window, which any reload removes. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
}

/** The page was not loaded anew since it was marked. */
export async function expectNotReloaded(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'notReloaded' in window), 'the page was not reloaded').toBe(true);
}

/** Nothing sticks out to the right, however long its words. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const wide = () =>
    page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1);
      return ['the page is wider than the window', ...out.slice(0, 8).map((e) => e.outerHTML.slice(0, 120))];
    });
  // Polled: the frame after the window has changed may still be under way.
  await expect.poll(wide, { timeout: 2_000 }).toEqual([]);
}

/** No violation of any rule that axe knows. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  // A colour on its way from light to dark has no contrast to speak of.
  // Ended by hand: a headless browser that paints nothing may never end it by itself.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity);
    for (const animation of ending) animation.finish();
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const short = violations.map((v) => ({
    rule: v.id,
    help: v.help,
    nodes: v.nodes.slice(0, 5).map((n) => `${n.target.join(' ')}: ${n.any[0]?.message ?? n.failureSummary}`),
  }));
  expect(short, `axe, ${state}`).toEqual([]);
}
