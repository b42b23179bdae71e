// The security page: weaknesses and their remedies, settings, and whether the public address leads here.
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('what is weak is said and can be mended', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await page.goto(program.url('/settings/security'));
    if (script) await expectAlive(page);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/security issue/);
    const open = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: word('security.open_ingest.on') }) });
    await expect(open).toContainText(word('security.state.weak'));
    await open.getByRole('link').click();
    await expect(page).toHaveURL(program.url('/settings/keys'));

    await page.goto(program.url('/settings/security'));
    await page.getByLabel(word('security.settings.audit_days')).fill('29');
    await page.getByRole('button', { name: word('security.settings.submit') }).click();
    await expect(page.getByText(word('errors.invalid.title'))).toBeVisible();
    await page.getByLabel(word('security.settings.audit_days')).fill('60');
    await page.getByLabel(word('security.settings.local_read_api')).check();
    await page.getByRole('button', { name: word('security.settings.submit') }).click();
    await expect(page.getByText(word('security.settings.saved'))).toBeVisible();
    await expect(page.getByLabel(word('security.settings.audit_days'))).toHaveValue('60');
    await expect(page.getByLabel(word('security.settings.local_read_api'))).toBeChecked();
    // Both are now shown as weaknesses.
    await expect(page.getByRole('heading', { name: word('security.read_api.open') })).toBeVisible();
    await expect(page.getByRole('heading', { name: pattern('security.audit.kept_other', { count: '60' }) })).toBeVisible();
    await page.getByLabel(word('security.settings.local_read_api')).uncheck();
    await page.getByRole('button', { name: word('security.settings.submit') }).click();
    await expect(page.getByText(word('security.read_api.closed'))).toBeVisible();
  });

  test('the public address is asked', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/settings/security'));
    if (script) await expectAlive(page);
    const part = page.getByRole('region', { name: word('security.reach.title') });
    await expect(part.getByText(program.url(''), { exact: true })).toBeVisible();
    const ask = part.getByRole('button', { name: word('security.reach.submit') });
    await ask.click();
    await expect(part.getByText(word('security.reach.here'))).toBeVisible();
    await page.getByLabel(word('security.settings.private_networks')).check();
    await page.getByRole('button', { name: word('security.settings.submit') }).click();
    await ask.click();
    await expect(part.getByText(word('security.reach.itself'))).toBeVisible();
    await expect(part.getByText(pattern('security.reach.checked', { url: program.url('') }))).toBeInViewport();
  });
});

test('the overview is accessible and fits a phone, with and without an answer', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  const cookie = await program.signIn();
  const fields = { audit_days: '30', private_networks: 'true', local_read_api: 'false' };
  for (const asked of [false, true]) {
    if (asked) {
      await program.post('change_settings', fields, { cookie });
      await program.post('check_public_url', {}, { cookie });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(program.url('/settings/security'));
    await expectAlive(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectAccessible(page, `${colorScheme}, ${asked}`);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoOverflow(page);
  }
});
