// An open page follows what arrives, and says so when it cannot.
import { expectAlive, expectNotReloaded, mark } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

for (const base of ['', BASE]) {
  test(`a report appears without a reload under "${base}/"`, async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    const upload = program.url('/api/upload');
    await send(upload, report({ server: 'Birch', machineId: 'b1', job: 'Recipes', began: 90 }));
    await page.goto(program.url('/'));
    await expectAlive(page);
    await mark(page);
    await send(upload, report({ server: 'Birch', machineId: 'b1', job: 'Letters' }));
    await expect(page.getByRole('link', { name: 'Letters', exact: true })).toBeVisible();

    await page.getByRole('link', { name: 'Birch', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Birch');
    const runs = page.locator('#history a[href*="/runs/"]');
    const before = await runs.count();
    await send(upload, report({ server: 'Birch', machineId: 'b1', job: 'Letters', result: 'Error', began: 2 }));
    await expect.poll(() => runs.count()).toBeGreaterThan(before);
    await expectNotReloaded(page);
  });
}

test('a lost server is said, and a returned one is followed again', async ({ page, fresh, guard }) => {
  test.slow();
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
  await page.goto(program.url('/'));
  await expectAlive(page);
  await mark(page);
  const banner = page.getByText(pattern('live.banner')).or(page.getByText(word('live.banner_unknown')));
  await expect(banner).toBeHidden();

  guard.allow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE/);
  expect(await program.stop(), 'it ends by itself, streams and all').toBe(0);
  await expect(banner).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(word('live.lost'), { exact: true })).toBeVisible();
  // What was there stays readable.
  await expect(page.getByRole('link', { name: 'Recipes', exact: true })).toBeVisible();

  await program.resume();
  await expect(page.getByText(word('live.on'), { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(banner).toBeHidden();
  await send(upload, report({ server: 'Cedar', job: 'Accounts' }));
  await expect(page.getByRole('link', { name: 'Accounts', exact: true })).toBeVisible();
  await expectNotReloaded(page);
});

test('a hidden tab has no stream, and catches up when it is shown', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
  await page.goto(program.url('/'));
  await expectAlive(page);
  const show = (state: string) =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, state);
  await show('hidden');
  await send(upload, report({ server: 'Cedar', job: 'Accounts' }));
  const job = page.getByRole('link', { name: 'Accounts', exact: true });
  await page.waitForTimeout(1500);
  await expect(job).toBeHidden();
  await show('visible');
  await expect(job).toBeVisible();
});
