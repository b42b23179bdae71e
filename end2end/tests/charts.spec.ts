// A chart is a named picture, and the same numbers as a table.
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
  const strip = page.getByRole('table').first().locator('.strip[tabindex="0"]').first();
  await expect(strip).toHaveAccessibleName(/\S/);
  await strip.focus();
  await page.keyboard.press('End');
  await expect(page.getByText(/\d{4}-\d\d-\d\d \d\d:\d\d · /).first()).toBeVisible();
});
