// The page of a job: how it is and why, when it should run, and what is set about it.
import { expectAccessible, expectAlive, expectLive, expectNoOverflow } from '../support/checks.ts';
import { firstJob } from '../support/paths.ts';
import type { Program } from '../support/program.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

const DAY = 24 * 60;

/** Daily runs of a job until yesterday. */
async function daily(program: Program): Promise<void> {
  const machineId = 'a0000000000000000000000000000001';
  for (let day = 12; day >= 1; day -= 1) {
    await send(program.url('/api/upload'), report({ server: 'Rowan', machineId, job: 'Letters', began: day * DAY }));
  }
}

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('a slot leads to its run and a day to its runs', async ({ page, demo, basedDemo }) => {
    const program = base ? basedDemo : demo;
    await page.goto(program.url(await firstJob(program)));
    if (script) await expectAlive(page);
    await expect(page.locator('.job-state')).toContainText(/\S/);
    const cells = page.locator('.slots a');
    expect(await cells.count()).toBeGreaterThan(10);
    await expect(cells.last()).toHaveAttribute('aria-label', /^\d{1,2} \w{3} \d{4} \d\d:\d\d · /);
    await page.locator('.slots a.ok').last().click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await page.goBack();
    const day = page.locator('.calendar-wide .calendar-days a[aria-label*="run"]').last();
    await day.click();
    await expect(page).toHaveURL(/\/jobs\/\d+\?day=\d{4}-\d\d-\d\d#history$/);
    await expect(page.locator('#history tbody tr').first()).toBeVisible();
  });

  test('a schedule is tried before it is saved', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await daily(program);
    await page.goto(program.url('/jobs/1'));
    if (script) await expectAlive(page);
    await expect(page.locator('.job-plan')).toContainText(/about \d\d:\d\d/);
    const form = page.locator('#schedule');
    await form.locator('summary').click();
    await form.getByLabel(word('job.form.every'), { exact: true }).check();
    await form.getByLabel(word('job.form.number')).fill('1');
    await form.getByLabel(word('job.form.at'), { exact: true }).fill('02:00');
    await form.getByRole('button', { name: word('job.form.preview') }).click();
    await expect(form).toContainText(/With these settings: \d+ alarms? in the last 90 days/);
    await expect(form.getByLabel(word('job.form.at'), { exact: true })).toHaveValue('02:00');
    await form.getByRole('button', { name: word('job.form.save') }).click();
    await expect(page).toHaveURL(/\/jobs\/1$/);
    await expect(page.locator('.job-plan')).toContainText(/at 02:00/);

    // What cannot be taken is said above the form.
    if (script) await expectAlive(page);
    await form.locator('summary').click();
    await form.getByLabel(word('job.form.cron'), { exact: true }).check();
    await form.getByLabel(word('job.form.expression'), { exact: true }).fill('61 * * * *');
    await form.getByRole('button', { name: word('job.form.save') }).click();
    await expect(form).toContainText(/not a valid minute in a cron expression/);
    await expect(page.locator('.job-plan')).toContainText(/at 02:00/);
  });

  test('a job is paused with a reason and resumed', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await daily(program);
    await page.goto(program.url('/jobs/1'));
    if (script) await expectAlive(page);
    await page.locator('summary', { hasText: word('job.pause.title') }).click();
    await page.getByLabel(word('job.pause.reason')).fill('moving house');
    await page.getByRole('button', { name: word('job.pause.submit') }).click();
    await expect(page.locator('.job-state')).toContainText(word('job.state.paused'));
    await expect(page.locator('.job-state')).toContainText('moving house');
    await page.getByRole('button', { name: word('job.pause.resume') }).click();
    await expect(page.locator('.job-state')).not.toContainText(word('job.state.paused'));
  });

  test('an incident is acknowledged on the page of its job', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await send(program.url('/api/upload'), report({ server: 'Rowan', job: 'Letters', result: 'Fatal' }));
    await page.goto(program.url('/jobs/1'));
    if (script) await expectAlive(page);
    await page.getByLabel(word('incidents.handle.note')).fill('on it');
    await page.getByRole('button', { name: word('incidents.handle.acknowledge') }).click();
    await expect(page).toHaveURL(/\/jobs\/1\?done=acknowledge$/);
    await expect(page.locator('.job-state')).toContainText(/acknowledged by/);
  });
});

test('the page is accessible and fits, with its forms open', async ({ page, demo }) => {
  await page.goto(demo.url(await firstJob(demo)));
  await expectAlive(page);
  await expectNoOverflow(page);
  await expectAccessible(page, 'job');
});

test('what a user opened stays open, with what was typed, when a report arrives', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  await daily(program);
  await page.goto(program.url('/jobs/1'));
  await expectLive(page);
  await expectAlive(page);
  const panels = [
    page.locator('.job-actions details'),
    page.locator('#schedule'),
    page.locator('details.windows'),
    page.locator('[aria-labelledby="checks-title"] details'),
  ];
  for (const panel of panels) await panel.locator('summary').first().click();
  await page.getByLabel(word('job.pause.reason')).fill('moving house');
  const shown = page.getByText('12 runs', { exact: false }).first();
  await expect(shown).toBeVisible();
  await send(
    program.url('/api/upload'),
    report({ server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: 'Letters', began: 5 }),
  );
  await expect(page.getByText('13 runs', { exact: false }).first()).toBeVisible();
  for (const panel of panels) await expect(panel).toHaveAttribute('open');
  await expect(page.getByLabel(word('job.pause.reason'))).toHaveValue('moving house');
});
