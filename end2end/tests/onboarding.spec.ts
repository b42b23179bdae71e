// From an empty server to the first backup: make a key, give it to Duplicati, watch the report arrive.
import { expectAlive, expectNotReloaded, mark } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`the first report under "${base}/"`, async ({ page, context, fresh }) => {
      const program = await fresh({ base });
      // Before there is a page: one that asks while a permission is given may wait for an answer for ever.
      if (script) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.goto(program.url('/'));
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('dashboard.start.title'));
      await expect(page.getByText(word('dashboard.start.waiting'))).toBeVisible();
      if (script) await expectAlive(page);

      await page.getByRole('button', { name: word('dashboard.start.make') }).click();
      const field = page.getByRole('textbox', { name: word('dashboard.key.url') });
      await expect(field).toBeVisible();
      const url = await field.inputValue();
      expect(url).toMatch(new RegExp(`^${program.url('/api/upload/')}[a-z0-9]{20,}$`));
      const secret = url.slice(url.lastIndexOf('/') + 1);
      expect(page.url()).not.toContain(secret);
      await expect(page.locator(`input[value="--send-http-json-urls=${url}"]`)).toBeVisible();

      const copy = page.getByRole('button', { name: word('common.copy.button'), exact: true }).first();
      if (script) {
        // The program tidies up after its start, which the page hears of: it is rendered anew, and the button says "Copy" again.
        await expect(async () => {
          await copy.click();
          await expect(page.getByRole('button', { name: word('common.copy.done') }).first()).toBeVisible({ timeout: 1000 });
        }).toPass();
        // Pasted, because our own policy forbids pages to read the clipboard.
        await page.evaluate(() => document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' })));
        await page.locator('#paste').focus();
        await page.keyboard.press('ControlOrMeta+V');
        await expect(page.locator('#paste')).toHaveValue(url);
      } else {
        await expect(copy).toBeHidden();
      }

      await page.reload();
      await expect(page.getByText(word('dashboard.key.gone'))).toBeVisible();
      expect(await page.content()).not.toContain(secret);

      if (script) {
        await expectAlive(page);
        await mark(page);
      }
      const answer = await send(url, report({ server: 'Maple', job: 'Family photos' }));
      expect([answer.status, await answer.json()]).toEqual([200, { success: true, result: 'stored' }]);
      const job = page.getByRole('link', { name: 'Family photos', exact: true });
      if (script) {
        await expect(job).toBeVisible();
        await expectNotReloaded(page);
      } else {
        await page.reload();
        await expect(job).toBeVisible();
      }
      await expect(page.getByRole('link', { name: 'Maple', exact: true })).toBeVisible();
    });
  }
});
