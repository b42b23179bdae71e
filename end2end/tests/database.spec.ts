// The database page: a check, a compaction, and a clean-up with its preview.
import { randomUUID } from 'node:crypto';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('the file is checked, and vacuumed after a tick', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await send(program.url('/api/upload'), report({ server: 'Birch', job: 'Recipes' }));
    await page.goto(program.url('/settings/database'));
    if (script) await expectAlive(page);
    await page.getByRole('button', { name: word('database.upkeep.integrity.submit') }).click();
    // Without a script, the page has to be reloaded; with one, it updates itself.
    const result = async (text: string) =>
      expect(async () => {
        if (!script) await page.reload();
        await expect(page.getByText(text)).toBeVisible({ timeout: script ? 8000 : 500 });
      }).toPass();
    await result(word('database.result.in_order'));
    const sure = page.getByLabel(word('database.upkeep.sure'));
    await expect(sure).toHaveAttribute('required');
    await sure.check();
    await page.getByRole('button', { name: word('database.upkeep.vacuum.submit') }).click();
    await result(word('database.result.vacuum'));
    await page.getByRole('link', { name: word('database.tables.measure') }).click();
    const tables = page.getByRole('region', { name: word('database.tables.title') }).getByRole('table');
    await expect(tables.getByText('backups', { exact: true })).toBeVisible();
  });

  test('runs are kept as long as was said, and cleaned up after a look', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    // Three runs, two of which are old. The oldest is sent first: the one that arrived last stays in any case.
    const machineId = randomUUID();
    for (const days of [41, 40, 1]) {
      await send(program.url('/api/upload'), report({ server: HOSTILE, machineId, job: 'Recipes', began: days * 24 * 60 }));
    }
    await page.goto(program.url('/settings/database'));
    if (script) await expectAlive(page);
    const retention = page.getByRole('region', { name: word('database.retention.title') });
    await retention.locator('summary').filter({ hasText: word('database.retention.add') }).click();
    await retention.getByLabel(word('database.fields.server')).fill(HOSTILE);
    await retention.locator('#days-rule').fill('30');
    await retention.locator('#keep-rule').fill('1');
    await retention.getByRole('button', { name: word('database.retention.add_submit') }).click();
    // The next clean-up would delete two runs.
    const question = page.getByRole('region', { name: word('database.question.title') });
    await expect(question).toContainText(pattern('database.question.goes', { then: '2', now: '0' }));
    await expect(page.getByText(word('database.retention.saved'))).toHaveCount(0);
    await question.getByRole('button', { name: pattern('database.question.submit', { then: '2' }) }).click();
    await expect(page.getByText(word('database.retention.saved'))).toBeVisible();
    if (script) await expectAlive(page);
    await expect(retention.getByRole('rowheader', { name: HOSTILE })).toBeVisible();
    await expect(retention.getByText(pattern('database.retention.kept_one', { days: '30', count: '1' }))).toBeVisible();

    if (script) await expectAlive(page);
    await page.getByRole('button', { name: word('database.cleanup.preview') }).click();
    const cleanup = page.getByRole('region', { name: word('database.cleanup.title') });
    await expect(cleanup.getByText(pattern('database.cleanup.would', { runs: '2', operations: '0' }))).toBeVisible();
    await cleanup.getByRole('button', { name: pattern('database.cleanup.submit', { runs: '2' }) }).click();
    await expect(async () => {
      if (!script) await page.reload();
      await expect(page.getByText(word('database.result.cleanup'))).toBeVisible({ timeout: script ? 8000 : 500 });
    }).toPass();

    if (script) await expectAlive(page);
    await retention.getByRole('button', { name: word('database.retention.remove') }).click();
    await expect(page.getByText(word('database.retention.saved'))).toBeVisible();
    await expect(retention.getByRole('rowheader', { name: HOSTILE })).toHaveCount(0);
  });

  test('what cannot be asked for is said where it was asked', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/settings/database'));
    if (script) await expectAlive(page);
    const retention = page.getByRole('region', { name: word('database.retention.title') });
    await retention.locator('summary').filter({ hasText: word('database.retention.change') }).click();
    await retention.locator('#days-site').fill('99999');
    await retention.getByRole('button', { name: word('database.retention.submit') }).click();
    await expect(retention.locator('.field-error')).toHaveText(/use a number from 1 to 36500/);
  });
});

test('the page is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh({ more: ['--open-ingest'] });
  for (const days of [1, 100, 101, 102, 103, 104]) {
    await send(program.url('/api/upload'), report({ server: 'Birch', job: 'Recipes', began: days * 24 * 60 }));
  }
  await page.goto(program.url('/settings/database?tables=1&preview=1'));
  await expectAlive(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});

// Only databases of gigabytes keep the work busy for seconds, so the test inserts the running state into
// the responses.
test('a form that is being filled in stays while work goes on, and its end is told', async ({ page, fresh }) => {
  const program = await fresh({});
  await page.goto(program.url('/settings/tasks'));
  await expectAlive(page);
  let work: { kind: string; since: unknown; progress: null } | null = null;
  let asked = 0;
  await page.route('**/api/fn/database', async (route) => {
    asked += 1;
    const answer = await route.fetch();
    const data = await answer.json();
    if (asked === 1) work = { kind: 'vacuum', since: data.overview.now, progress: null };
    data.overview.work.now = work;
    await route.fulfill({ response: answer, json: data });
  });
  await page.route('**/api/fn/work', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), work } });
  });
  await page.getByRole('link', { name: word('database.title'), exact: true }).click();
  await expect(page.getByText(word('work.kind.vacuum'))).toBeVisible();
  const retention = page.getByRole('region', { name: word('database.retention.title') });
  await retention.locator('summary').filter({ hasText: word('database.retention.add') }).click();
  await retention.getByLabel(word('database.fields.server')).fill('Birch');
  for (let poll = 0; poll < 2; poll += 1) await page.waitForResponse('**/api/fn/work');
  await expect(retention.getByLabel(word('database.fields.server'))).toHaveValue('Birch');
  expect(asked).toBe(1);
  work = null;
  await expect(page.getByText(word('work.kind.vacuum'))).toHaveCount(0);
  expect(asked).toBe(2);
});
