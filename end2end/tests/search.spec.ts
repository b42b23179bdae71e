// The search updates while the user types, `/` focuses it, and its results are visible at once.
import { expectAlive, expectNotReloaded, mark } from '../support/checks.ts';
import { expect, test } from '../support/test.ts';
import { word } from '../support/words.ts';

test('typing searches without Enter, and leaves no trail of addresses', async ({ page, demo }) => {
  await page.goto(demo.url('/?sort=name'));
  await expectAlive(page);
  await mark(page);
  const servers = page.locator('tr.server');
  const all = await servers.count();
  const wanted = ((await servers.last().locator('a').first().textContent()) ?? '').trim();
  const search = page.getByRole('searchbox', { name: word('dashboard.tools.search') });
  const before = await page.evaluate(() => history.length);
  // Without a focus, the key moves to the field and is not typed.
  await page.keyboard.press('/');
  await expect(search).toBeFocused();
  await search.pressSequentially(wanted, { delay: 60 });
  await expect(page).toHaveURL(/sort=name/);
  await expect(page).toHaveURL(new RegExp(`q=${encodeURIComponent(wanted[0])}`, 'i'));
  await expect.poll(() => servers.count()).toBeLessThan(all);
  await expect(search).toHaveValue(wanted);
  await expect(search).toBeFocused();
  expect(await page.evaluate(() => history.length)).toBe(before);
  // In the field, a slash is an ordinary character.
  await search.press('/');
  await expect(search).toHaveValue(`${wanted}/`);
  await expect(page.getByText(word('dashboard.nothing.title'))).toBeVisible();
  await search.fill('');
  await expect(servers).toHaveCount(all);
  await expectNotReloaded(page);
});

test('what was found is seen without scrolling', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  await expectAlive(page);
  await expect(page.locator('.problem').first()).toBeVisible();
  const name = ((await page.locator('tr[data-verdict=failed] .job-name').first().textContent()) ?? '').trim();
  await page.getByRole('searchbox', { name: word('dashboard.tools.search') }).fill(name);
  await expect(page.locator('.problem')).toHaveCount(0);
  await expect(page.locator('.tiles')).toHaveCount(0);
  await expect(page.locator('tr[data-verdict]').first()).toBeInViewport();
  await expect(page.locator('h1')).toBeInViewport();
});

test.describe('JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('the form works', async ({ page, demo }) => {
    await page.goto(demo.url('/'));
    const search = page.getByRole('searchbox', { name: word('dashboard.tools.search') });
    await search.fill('no such thing');
    await search.press('Enter');
    await expect(page).toHaveURL(/q=no\+such\+thing/);
    await expect(page.getByText(word('dashboard.nothing.title'))).toBeVisible();
    await expect(page.locator('.problem')).toHaveCount(0);
  });
});
