// The program's log: it can be read, searched, downloaded and followed.
import { readFile } from 'node:fs/promises';
import { expectAccessible, expectAlive, expectNoOverflow, expectNotReloaded, mark } from '../support/checks.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

/** What the program logs when it has started. */
const STARTED = 'duplistatus is at http://';

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`the log is read, narrowed and taken away under "${base}/"`, async ({ page, fresh }) => {
      const program = await fresh({ base });
      await page.goto(program.url('/settings/logs'));
      if (script) await expectAlive(page);
      const main = page.getByRole('main');
      const line = main.getByRole('listitem').filter({ hasText: STARTED });
      await expect(line).toHaveCount(1);

      const file = page.getByRole('link', { name: word('log.tools.download') });
      const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
      expect(download.suggestedFilename()).toMatch(/^duplistatus-\d{4}-\d\d-\d\d\.log$/);
      expect(await readFile(await download.path(), 'utf8')).toContain(STARTED);

      const search = page.getByRole('searchbox', { name: word('log.tools.search') });
      await search.fill('nothing says this');
      await search.press('Enter');
      await expect(page).toHaveURL(/text=nothing/);
      await expect(main.getByText(word('log.nothing'), { exact: true })).toBeVisible();

      await page.goto(program.url('/settings/logs'));
      if (script) await expectAlive(page);
      await main.getByRole('link', { name: word('log.tools.errors'), exact: true }).click();
      await expect(page).toHaveURL(program.url('/settings/logs?level=error'));
      await expect(line).toHaveCount(0);

      // Following needs a script; without one, a link reloads the page.
      await expect(page.getByRole('link', { name: word('log.tools.follow'), exact: true })).toHaveCount(script ? 1 : 0);
      await expect(page.getByRole('link', { name: word('log.tools.reload') })).toHaveCount(script ? 0 : 1);
    });
  }
});

test('new lines appear while the log is followed, and only then', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--log', 'debug'] });
  await page.goto(program.url('/settings/logs?level=trace&text=health'));
  await expectAlive(page);
  await mark(page);
  const lines = page.getByRole('main').getByRole('listitem').filter({ hasText: 'route=/api/health' });
  await expect(lines).toHaveCount(0);
  await page.getByRole('link', { name: word('log.tools.follow'), exact: true }).click();
  await expect(page).toHaveURL(/follow=1/);
  await fetch(program.url('/api/health'));
  await expect(lines).toHaveCount(1, { timeout: 10_000 });
  await fetch(program.url('/api/health'));
  await expect(lines).toHaveCount(2, { timeout: 10_000 });
  await page.getByRole('link', { name: word('log.tools.following') }).click();
  await expect(page).not.toHaveURL(/follow=1/);
  await expect(page.getByRole('link', { name: word('log.tools.follow'), exact: true })).toBeVisible();
  await expectNotReloaded(page);
});

test('the log is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh({ more: ['--log', 'debug'] });
  await page.goto(program.url('/settings/logs?level=trace'));
  await expectAlive(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
