// The backups page: a backup is created, downloaded and restored, which ends the session.
import { readFile, stat } from 'node:fs/promises';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { ADMINISTRATOR, enter } from '../support/sign_in.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('a backup is made, downloaded, restored and deleted', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    const upload = program.url('/api/upload');
    await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
    await page.goto(program.url('/settings/backups'));
    if (script) await expectAlive(page);
    await expect(page.getByText(word('backups.empty'))).toBeVisible();
    await page.getByRole('button', { name: word('backups.make') }).click();
    const download = page.getByRole('link', { name: word('backups.download') });
    // Without a script, the page has to be reloaded; with one, it updates itself.
    await expect(async () => {
      if (!script) await page.reload();
      await expect(download).toHaveCount(1, { timeout: script ? 8000 : 500 });
    }).toPass();
    const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
    expect(file.suggestedFilename()).toMatch(/^duplistatus-.*\.db\.zst$/);
    const path = await file.path();
    expect((await stat(path)).size).toBeGreaterThan(1000);
    expect((await readFile(path)).subarray(0, 4).toString('hex')).toBe('28b52ffd');

    await send(upload, report({ server: 'Willow', job: 'Photos', began: 30 }));
    const restore = page.getByRole('region', { name: word('backups.restore.title') });
    await restore.getByLabel(word('backups.restore.file')).setInputFiles({
      name: file.suggestedFilename(),
      mimeType: 'application/zstd',
      buffer: await readFile(path),
    });
    await restore.getByRole('button', { name: word('backups.restore.look') }).click();
    // Shows which data would be lost, before anything changes.
    const preview = page.getByRole('region', { name: word('backups.preview.title_sent') });
    await expect(preview).toBeInViewport();
    await expect(preview.getByText('Willow: 1 run arrived after the backup')).toBeVisible();
    await page.reload();
    await expect(preview.getByText('Willow: 1 run arrived after the backup')).toBeVisible();
    await preview.getByRole('checkbox', { name: /^Replace the whole database with duplistatus-.*\.db\.zst$/ }).check();
    await preview.getByRole('button', { name: word('backups.restore.submit') }).click();
    await enter(page, ADMINISTRATOR);
    await expect(page).toHaveURL(program.url('/settings/backups'));
    await expect(page.getByText(word('backups.restored.title'))).toBeVisible();
    await expect(page.getByText('Willow: 1 run arrived after the backup')).toBeVisible();
    await page.goto(program.url('/'));
    await expect(page.getByRole('link', { name: 'Birch' }).first()).toBeVisible();
    await expect(page.getByRole('link', { name: 'Willow' })).toHaveCount(0);

    await page.goto(program.url('/settings/backups'));
    if (script) await expectAlive(page);
    await page.locator('summary').filter({ hasText: word('backups.delete') }).click();
    await page.getByRole('button', { name: word('backups.delete_submit') }).click();
    await expect(page.getByText(word('backups.deleted'))).toBeVisible();
    await expect(page.getByText(word('backups.empty'))).toBeVisible();
  });

  test('what is no backup is refused with the reason', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/settings/backups'));
    if (script) await expectAlive(page);
    const restore = page.getByRole('region', { name: word('backups.restore.title') });
    const letter = { name: '<img src=x onerror=alert(1)>.db', mimeType: 'text/plain', buffer: Buffer.from('a letter') };
    await restore.getByLabel(word('backups.restore.file')).setInputFiles(letter);
    await restore.getByRole('button', { name: word('backups.restore.look') }).click();
    await expect(restore.getByText(/this is not a backup of duplistatus/)).toBeInViewport();
    await page.goto(program.url('/settings/audit'));
    await expect(page.getByText('<img src=x onerror=alert(1)>.db').first()).toBeVisible();
  });
});

test('the page is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await program.run(['db', 'backup']);
  await page.goto(program.url('/settings/backups'));
  await expectAlive(page);
  await expect(page.getByRole('link', { name: word('backups.download') })).toHaveCount(1);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
