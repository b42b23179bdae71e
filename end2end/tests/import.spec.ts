// The import page: a table of runs is tried and imported, and what cannot be imported is listed.
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
const TABLE = `server,job,start,status
${HOSTILE},Photos,2026-11-20T02:00:00Z,Success
${HOSTILE},Photos,2026-11-21T02:00:00Z,Warning
nas,,no time,Success
`;

const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('a table is tried, and then imported', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/settings/import'));
    for (const dry of [true, false]) {
      if (script) await expectAlive(page);
      await page.getByLabel(word('import.form.file'), { exact: true }).setInputFiles(file(`${HOSTILE}.csv`, TABLE));
      if (dry) await page.getByLabel(word('import.form.dry_run')).check();
      await page.getByRole('button', { name: word('import.form.submit') }).click();
      const said = dry ? word('import.result.rehearsed') : pattern('import.result.in_part_one', { count: '1' });
      await expect(async () => {
        if (!script) await page.reload();
        await expect(page.getByText(said)).toBeVisible({ timeout: script ? 8000 : 500 });
      }).toPass();
      await expect(page.getByText(`${HOSTILE}.csv`)).toBeVisible();
      const runs = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: word('import.kinds.runs') }) });
      await expect(runs.getByRole('cell')).toHaveText(['3', '2', '0', '0', '1']);
      await expect(page.getByText(/line 4/)).toBeVisible();
    }
    await page.goto(program.url('/'));
    await expect(page.getByRole('link', { name: HOSTILE }).first()).toBeVisible();
  });

  test('what is no such file is refused with the reason', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/settings/import'));
    if (script) await expectAlive(page);
    await page.getByLabel(word('import.form.file'), { exact: true }).setInputFiles(file('a.db', 'SQLite format 3\0 and nothing more'));
    await page.getByRole('button', { name: word('import.form.submit') }).click();
    await expect(async () => {
      if (!script) await page.reload();
      await expect(page.getByText(word('import.failed'))).toBeVisible({ timeout: script ? 8000 : 500 });
    }).toPass();
  });
});

test('the page is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await page.goto(program.url('/settings/import'));
  await expectAlive(page);
  await page.getByLabel(word('import.form.file'), { exact: true }).setInputFiles(file('runs.csv', TABLE));
  await page.getByRole('button', { name: word('import.form.submit') }).click();
  await expect(page.getByText(pattern('import.result.in_part_one', { count: '1' }))).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
