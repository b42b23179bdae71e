// The audit log: actions are recorded, filters narrow them, and the filtered entries can be
// downloaded.
import { readFile } from 'node:fs/promises';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`a new key is in the trail, which can be filtered and taken away under "${base}/"`, async ({ page, fresh }) => {
      const program = await fresh({ base });
      await page.goto(program.url('/settings/keys'));
      if (script) await expectAlive(page);
      await page.getByLabel(word('keys.create.server')).fill('Rowan');
      await page.getByRole('button', { name: word('keys.create.submit') }).click();
      await expect(page.getByRole('textbox', { name: word('dashboard.key.url') })).toBeVisible();

      await page.goto(program.url('/settings/audit'));
      if (script) await expectAlive(page);
      const table = page.getByRole('table').first();
      const entry = table.getByRole('row').filter({ hasText: word('audit.action.ingest_key_create') });
      await expect(entry).toHaveCount(1);
      await expect(entry).toContainText('admin');
      await expect(entry).toContainText(word('audit.result.ok'));

      await page.getByLabel(word('audit.filters.action'), { exact: true }).selectOption('session.begin');
      await page.getByRole('button', { name: word('audit.filters.submit') }).click();
      await expect(page).toHaveURL(/action=session\.begin/);
      await expect(entry).toHaveCount(0);
      await expect(table.getByText(word('audit.action.session_begin')).first()).toBeVisible();

      const take = async (kind: 'csv' | 'json') => {
        const file = page.getByRole('link', { name: word(`common.list.${kind}_what`) });
        const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
        expect(download.suggestedFilename()).toMatch(new RegExp(`^duplistatus-audit-\\d{4}-\\d\\d-\\d\\d\\.${kind}$`));
        return readFile(await download.path(), 'utf8');
      };
      // The file contains exactly the filtered entries.
      const [head, ...lines] = (await take('csv')).trim().split('\n');
      expect(head).toContain('action');
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => !line.includes('session.begin'))).toEqual([]);
      const entries: { action: string }[] = JSON.parse(await take('json'));
      expect(entries.map((one) => one.action)).toEqual(lines.map(() => 'session.begin'));

      const active = page.getByRole('list', { name: word('common.list.active') });
      await active.getByRole('link').first().click();
      await expect(page).toHaveURL(program.url('/settings/audit'));
      await expect(entry).toHaveCount(1);
      // The user's earlier choice does not stay in the form.
      await expect(page.getByLabel(word('audit.filters.action'), { exact: true })).toHaveValue('');
    });
  }
});

test('the audit trail is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await page.goto(program.url('/settings/audit?text=admin'));
  await expectAlive(page);
  for (const details of await page.locator('details.changes > summary').all()) await details.click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
