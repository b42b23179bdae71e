// Keys: made for a server, used, revoked; what is refused from then on is seen.
import { expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`a revoked key is refused under "${base}/"`, async ({ page, fresh }) => {
      const program = await fresh({ base });
      await page.goto(program.url('/settings/keys'));
      if (script) await expectAlive(page);
      await page.getByLabel(word('keys.create.server')).fill('Rowan');
      await page.getByRole('button', { name: word('keys.create.submit') }).click();
      const field = page.getByRole('textbox', { name: word('dashboard.key.url') });
      await expect(field).toBeVisible();
      const url = await field.inputValue();
      const row = page.getByRole('row').filter({ hasText: 'Rowan' });
      await expect(row).toContainText(word('keys.state.waiting'));

      expect((await send(url, report({ server: 'another-name', job: 'Maps' }))).status).toBe(200);
      if (!script) await page.reload();
      await expect(row).toContainText(word('keys.state.used'));

      await row.getByText(word('keys.revoke.ask')).click();
      await row.getByRole('button', { name: word('keys.revoke.submit') }).click();
      await expect(row).toContainText(word('keys.state.revoked'));

      await page.goto(program.url('/rejected'));
      await expect(page.getByText(word('rejected.empty'), { exact: true })).toBeVisible();
      if (script) await expectAlive(page);
      expect((await send(url, report({ job: 'Maps', began: 1 }))).status).toBe(401);
      const refused = page.getByRole('main').getByText(/401/);
      if (script) {
        await expect(refused.first()).toBeVisible({ timeout: 5_000 });
      } else {
        await expect(async () => {
          await page.reload();
          await expect(refused.first()).toBeVisible({ timeout: 500 });
        }).toPass({ timeout: 5_000 });
      }
      // Its secret is nowhere.
      expect(await page.content()).not.toContain(url.slice(url.lastIndexOf('/') + 1));
    });
  }
});

test('the demonstration cannot be changed', async ({ page, demo, guard }) => {
  guard.allow(/answer: \d+ .*create_key/, /Failed to load resource/);
  await page.goto(demo.url('/settings/keys'));
  await expectAlive(page);
  const submit = page.getByRole('button', { name: word('keys.create.submit') });
  // Not offered, or refused with a reason.
  if (await submit.isVisible()) {
    await submit.click();
    await expect(page.getByText(word('errors.forbidden.title'))).toBeVisible();
  }
});
