// The tasks page: one task is run, one is changed.
import { randomUUID } from 'node:crypto';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('a task is run now and changed', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/settings/tasks'));
    if (script) await expectAlive(page);
    const row = page.getByRole('row').filter({ hasText: word('tasks.retention.title') });
    await expect(row).toContainText(word('common.never'));
    // It deletes runs, so it first says how many.
    await row.getByRole('link', { name: word('tasks.run') }).click();
    const question = page.getByRole('region', { name: pattern('tasks.question.title') });
    await expect(question).toContainText(word('tasks.question.nothing'));
    await question.getByRole('button', { name: word('tasks.run') }).click();
    await expect(async () => {
      if (!script) await page.reload();
      await expect(row).toContainText(word('tasks.result.ok'), { timeout: script ? 8000 : 500 });
    }).toPass();
    await expect(row).toContainText('0 runs and 0 other operations deleted');

    if (script) await expectAlive(page);
    await row.locator('summary').click();
    await row.getByLabel(word('tasks.schedule')).fill('now and then');
    await row.getByRole('button', { name: word('tasks.submit') }).click();
    await expect(row.locator('.field-error')).toHaveText(/every 90m/);
    await expect(row.getByLabel(word('tasks.schedule'))).toHaveValue('now and then');
    await row.getByLabel(word('tasks.schedule')).fill('every 6h');
    await row.getByLabel(word('tasks.enabled')).uncheck();
    await row.getByRole('button', { name: word('tasks.submit') }).click();
    await expect(page.getByText(word('tasks.changed'))).toBeVisible();
    await expect(row).toContainText('every 6h');
    await expect(row).toContainText(word('tasks.off'));
    await row.locator('summary').click();
    await expect(row.getByText(pattern('tasks.schedule_hint', { usual: 'daily 03:20' }))).toBeVisible();
  });
});

test('a task that deletes says how much, and runs when that is confirmed', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  const machineId = randomUUID();
  // The oldest is sent first: the one that arrived last stays in any case.
  for (const days of [41, 40, 1]) {
    await send(program.url('/api/upload'), report({ server: 'Birch', machineId, job: 'Recipes', began: days * 24 * 60 }));
  }
  await program.run(['db', 'retention', 'set', '--days', '30', '--keep-last', '1', '--yes']);
  await page.goto(program.url('/settings/tasks'));
  const row = page.getByRole('row').filter({ hasText: word('tasks.retention.title') });
  await row.getByRole('link', { name: word('tasks.run') }).click();
  const question = page.getByRole('region', { name: pattern('tasks.question.title') });
  await expect(question).toContainText(pattern('tasks.losses.runs_other', { number: '2' }));
  await question.getByRole('link', { name: word('tasks.question.cancel') }).click();
  await expect(question).toHaveCount(0);
  await expect(row).toContainText(word('common.never'));
  await row.getByRole('link', { name: word('tasks.run') }).click();
  await question.getByRole('button', { name: pattern('tasks.question.submit', { count: '2' }) }).click();
  await expect(row).toContainText('2 runs and 0 other operations deleted');
});

test('the page is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await page.goto(program.url('/settings/tasks'));
  await expectAlive(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
