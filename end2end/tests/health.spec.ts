// The health page, and the banner on every page while nothing can be stored.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import type { Program } from '../support/program.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

/** Restarts the program on a database that lacks a table: it can read, but not store. */
async function loseTable(program: Program): Promise<void> {
  await program.stop();
  const path = join(program.folder, 'duplistatus.db');
  const file = await readFile(path, 'latin1');
  // As if another program had renamed it: the schema is readable, but the table is missing.
  await writeFile(path, file.replaceAll('notifications', 'notificationz'), 'latin1');
  await program.resume();
}

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('every check has a figure, and says where more is told', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/settings/health'));
    if (script) await expectAlive(page);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.locator('[data-check]').count()).toBeGreaterThanOrEqual(14);
    // Checks without problems are one line each, below those that need attention.
    const writing = page.getByRole('region', { name: word('health.fine') }).locator('[data-check="writing"]');
    await expect(writing).toContainText(word('health.writing.on'));
    const checks = page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('heading', { level: 2 }) });
    // There are no reports yet.
    const reports = checks.filter({ has: page.getByRole('heading', { name: word('health.names.reports') }) });
    await expect(reports).toContainText(word('health.reports.advice_none'));
    await reports.getByRole('link').click();
    await expect(page).toHaveURL(program.url('/settings/keys'));
    await expect(page.getByRole('complementary', { name: word('frame.problem.label') })).toHaveCount(0);
  });

  test('while nothing can be stored every page says so, until it is repaired', async ({ page, fresh, guard }) => {
    guard.allow(/503/);
    const program = await fresh({ base });
    await loseTable(program);
    for (const path of ['/', '/account', '/settings/health']) {
      await page.goto(program.url(path));
      if (script) await expectAlive(page);
      const banner = page.getByRole('complementary', { name: word('frame.problem.label') });
      await expect(banner).toContainText(word('frame.problem.damaged'));
      await expect(banner).toContainText('duplistatus db repair');
    }
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(pattern('health.headline.failing_one', { count: '1' }));
    expect((await fetch(program.url('/api/health'))).status).toBe(503);
    expect((await fetch(program.url('/api/health/live'))).status).toBe(200);

    await program.run(['db', 'repair', '--yes']);
    await expect(async () => expect((await fetch(program.url('/api/health'))).status).toBe(200)).toPass({ timeout: 60_000 });
    await page.goto(program.url('/'));
    await expect(page.getByRole('complementary', { name: word('frame.problem.label') })).toHaveCount(0);
  });
});

test('the page and the banner are accessible and fit a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await loseTable(program);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(program.url('/settings/health'));
  await expectAlive(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
