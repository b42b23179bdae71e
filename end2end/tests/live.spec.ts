// An open page follows new reports, and says so when it cannot.
import { expectAlive, expectLive, expectNotReloaded, mark } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { ADMINISTRATOR, enter } from '../support/sign_in.ts';
import { BASE, expect, test } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

for (const base of ['', BASE]) {
  test(`a report appears without a reload under "${base}/"`, async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    const upload = program.url('/api/upload');
    await send(upload, report({ server: 'Birch', machineId: 'b1', job: 'Recipes', began: 90 }));
    await page.goto(program.url('/'));
    await expectLive(page);
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
  await expectLive(page);
  await mark(page);
  const banner = page.getByText(pattern('live.banner')).or(page.getByText(word('live.banner_unknown')));
  await expect(banner).toBeHidden();

  guard.allow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE/);
  expect(await program.stop(), 'it ends by itself, streams and all').toBe(0);
  await expect(banner).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(word('live.lost'), { exact: true })).toBeVisible();
  // What was shown stays readable.
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
  await expectLive(page);
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

test('a lost server leaves the data on the page, and a refetch that fails says since when they are old', async ({ page, fresh, guard }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
  await page.goto(program.url('/'));
  await expectLive(page);
  guard.allow(/answer: 503/, /Failed to load resource/, /ERR_FAILED/);
  await page.route('**/api/fn/dashboard', (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '"Busy"' }));
  await send(upload, report({ server: 'Birch', job: 'Letters' }));
  await expect(page.getByText(pattern('live.failing'))).toBeVisible();
  await expect(page.getByText(pattern('live.as_of'))).toBeVisible();
  await expect(page.getByText(word('live.lost'), { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Recipes', exact: true })).toBeVisible();
  await page.unroute('**/api/fn/dashboard');
  // It retries automatically.
  await expect(page.getByRole('link', { name: 'Letters', exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(pattern('live.failing'))).toBeHidden();
  await expectLive(page);
});

test('an ended session says so, keeps the data and leads to where one signs in', async ({ page, fresh, guard }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
  await page.goto(program.url('/?sort=name'));
  await expectLive(page);
  guard.allow(/answer: 401/, /Failed to load resource/);
  await page.context().clearCookies();
  await send(upload, report({ server: 'Birch', job: 'Letters' }));
  await expect(page.getByText(word('live.signed_out'))).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('link', { name: 'Recipes', exact: true })).toBeVisible();
  await page.getByRole('link', { name: word('errors.sign_in'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('sign_in.title'));
  await enter(page, ADMINISTRATOR);
  await expect(page).toHaveURL(program.url('/?sort=name'));
});

test('where nothing comes over the stream the page says so and asks every thirty seconds', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
  // As behind a proxy that buffers a response before it forwards it. Without the worker shared by all tabs, so that the test can intercept
  // the requests.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'));
  await page.route('**/api/live', () => {});
  await page.goto(program.url('/'));
  await expectAlive(page);
  await expect(page.getByText(word('live.silent'))).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText(word('live.on'), { exact: true })).toBeHidden();
  await send(upload, report({ server: 'Birch', job: 'Letters' }));
  await expect(page.getByRole('link', { name: 'Letters', exact: true })).toBeVisible({ timeout: 45_000 });
});

test('seven windows over HTTP/1.1 do not starve each other', async ({ context, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
  const pages = [];
  for (let number = 0; number < 7; number += 1) {
    const page = await context.newPage();
    await page.goto(program.url('/'));
    await expectLive(page);
    pages.push(page);
  }
  await send(upload, report({ server: 'Birch', job: 'Letters' }));
  for (const page of pages) {
    await expect(page.getByRole('link', { name: 'Letters', exact: true })).toBeVisible();
  }
});

test('an open page becomes late by itself', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  // Daily, and overdue in a few seconds: a day, the usual duration of 96 seconds and six hours of tolerance after the last run. Eight days,
  // since a weekday on which the job never ran has no slot.
  const overdue = 30 * 60 + 1.6 - 0.4;
  for (const days of [7, 6, 5, 4, 3, 2, 1, 0]) {
    await send(upload, report({ server: 'Birch', machineId: 'b1', job: 'Recipes', began: overdue + days * 24 * 60 }));
  }
  await page.goto(program.url('/'));
  await expectLive(page);
  const row = page.locator('tr[data-verdict]').filter({ hasText: 'Recipes' });
  await expect(row).toHaveAttribute('data-verdict', 'ok');
  await expect(row).toHaveAttribute('data-verdict', 'late', { timeout: 60_000 });
  await expect(page.getByRole('status').filter({ hasText: word('dashboard.hero.attention_one').replace('{{ number }}', word('common.number.one')) })).toBeVisible();
});

test('an open run is not fetched again, and does not call itself live', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes', began: 90 }));
  await page.goto(program.url('/runs/1'));
  await expectAlive(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await send(upload, report({ server: 'Birch', job: 'Letters' }));
  const other = await page.context().newPage();
  await other.goto(program.url('/'));
  await expect(other.getByRole('link', { name: 'Letters', exact: true })).toBeVisible();
  expect(asked.filter((path) => path.includes('/api/'))).toEqual([]);
  await expect(page.getByText(word('live.on'), { exact: true })).toBeHidden();
});
