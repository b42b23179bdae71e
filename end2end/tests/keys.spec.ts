// Keys: created for a server, used, revoked; what is rejected afterwards is listed.
import { expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

withAndWithoutScript((script) => {
  test('a key is found among many, and each is one line', async ({ page, fresh }) => {
    const program = await fresh();
    for (const name of ['Alder', 'Birch', 'Cedar', 'Elm', 'Fir', 'Hazel']) await program.run(['key', 'create', '--server', name]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(program.url('/settings/keys'));
    if (script) await expectAlive(page);
    const rows = page.getByRole('table', { name: word('keys.caption') }).locator('tbody tr');
    await expect(rows).toHaveCount(6);
    const box = await rows.first().boundingBox();
    expect(box?.height).toBeLessThanOrEqual(44);
    const search = page.getByRole('search');
    await search.getByLabel(word('keys.search.label')).fill('ced');
    await search.getByRole('button', { name: word('keys.search.submit') }).click();
    await expect(page).toHaveURL(program.url('/settings/keys?q=ced'));
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText('Cedar');
    await expect(page.getByText(pattern('keys.search.found', { found: '1', all: '6' }))).toBeVisible();
    await page.getByRole('link', { name: word('keys.search.reset') }).click();
    await expect(rows).toHaveCount(6);
  });

  for (const [width, height] of [[390, 844], [1440, 500]]) {
    test(`questions stay inside a window of ${width} × ${height}`, async ({ page, fresh }) => {
      const program = await fresh();
      for (let key = 0; key < 8; key += 1) await program.run(['key', 'create', '--server', `server-${key}`]);
      await page.setViewportSize({ width, height });
      for (const path of ['/settings/keys', '/settings/users', '/settings/tasks', '/settings/database']) {
        await page.goto(program.url(path));
        if (script) await expectAlive(page);
        for (const summary of await page.locator('.disclosure > summary').all()) {
          await summary.scrollIntoViewIfNeeded();
          await summary.click();
          const panel = summary.locator('xpath=following-sibling::*');
          const box = await panel.boundingBox();
          const isInPage = await panel.evaluate((element) => getComputedStyle(element).position === 'static');
          if (!isInPage) {
            expect(box?.y, `${path}: above the window`).toBeGreaterThanOrEqual(0);
            expect((box?.y ?? 0) + (box?.height ?? 0), `${path}: below the window`).toBeLessThanOrEqual(height);
          }
          await panel.getByRole('button').last().scrollIntoViewIfNeeded();
          await expect(panel.getByRole('button').last()).toBeInViewport();
          await summary.click();
        }
      }
    });
  }

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
      // The page does not contain its secret.
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
  // Of the settings, everyone sees the schedules.
  await expect(page.getByRole('link', { name: word('frame.settings'), exact: true })).toHaveAttribute('href', '/settings/schedules');
  expect((await page.goto(demo.url('/settings/keys')))?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: word('errors.not_found.title') })).toBeVisible();
  await expect(page.getByRole('button', { name: word('keys.create.submit') })).toHaveCount(0);
  const refused = await fetch(demo.url('/api/fn/create_key'), { method: 'POST', body: new URLSearchParams({ server: 'x' }) });
  expect(refused.status).toBe(404);
});
