// Every page, with JavaScript off and on, at `/` and under a base path.
import { expectAlive, expectNoOverflow } from '../support/checks.ts';
import { PAGES, pathOf } from '../support/paths.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

// A desktop, where columns disappear, the narrowest table, the widest cards, tablets, a phone.
const WIDTHS = [1280, 1100, 1024, 1023, 820, 768, 390];

for (const base of ['', BASE]) {
  test.describe(`under "${base}/"`, () => {
    withAndWithoutScript((script) => {
      for (const kind of PAGES) {
        test(`${kind} is whole, and fits every window`, async ({ page, showing, guard }) => {
          const program = await showing(kind, base);
          const missing = kind === 'Missing';
          if (missing) guard.allow(/404/);
          const answer = await page.goto(program.url(await pathOf(program, kind)));
          expect(answer?.status()).toBe(missing ? 404 : 200);
          await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
          await expect(page.getByRole('main')).toHaveCount(1);
          await expect(page).toHaveTitle(/\S/);
          expect(await page.locator('html').getAttribute('lang')).toBe('en');
          if (script && !missing) await expectAlive(page);
          // Hydration has not broken the page.
          await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            await expectNoOverflow(page);
          }
        });
      }

      test('the navigation leads everywhere', async ({ page, showing }) => {
        const program = await showing('Keys', base);
        await page.goto(program.url('/'));
        if (script) await expectAlive(page);
        const navigation = page.getByRole('navigation', { name: word('frame.nav') });
        const leads = async (name: string, path: string) => {
          await navigation.getByRole('link', { name: word(name), exact: true }).click();
          await expect(page).toHaveURL(program.url(path));
          await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
          await expect(navigation.locator('[aria-current="page"]')).toHaveText(word(name));
        };
        await leads('frame.settings', '/settings/keys');
        const settings = page.getByRole('navigation', { name: word('settings.nav') });
        for (const [name, path] of [
          ['frame.rejected', '/rejected'],
          ['settings.health', '/settings/health'],
          ['settings.keys', '/settings/keys'],
        ]) {
          await settings.getByRole('link', { name: word(name), exact: true }).click();
          await expect(page).toHaveURL(program.url(path));
          await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
          await expect(settings.locator('[aria-current]')).toHaveText(word(name));
          await expect(navigation.locator('[aria-current="page"]')).toHaveText(word('frame.settings'));
        }
        await leads('frame.dashboard', '/');
      });

      test('a dashboard leads to a server, a run and its raw report', async ({ page, demo, basedDemo }) => {
        const program = base ? basedDemo : demo;
        const steps: [string, RegExp][] = [
          ['/servers/', /\/servers\/\d+/],
          ['/runs/', /\/runs\/\d+$/],
        ];
        await page.goto(program.url('/'));
        if (script) await expectAlive(page);
        for (const [part, url] of steps) {
          const links = part === '/runs/' ? page.locator('#history') : page.getByRole('table').first();
          await links.locator(`a[href^="${base}${part}"]`).first().click();
          await expect(page).toHaveURL(url);
          await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        }
        await page.getByRole('link', { name: word('run.raw_link') }).click();
        await expect(page).toHaveURL(/\/raw$/);
        await expect(page.getByRole('region', { name: word('run.raw.title') })).toBeVisible();
        if (script) {
          await page.getByRole('button', { name: word('common.copy.button') }).click();
          await expect(page.getByRole('button', { name: word('common.copy.done') })).toBeVisible();
        }
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: word('run.raw.download') }).click();
        expect((await download).suggestedFilename()).toMatch(/^report-\d+\.(json|txt)$/);
      });
    });
  });
}

test('the skip link leads to the content', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  await expectAlive(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: word('frame.skip') })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});
