// axe finds nothing on any page, light and dark, chosen by the system and manually.
import { expectAccessible, expectAlive, expectContrast } from '../support/checks.ts';
import { PAGES, pathOf } from '../support/paths.ts';
import { expect, test } from '../support/test.ts';
import { word } from '../support/words.ts';

for (const kind of PAGES) {
  test(`${kind} is accessible`, async ({ page, showing, guard }) => {
    test.slow();
    const program = await showing(kind, '');
    const missing = kind === 'Missing';
    if (missing) guard.allow(/404/);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(program.url(await pathOf(program, kind)));
    if (!missing) await expectAlive(page);
    await page.emulateMedia({ colorScheme: 'light' });
    await expectAccessible(page, 'light by the system');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectContrast(page, 'dark by the system');
    // A theme that was chosen has the colours of the system's on every page: one page with charts shows it.
    if (kind !== 'Server') return;
    for (const [theme, system] of [
      ['light', 'dark'],
      ['dark', 'light'],
    ] as const) {
      await page.emulateMedia({ colorScheme: system });
      await page.getByRole('button', { name: word(`frame.theme_${theme}`) }).click();
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await expectContrast(page, `${theme} by choice`);
    }
  });
}

test('an empty server is accessible, and so is a key that was just made', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await page.goto(program.url('/'));
  await expectAlive(page);
  await expectAccessible(page, 'onboarding');
  await page.getByRole('button', { name: word('dashboard.start.make') }).click();
  await expect(page.getByRole('textbox', { name: word('dashboard.key.url') })).toBeVisible();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'key shown');
});
