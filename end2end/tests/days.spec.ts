// From a day of the calendar or a cell of a strip to the runs of that day, and back to all runs.
import type { Page } from '@playwright/test';
import { expectAlive, expectNoOverflow } from '../support/checks.ts';
import { firstServer } from '../support/paths.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { hasWord, word } from '../support/words.ts';

const days = (page: Page) => page.locator('.calendar-wide .calendar-days a');
const rows = (page: Page) => page.locator('#history tbody tr');

/** Returns the number of runs that a day's link announces: `"29 Nov 2026 · 3 runs, …"`. */
const promised = (name: string) => Number(/· ([\d,]+) runs?/.exec(name)?.[1].replaceAll(',', ''));

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`a day of the calendar leads to its runs under "${base}/"`, async ({ page, demo, basedDemo }) => {
      expect(hasWord('server.history.day_remove')).toBe(true);
      const program = base ? basedDemo : demo;
      await page.goto(program.url(`${await firstServer(program)}?range=year`));
      if (script) await expectAlive(page);
      // The newest day with runs: the last day may only have a missed run.
      const day = page.locator('.calendar-wide .calendar-days a[aria-label*="run"]').last();
      const name = (await day.getAttribute('aria-label')) ?? '';
      expect(name).toMatch(/^\d{1,2} \w{3} \d{4} · \d+ runs?/);
      await day.click();
      await expect(page).toHaveURL(/range=year&day=\d{4}-\d\d-\d\d#history$/);
      await expect(rows(page)).toHaveCount(promised(name));
      await expect(page.locator('#history')).toBeInViewport();
      const chip = page.locator('.day-filter a');
      await expect(chip).toContainText(name.split(' · ')[0]);
      await chip.click();
      await expect(page).toHaveURL(/\?range=year#history$/);
      await expect(chip).toHaveCount(0);
      await expect.poll(() => rows(page).count()).toBeGreaterThan(promised(name));
    });
  }
});

test('a day says what it was to the pointer and the keyboard', async ({ page, demo }) => {
  await page.goto(demo.url(await firstServer(demo)));
  await expectAlive(page);
  const tip = (index: number) =>
    days(page).nth(index).evaluate((link) => getComputedStyle(link, '::after').content);
  const last = (await days(page).count()) - 1;
  expect(await tip(last)).toBe('none');
  await days(page).nth(last).hover();
  expect(await tip(last)).toContain('2026');
  await page.mouse.move(0, 0);
  // One tab stop; arrow keys move from day to day.
  await expect(page.locator('.calendar-wide .calendar-days a[tabindex="0"]')).toHaveCount(1);
  await days(page).nth(last).focus();
  await page.keyboard.press('ArrowUp');
  await expect(days(page).nth(last - 1)).toBeFocused();
  expect(await tip(last - 1)).toContain('2026');
  await expect(page.locator('.calendar-wide .calendar-days a[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/day=/);
});

test('a cell of a strip leads to the runs of its day', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  await expectAlive(page);
  const strip = page.getByRole('table').first().locator('.strip').first();
  const box = await strip.boundingBox();
  const place = { x: (box?.width ?? 0) - 4, y: 8 };
  await strip.hover({ position: place });
  const tip = page.locator('.strip-tip');
  await expect(tip).toHaveText(/\d\d:\d\d · /);
  const date = ((await tip.textContent()) ?? '').split(/ \d\d:/)[0];
  await strip.click({ position: place });
  await expect(page).toHaveURL(/\/servers\/\d+\?job=\d+&day=\d{4}-\d\d-\d\d#history$/);
  await expect(page.locator('.day-filter a')).toContainText(date);
  await expect(page.locator('#history')).toBeInViewport();
});

test.describe('with a finger', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('the first touch says what a day was, the second one leads to it', async ({ page, demo }) => {
    await page.goto(demo.url(await firstServer(demo)));
    await expectAlive(page);
    const here = page.url();
    const day = page.locator('.calendar-narrow .calendar-days a').last();
    await day.tap();
    await expect(day).toBeFocused();
    expect(await day.evaluate((link) => getComputedStyle(link, '::after').content)).toContain('2026');
    await expectNoOverflow(page);
    expect(page.url()).toBe(here);
    await day.tap();
    await expect(page).toHaveURL(/day=\d{4}-\d\d-\d\d#history$/);
  });
});

test('a day that is none is as if it was not there', async ({ page, demo }) => {
  const server = await firstServer(demo);
  for (const day of ['2026-02-30', 'x', '-1', '%27']) {
    const answer = await page.goto(demo.url(`${server}?day=${day}`));
    expect(answer?.status()).toBe(200);
    await expect(page.locator('.day-filter')).toHaveCount(0);
    await expect(rows(page).first()).toBeVisible();
  }
  await page.goto(demo.url(`${server}?day=2001-01-01`));
  await expect(page.getByText(word('server.history.day_none'))).toBeVisible();
});
