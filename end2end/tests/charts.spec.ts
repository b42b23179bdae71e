// A chart is a named image, with the same numbers as a table.
import { expectAlive } from '../support/checks.ts';
import { firstServer } from '../support/paths.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

withAndWithoutScript((script) => {
  test('every chart has a name and a table', async ({ page, demo }) => {
    await page.goto(demo.url(`${await firstServer(demo)}?range=quarter`));
    if (script) await expectAlive(page);
    const trends = page.getByRole('region', { name: word('server.trend.label') });
    const charts = trends.getByRole('figure');
    const pictures = trends.locator('svg[role=img]');
    expect(await pictures.count()).toBeGreaterThanOrEqual(5);
    for (const picture of await pictures.all()) {
      await expect(picture).toHaveAccessibleName(/\S/);
    }
    const uploaded = charts.filter({ has: page.getByRole('heading', { name: word('server.trend.uploaded') }) });
    await expect(uploaded.getByRole('table')).toBeHidden();
    await uploaded.getByText(word('charts.show_table')).click();
    await expect(uploaded.getByRole('table')).toBeVisible();
    expect(await uploaded.getByRole('row').count()).toBeGreaterThan(10);
  });
});

test('the crosshair reads out values, to the keyboard too', async ({ page, demo }) => {
  await page.goto(demo.url(`${await firstServer(demo)}?range=quarter`));
  await expectAlive(page);
  const name = pattern('charts.cursor', { title: word('server.trend.uploaded') });
  const slider = page.getByRole('slider', { name });
  await slider.focus();
  await page.keyboard.press('End');
  const last = await slider.getAttribute('aria-valuetext');
  expect(last).toMatch(/\d/);
  await page.keyboard.press('ArrowLeft');
  await expect(slider).not.toHaveAttribute('aria-valuetext', last ?? '');
});

test('a strip of runs can be stepped through', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  await expectAlive(page);
  const strip = page.getByRole('table').first().locator('.strip').first();
  await expect(strip).toHaveAccessibleName(/\S/);
  await strip.focus();
  // A run that succeeded: failed ones have no counts.
  await page.keyboard.press('Home');
  // Date, result, duration, size.
  const tip = page.locator('.strip-tip');
  await expect(tip).toHaveText(/^\d{1,2} \w{3} \d{4} \d\d:\d\d · \S+.* · \d+:\d\d(:\d\d)? · .*B/);
  await expect(tip).toBeVisible();
  // All strips are one tab stop: the down arrow leads to the next strip, Tab leaves them.
  await expect(page.locator('.strip[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await expect(strip).not.toBeFocused();
  await expect(page.locator('.strip:focus')).toHaveCount(1);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(page.locator('.strip:focus')).toHaveCount(1);
  await page.keyboard.press('Tab');
  await expect(page.locator('.strip:focus')).toHaveCount(0);
});

test.describe('with a finger', () => {
  test.use({ hasTouch: true });

  test('a touch opens what a cell was', async ({ page, demo }) => {
    await page.goto(demo.url('/'));
    await expectAlive(page);
    const strip = page.getByRole('table').first().locator('.strip').first();
    await strip.scrollIntoViewIfNeeded();
    const box = await strip.boundingBox();
    await page.touchscreen.tap((box?.x ?? 0) + (box?.width ?? 0) - 4, (box?.y ?? 0) + (box?.height ?? 0) / 2);
    const tip = page.locator('.strip-tip');
    await expect(tip).toHaveText(/\d\d:\d\d · /);
    await expect(tip).toBeVisible();
  });
});
