// The theme changes without a reload, and by a form without a script; the server remembers it.
import { expectAlive, expectNotReloaded, mark } from '../support/checks.ts';
import { firstServer } from '../support/paths.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`dark stays dark under "${base}/"`, async ({ page, demo, basedDemo }) => {
      const program = base ? basedDemo : demo;
      const url = program.url(`${await firstServer(program)}?range=week`);
      await page.goto(url);
      if (script) {
        await expectAlive(page);
        await mark(page);
      }
      const html = page.locator('html');
      await page.getByRole('button', { name: word('frame.theme_dark') }).click();
      await expect(html).toHaveAttribute('data-theme', 'dark');
      await expect(page).toHaveURL(url);
      if (script) await expectNotReloaded(page);
      await page.reload();
      await expect(html).toHaveAttribute('data-theme', 'dark');
      await page.goto(program.url('/'));
      await expect(html).toHaveAttribute('data-theme', 'dark');
      await page.getByRole('button', { name: word('frame.theme_system') }).click();
      await expect(html).toHaveAttribute('data-theme', 'system');
    });
  }
});
