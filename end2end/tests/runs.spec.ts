// The list of all runs: filters, order, files, and the way from the dashboard.
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import type { Program } from '../support/program.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

/** Three runs of two servers, one of which failed. */
async function fill(program: Program): Promise<void> {
  const upload = program.url('/api/upload');
  const [birch, rowan] = [randomUUID(), randomUUID()];
  await send(upload, report({ server: 'Birch', machineId: birch, job: 'Recipes', began: 3000 }));
  await send(upload, report({ server: 'Birch', machineId: birch, job: 'Photos', began: 200 }));
  await send(
    upload,
    report({ server: 'Rowan', machineId: rowan, job: 'Letters', began: 100, result: 'Fatal', exception: 'System.IO.IOException: the disk is gone' }),
  );
}

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`failures of the week are one click away, and a file has exactly what is shown under "${base}/"`, async ({ page, fresh }) => {
      const program = await fresh({ base, more: ['--open-ingest'] });
      await fill(program);
      await page.goto(program.url('/'));
      if (script) await expectAlive(page);
      await page.getByRole('link', { name: word('dashboard.tools.failures') }).click();
      await expect(page).toHaveURL(/\/runs\?outcome=errors%2Cfailed&from=/);
      const rows = page.getByRole('table').getByRole('row');
      await expect(rows).toHaveCount(2);
      await expect(rows.last()).toContainText('the disk is gone');
      await expect(page.getByText('1 run, 1 server')).toBeVisible();

      const take = async (kind: 'csv' | 'json') => {
        const file = page.getByRole('link', { name: word(`common.list.${kind}_what`) });
        const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
        expect(download.suggestedFilename()).toMatch(new RegExp(`^duplistatus-runs-\\d{4}-\\d\\d-\\d\\d\\.${kind}$`));
        return readFile(await download.path(), 'utf8');
      };
      expect((await take('csv')).trim().split('\n')).toHaveLength(2);
      const listed: { server: string; job: string }[] = JSON.parse(await take('json'));
      expect(listed.map(({ server, job }) => [server, job])).toEqual([['Rowan', 'Letters']]);

      // Each name leads to its own page, and the row to the run.
      await rows.last().getByRole('link', { name: 'Rowan' }).click();
      await expect(page).toHaveURL(/\/servers\/\d+$/);
      await page.goBack();
      await expect(rows).toHaveCount(2);
      await rows.last().getByRole('rowheader').getByRole('link').click();
      await expect(page).toHaveURL(/\/runs\/\d+$/);
    });
  }

  test('filters are in the address and leave it again, and a heading sorts', async ({ page, fresh }) => {
    const program = await fresh({ more: ['--open-ingest'] });
    await fill(program);
    await page.goto(program.url('/runs'));
    if (script) await expectAlive(page);
    await expect(page.getByText('3 runs, 2 servers')).toBeVisible();
    const rows = page.getByRole('table').locator('tbody').getByRole('row');
    await page.getByLabel(word('runs.filters.server'), { exact: true }).fill('birch');
    await page.getByLabel(word('runs.filters.status'), { exact: true }).selectOption('success');
    await page.getByRole('button', { name: word('runs.filters.submit') }).click();
    await expect(page).toHaveURL(/status=success&.*server=birch/);
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText('Photos');

    await page.getByRole('columnheader', { name: word('common.columns.started') }).getByRole('link').click();
    await expect(page).toHaveURL(/dir=asc/);
    await expect(rows.first()).toContainText('Recipes');

    const active = page.getByRole('list', { name: word('common.list.active') });
    await active.getByRole('link', { name: pattern('runs.filters.server') }).click();
    await expect(page).not.toHaveURL(/server=/);
    await active.getByRole('link', { name: word('common.list.clear') }).click();
    await expect(page).toHaveURL(program.url('/runs'));
    await expect(rows).toHaveCount(3);
    await expect(page.getByLabel(word('runs.filters.server'), { exact: true })).toHaveValue('');

    await page.getByLabel(word('runs.filters.text')).fill('no such words');
    await page.getByRole('button', { name: word('runs.filters.submit') }).click();
    await expect(page.getByText(word('runs.nothing_what'))).toBeVisible();
  });
});

test('the list of runs is accessible and fits a phone', async ({ page, demo }) => {
  test.slow();
  await page.goto(demo.url('/runs?outcome=errors,failed'));
  await expectAlive(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  for (const width of [375, 320, 800]) {
    await page.setViewportSize({ width, height: 844 });
    await expectNoOverflow(page);
  }
});
