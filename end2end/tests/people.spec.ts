// Users: added with a temporary password, changed, disabled, enabled, deleted; who may see what.
import type { Page } from '@playwright/test';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { addKim, become, enter, KIM, signIn } from '../support/sign_in.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

const WEAK = 'short';

/** Returns Kim's row. */
const row = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: KIM.name }) });

/** Opens the actions for Kim, and submits one. */
async function change(page: Page, submit: RegExp | string): Promise<void> {
  await row(page).getByText(word('users.change')).click();
  await row(page).getByRole('button', { name: submit, exact: true }).click();
}

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('a person comes with a temporary password and has to choose another', async ({ page, fresh, context, guard }) => {
    guard.allow(/404/);
    const program = await fresh({ base });
    await page.goto(program.url('/settings/users'));
    if (script) await expectAlive(page);
    await page.getByLabel(word('users.add.name')).fill('Kim <b>');
    await page.getByRole('button', { name: word('users.add.submit') }).click();
    await expect(page.getByText(word('errors.invalid.title'))).toBeVisible();
    await page.getByLabel(word('users.add.name')).fill('Kim');
    await page.getByLabel(word('users.columns.role')).first().selectOption('operator');
    await page.getByRole('button', { name: word('users.add.submit') }).click();
    const shown = page.getByRole('textbox', { name: word('users.password.label') });
    await expect(shown).toBeVisible();
    const temporary = { name: KIM.name, password: await shown.inputValue() };
    expect(page.url()).not.toContain(temporary.password);
    await expect(row(page)).toContainText(word('users.state.temporary'));
    await page.reload();
    await expect(page.getByText(word('users.password.gone'))).toBeVisible();
    expect(await page.content()).not.toContain(temporary.password);

    // The page would otherwise follow changes without its cookie.
    await page.goto('about:blank');
    await context.clearCookies();
    await page.goto(program.url('/rejected'));
    await enter(page, temporary);
    await expect(page.getByText(word('account.must_change.title'))).toBeVisible();
    await page.goto(program.url('/rejected'));
    await expect(page).toHaveURL(program.url('/account'));
    const submit = page.getByRole('button', { name: word('account.password.submit') });
    for (const [current, fresh, said] of [
      ['not the password', KIM.password, word('errors.credentials.password')],
      [temporary.password, WEAK, word('errors.invalid.title')],
    ]) {
      await page.getByLabel(word('account.password.current')).fill(current);
      await page.getByLabel(word('account.password.fresh')).fill(fresh);
      await page.getByLabel(word('sign_in.repeated')).fill(fresh);
      await submit.click();
      await expect(page.getByText(said)).toBeVisible();
    }
    await page.getByLabel(word('account.password.current')).fill(temporary.password);
    await page.getByLabel(word('account.password.fresh')).fill(KIM.password);
    await page.getByLabel(word('sign_in.repeated')).fill(KIM.password);
    await submit.click();
    await expect(page.getByText(word('account.done.password'))).toBeVisible();
    await expect(page.getByText(word('account.must_change.title'))).toHaveCount(0);
    await page.goto(program.url('/rejected'));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('rejected.title'));
    // Operators see exactly what they may.
    expect((await page.goto(program.url('/settings/keys')))?.status()).toBe(200);
    // Operators see only their part of the settings.
    const offered = page.getByRole('navigation', { name: word('settings.nav') }).getByRole('link');
    await expect(offered).toHaveText([word('settings.keys'), word('frame.rejected'), word('settings.schedules'), word('settings.sharing')]);
    expect((await page.goto(program.url('/settings/users')))?.status()).toBe(404);
    expect(await program.signInElsewhere(temporary)).toBeUndefined();
  });

  test('another role, disabled, enabled, another password, deleted', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await addKim(program, 'viewer');
    let cookie = await program.signInElsewhere(KIM);
    expect(await program.statusFor(cookie, '/api/v1/summary')).toBe(200);
    expect(await program.statusFor(cookie, '/api/v1/rejected')).toBe(404);
    await page.goto(program.url('/settings/users'));
    if (script) await expectAlive(page);
    // The only administrator, who is looking at the page, cannot be changed.
    await expect(page.getByText(word('users.last'), { exact: true })).toBeVisible();
    await expect(row(page)).toContainText(word('users.state.active'));

    await row(page).getByText(word('users.change')).click();
    await row(page).getByLabel(word('users.set_role.label')).selectOption('operator');
    await row(page).getByRole('button', { name: word('users.set_role.submit') }).click();
    await expect(page.getByText(word('users.done.role'))).toBeVisible();
    await expect(row(page)).toContainText(word('users.role.operator'));
    expect(await program.statusFor(cookie, '/api/v1/summary'), 'the old session').toBe(401);
    cookie = await program.signInElsewhere(KIM);
    expect(await program.statusFor(cookie, '/api/v1/rejected')).toBe(200);

    await page.reload();
    await change(page, word('users.end_sessions.submit'));
    await expect(page.getByText(word('users.done.sessions'))).toBeVisible();
    expect(await program.statusFor(cookie, '/api/v1/summary')).toBe(401);

    await change(page, word('users.disable.submit'));
    await expect(page.getByText(word('users.done.disabled'))).toBeVisible();
    await expect(row(page)).toContainText(word('users.state.disabled'));
    expect(await program.signInElsewhere(KIM)).toBeUndefined();
    await change(page, word('users.enable.submit'));
    await expect(page.getByText(word('users.done.enabled'))).toBeVisible();
    expect(await program.signInElsewhere(KIM)).toBeTruthy();

    await change(page, word('users.reset.submit'));
    const password = await page.getByRole('textbox', { name: word('users.password.label') }).inputValue();
    expect(await program.signInElsewhere(KIM), 'the old password').toBeUndefined();
    expect(await program.signInElsewhere({ name: KIM.name, password })).toBeTruthy();

    await page.goto(program.url('/settings/users'));
    await row(page).getByText(word('users.change')).click();
    await row(page).getByText(word('users.delete.ask')).click();
    await row(page).getByRole('button', { name: pattern('users.delete.submit', { name: KIM.name }) }).click();
    await expect(page.getByText(word('users.done.deleted'))).toBeVisible();
    await expect(row(page)).toHaveCount(0);
    expect(await program.signInElsewhere({ name: KIM.name, password })).toBeUndefined();
    // All of it is in the audit log.
    await page.goto(program.url('/settings/audit?action=user.'));
    for (const action of ['create', 'set_role', 'end_sessions', 'disable', 'enable', 'reset_password', 'delete']) {
      const entry = page.getByRole('row').filter({ hasText: word(`audit.action.user_${action}`) });
      await expect(entry.filter({ hasText: KIM.name })).not.toHaveCount(0);
    }
  });

  test('who fails too often is blocked until somebody helps', async ({ page, fresh }) => {
    const program = await fresh({ base, signedOut: true });
    await addKim(program, 'viewer');
    await page.goto(program.url('/login'));
    if (script) await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (let attempt = 0; attempt < 5; attempt += 1) await program.signInElsewhere({ ...KIM, password: `wrong ${attempt}` });
    await enter(page, KIM);
    await expect(page.getByText(word('errors.too_many.title'))).toBeVisible();
    await signIn(page, program);
    await page.goto(program.url('/settings/users'));
    await expect(row(page)).toContainText(word('users.state.blocked'));
    await change(page, word('users.unlock.submit'));
    await expect(page.getByText(word('users.done.unlocked'))).toBeVisible();
    await expect(row(page)).not.toContainText(word('users.state.blocked'));
    expect(await program.signInElsewhere(KIM)).toBeTruthy();
  });

  test('a viewer sees backups and the own account, and no sign of the rest', async ({ page, fresh, guard }) => {
    guard.allow(/404/);
    const program = await fresh({ base, signedOut: true });
    await addKim(program, 'viewer');
    const cookie = await program.signInElsewhere(KIM);
    await become(page, program, cookie);
    await page.goto(program.url('/'));
    if (script) await expectAlive(page);
    const navigation = page.getByRole('navigation', { name: word('frame.nav') });
    await expect(navigation.getByRole('link')).toHaveText([word('frame.dashboard'), word('frame.runs'), word('frame.incidents'), word('report.title'), word('frame.settings')]);
    await expect(page.getByRole('button', { name: word('dashboard.start.make') })).toHaveCount(0);
    await page.getByRole('link', { name: KIM.name }).click();
    await expect(page.getByText(pattern('account.signed_in', { name: KIM.name, role: word('account.role.viewer') }))).toBeVisible();
    for (const path of ['/rejected', '/settings/keys', '/settings/users', '/settings/security', '/settings/health', '/settings/audit', '/settings/logs']) {
      expect((await page.goto(program.url(path)))?.status(), path).toBe(404);
      await expect(page.getByRole('heading', { level: 1 }), path).toHaveCount(1);
      await expect(page.getByRole('button', { name: /revoke|save|add|check/i }), path).toHaveCount(0);
    }
    for (const form of ['create_user', 'change_settings', 'create_key', 'check_public_url']) {
      expect((await program.post(form, { name: 'x', role: 'viewer', audit_days: '30', server: 'x' }, { cookie })).status, form).toBe(404);
    }
  });
});

test('people in every state are accessible and fit a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await addKim(program, 'operator');
  for (let attempt = 0; attempt < 5; attempt += 1) await program.signInElsewhere({ ...KIM, password: `wrong ${attempt}` });
  await program.run(['user', 'create', 'a-very-long-name-that-somebody-chose.because@they-could.example', '--temporary']);
  await program.run(['user', 'create', 'robin', '--role', 'administrator'], KIM.password);
  await program.run(['user', 'disable', 'robin', '--yes']);
  await page.goto(program.url('/settings/users'));
  await page.getByLabel(word('users.add.name')).fill('sam');
  await page.getByRole('button', { name: word('users.add.submit') }).click();
  await expect(page.getByRole('textbox', { name: word('users.password.label') })).toBeVisible();
  await expectAlive(page);
  await row(page).getByText(word('users.change')).click();
  await row(page).getByText(word('users.delete.ask')).click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await expectNoOverflow(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
