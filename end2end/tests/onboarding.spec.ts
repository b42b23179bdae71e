// From an empty server to the first backup: create a key, give it to Duplicati, watch the report arrive.
import { expectAlive, expectLive, expectNotReloaded, mark } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`the first report under "${base}/"`, async ({ page, context, fresh }) => {
      const program = await fresh({ base });
      // Before a page exists: one that asks while a permission is being granted may wait forever.
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
      // One block, as "Edit as text" expects it.
      const block = page.getByRole('textbox', { name: word('dashboard.key.new_options') });
      const options = [
        `--send-http-json-urls=${url}`,
        '--send-http-any-operation=true',
        '--send-http-log-level=Information',
        '--send-http-max-log-lines=0',
        `--http-report-status-url=${url.replace('/api/upload/', '/api/status/')}`,
      ].join('\n');
      await expect(block).toHaveValue(options);
      // This page was opened under an address that means a different machine for everyone else.
      await expect(page.getByText(word('security.reach.here'))).toBeVisible();

      const copy = page.getByRole('button', { name: word('common.copy.button'), exact: true }).first();
      if (script) {
        await copy.click();
        const copied = page.getByRole('button', { name: word('common.copy.done') });
        await expect(copied).toHaveCount(1);
        // It stays when the page is rendered again.
        await send(program.url('/api/upload/wrong'), '{}');
        await expect(page.getByText(pattern('dashboard.start.refused_one'))).toBeVisible();
        await expect(copied).toHaveCount(1);
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
      // The address exists, so the page does not offer to create one.
      await expect(page.getByText(word('dashboard.start.exists'))).toBeVisible();
      await expect(page.getByRole('button', { name: word('dashboard.start.make') })).toHaveCount(0);
      await expect(page.getByRole('button', { name: word('dashboard.start.another') })).toBeVisible();

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

test('while the first report is waited for, refusals come with their reason', async ({ page, fresh }) => {
  const program = await fresh();
  await page.goto(program.url('/'));
  await expectLive(page);
  await mark(page);
  await page.getByRole('button', { name: word('dashboard.start.make') }).click();
  const url = await page.getByRole('textbox', { name: word('dashboard.key.url') }).inputValue();
  expect((await send(url, '{"hello":1}')).status).toBe(400);
  const refusals = page.locator('.refused li');
  await expect(refusals).toHaveCount(1);
  expect((await send(program.url('/api/upload/wrong'), report())).status).toBe(401);
  await expect(refusals).toHaveCount(2);
  await expect(refusals.first()).toContainText('Settings → Ingest keys');
  await expect(page.getByText(word('dashboard.start.waiting'))).toBeVisible();
  // The address is still shown.
  await expect(page.getByRole('textbox', { name: word('dashboard.key.url') })).toHaveValue(url);

  expect((await send(url, report({ server: 'Maple', job: 'Family photos' }))).status).toBe(200);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    pattern('dashboard.hero.first', { runs: '1', needed: '4' }),
  );
  await expectNotReloaded(page);
});

test('a key whose server never reported is no green', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  for (const days of [4, 3, 2, 1, 0]) {
    await send(program.url('/api/upload'), report({ server: 'Maple', machineId: 'm1', job: 'Photos', began: 10 + days * 1440 }));
  }
  await page.goto(program.url('/'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('dashboard.hero.ok'));
  await program.run(['key', 'create', '--server', 'Basement NAS']);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    pattern('dashboard.hero.never_one', { number: word('common.number.one') }),
  );
  await expect(page).toHaveTitle(/^\(1\) /);
  await page.getByRole('link', { name: `${word('dashboard.tools.never')} 1` }).click();
  await expect(page.getByRole('link', { name: 'Basement NAS' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Photos', exact: true })).toBeHidden();
});
