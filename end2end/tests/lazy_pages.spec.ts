// The code of all pages except the dashboard is in a second wasm file, which the browser loads when it first shows one
// of them.
import type { Page } from '@playwright/test';
import { expectAlive, expectNotReloaded, mark } from '../support/checks.ts';
import { firstServer } from '../support/paths.ts';
import { signIn } from '../support/sign_in.ts';
import { BASE, expect, test } from '../support/test.ts';
import { word } from '../support/words.ts';

const LAZY_FILE = /\/split_lazy_pages\.wasm$/;

/** Collects the statuses of requests for the second file. */
function lazyAnswers(page: Page): number[] {
  const answers: number[] = [];
  page.on('response', (response) => {
    if (LAZY_FILE.test(response.url())) answers.push(response.status());
  });
  return answers;
}

/** Removes the second file, as an update of the program does. */
async function removeLazyFile(page: Page): Promise<void> {
  await page.route(LAZY_FILE, (route) => route.fulfill({ status: 404, body: 'not found' }));
}

for (const base of ['', BASE]) {
  test(`under "${base}/" clicks lead on without a reload, and the file comes once`, async ({ page, demo, basedDemo }) => {
    const program = base ? basedDemo : demo;
    const answers = lazyAnswers(page);
    await page.goto(program.url('/'));
    await expectAlive(page);
    expect(answers, 'the dashboard does without').toEqual([]);
    await mark(page);
    await page.getByRole('table').first().locator(`a[href^="${base}/servers/"]`).first().click();
    await expect(page).toHaveURL(/\/servers\/\d+/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await page.locator(`#history a[href^="${base}/runs/"]`).first().click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await page.goBack();
    await expect(page.locator('#history')).toBeVisible();
    await page.getByRole('navigation', { name: word('frame.nav') }).getByRole('link').first().click();
    await expectNotReloaded(page);
    expect(answers).toEqual([200]);
  });

  test(`under "${base}/" a lazy page is alive when it is the first`, async ({ page, demo, basedDemo }) => {
    const program = base ? basedDemo : demo;
    const answers = lazyAnswers(page);
    await page.goto(program.url(await firstServer(program)));
    await expectAlive(page);
    expect(answers, 'what is preloaded is used').toEqual([200]);
    await mark(page);
    await page.locator(`#history a[href^="${base}/runs/"]`).first().click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expectNotReloaded(page);
  });
}

test('when the file is gone, the server shows the page', async ({ page, basedSite, guard }) => {
  guard.allow(/404/, LAZY_FILE, /console: .*WebAssembly/);
  await signIn(page, basedSite);
  await page.goto(basedSite.url('/'));
  await expectAlive(page);
  await mark(page);
  await removeLazyFile(page);
  const navigation = page.getByRole('navigation', { name: word('frame.nav') });
  await navigation.getByRole('link', { name: word('frame.settings'), exact: true }).click();
  await expect(page).toHaveURL(basedSite.url('/settings/keys'));
  await expect(page).toHaveTitle(new RegExp(word('keys.title')));
  expect(await page.evaluate(() => 'notReloaded' in window), 'loaded anew').toBe(false);
  // The page stays usable, as without JavaScript.
  await navigation.getByRole('link', { name: word('frame.dashboard'), exact: true }).click();
  await expect(page).toHaveURL(basedSite.url('/'));
  await expectAlive(page);
  await page.goBack();
  await expect(page).toHaveTitle(new RegExp(word('keys.title')));
});
