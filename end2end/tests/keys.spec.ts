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

test('a replaced key works on beside the new one', async ({ page, fresh }) => {
  const program = await fresh();
  await page.goto(program.url('/settings/keys'));
  await page.getByLabel(word('keys.create.server')).fill('Rowan');
  await page.getByRole('button', { name: word('keys.create.submit') }).click();
  const field = page.getByRole('textbox', { name: word('dashboard.key.url') });
  await expect(field).toBeVisible();
  const old = await field.inputValue();
  await page.goto(program.url('/settings/keys'));
  const row = page.getByRole('row').filter({ hasText: 'Rowan' });
  await row.getByText(word('keys.rotate.ask')).click();
  await row.getByRole('button', { name: word('keys.rotate.submit') }).click();
  await expect(field).toBeVisible();
  const made = await field.inputValue();
  expect(made).not.toBe(old);
  for (const url of [old, made]) expect((await send(url, report({ job: 'Maps' }))).status).toBe(200);
  await expect(page.getByText(word('keys.state.replaced'))).toBeVisible();
});

test('the demonstration says what it is, and nothing can be changed', async ({ page, demo, guard }) => {
  guard.allow(/answer: 404/, /Failed to load resource/);
  await page.goto(demo.url('/'));
  await expectAlive(page);
  await expect(page.getByText(word('frame.demo'))).toBeVisible();
  await expect(page.getByRole('link', { name: word('frame.keys'), exact: true })).toHaveCount(0);
  expect((await page.goto(demo.url('/settings/keys')))?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: word('errors.not_found.title') })).toBeVisible();
  await expect(page.getByRole('button', { name: word('keys.create.submit') })).toHaveCount(0);
  const refused = await fetch(demo.url('/api/fn/create_key'), { method: 'POST', body: new URLSearchParams({ server: 'x' }) });
  expect(refused.status).toBe(404);
});
