// The list of schedules, many jobs at once, and what is set for a group, a server or everything.
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

const PATH = '/settings/schedules';
const ROWAN = { server: 'Rowan', machineId: 'a0000000000000000000000000000001' };

test('filters and orders are in the address and lead back', async ({ page, demo }) => {
  await page.goto(demo.url(PATH));
  await expectAlive(page);
  const rows = page.locator('table.schedules tbody tr');
  const all = await rows.count();
  expect(all).toBeGreaterThan(10);
  await page.getByLabel(word('schedules.filters.source'), { exact: true }).selectOption('learned');
  await page.getByRole('button', { name: word('runs.filters.submit'), exact: true }).click();
  await expect(page).toHaveURL(/source=learned/);
  // The address changes before the list is there.
  const byNext = page.getByRole('link', { name: word('schedules.columns.next') });
  await expect(byNext).toHaveAttribute('href', /source=learned/);
  await byNext.click();
  await expect(page).toHaveURL(/source=learned&sort=next/);
  await expect(page.getByRole('columnheader', { name: word('schedules.columns.next') })).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('link', { name: word('common.list.clear') }).first().click();
  await expect(page).not.toHaveURL(/source=/);
  await expect(rows).toHaveCount(all);
  await expectAccessible(page, 'list of schedules');
});

test('the file has what the filter shows', async ({ page, demo, request }) => {
  await page.goto(demo.url(`${PATH}?text=photos`));
  const rows = await page.locator('table.schedules tbody tr').count();
  const csv = await page.getByRole('link', { name: word('common.list.csv_what') }).getAttribute('href');
  const answer = await request.get(new URL(csv ?? '', demo.url('/')).href);
  expect(answer.status()).toBe(200);
  expect((await answer.text()).trim().split('\n')).toHaveLength(rows + 1);
});

withAndWithoutScript((script) => {
  test('jobs are selected and changed at once', async ({ page, fresh }) => {
    const program = await fresh({ more: ['--open-ingest'] });
    for (const job of ['Recipes', 'Photos', 'Letters']) await send(program.url('/api/upload'), report({ ...ROWAN, job }));
    await page.goto(program.url(PATH));
    if (script) await expectAlive(page);
    await page.getByRole('checkbox', { name: 'Select Rowan / Photos' }).check();
    await page.getByRole('checkbox', { name: 'Select Rowan / Letters' }).check();
    await page.getByRole('button', { name: word('schedules.change'), exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: word('schedules.many.title') })).toBeVisible();
    await expect(page.getByText('2 jobs of 1 server')).toBeVisible();
    if (script) await expectAlive(page);
    if (script) await expectAccessible(page, 'several jobs');
    await page.getByLabel(word('job.form.profile'), { exact: true }).selectOption('laptop');
    await page.getByRole('button', { name: word('job.form.preview'), exact: true }).click();
    await expect(page.getByText('Calculated for all 2 jobs.')).toBeVisible();
    await expect(page.getByLabel(word('job.form.profile'), { exact: true })).toHaveValue('laptop');
    await page.locator('#schedule').getByRole('button', { name: word('job.form.save'), exact: true }).click();
    await expect(page).toHaveURL(/\/settings\/schedules\?.*done=2/);
    await expect(page.getByText('2 jobs were changed.')).toBeVisible();
    await expect(page.getByText('set for this job')).toHaveCount(2);
    await page.getByRole('button', { name: 'Change all 3 jobs…' }).click();
    await page.getByLabel(word('labels.group'), { exact: true }).selectOption('set');
    await page.getByLabel(word('schedules.many.group_name'), { exact: true }).fill('<b>Miller</b>');
    await page.getByRole('button', { name: word('labels.save'), exact: true }).last().click();
    await expect(page.getByText('1 server was changed.')).toBeVisible();
  });

  test('what is set for a group counts for its jobs, and leads to where it is set', async ({ page, fresh }) => {
    const program = await fresh({ more: ['--open-ingest'] });
    await send(program.url('/api/upload'), report({ ...ROWAN, job: 'Recipes' }));
    await page.goto(program.url('/servers/1/labels'));
    await page.getByLabel(word('labels.group'), { exact: true }).fill('Family');
    await page.getByRole('button', { name: word('labels.save'), exact: true }).click();
    await page.goto(program.url('/groups/1'));
    if (script) await expectAlive(page);
    if (script) await expectAccessible(page, 'what is set for a group');
    await page.getByRole('radio', { name: word('job.form.every'), exact: true }).check();
    await page.getByLabel(word('job.form.at'), { exact: true }).fill('02:00');
    await page.getByLabel(word('job.form.unit'), { exact: true }).selectOption('D');
    await page.getByRole('button', { name: word('job.form.save'), exact: true }).click();
    await expect(page).toHaveURL(/\/groups\/1$/);
    await page.goto(program.url('/jobs/1'));
    await expect(page.getByText('Daily at 02:00')).toBeVisible();
    await page.getByRole('link', { name: 'set for its group' }).click();
    await expect(page).toHaveURL(/\/groups\/1$/);
    await page.getByLabel(word('job.pause.reason'), { exact: true }).fill('moving');
    await page.getByRole('button', { name: word('job.pause.title'), exact: true }).click();
    await expect(page.getByText('moving')).toBeVisible();
    await page.goto(program.url(`${PATH}?state=paused`));
    await expect(page.locator('table.schedules tbody tr')).toHaveCount(1);
  });
});

test('all boxes of the page are ticked by one, and the keyboard does everything', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  for (const job of ['Recipes', 'Photos']) await send(program.url('/api/upload'), report({ ...ROWAN, job }));
  await page.goto(program.url(PATH));
  await expectAlive(page);
  const all = page.getByRole('checkbox', { name: 'Select all 2 jobs on this page' });
  await all.focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox', { name: 'Select Rowan / Photos' })).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 jobs of 1 server')).toBeVisible();
});
