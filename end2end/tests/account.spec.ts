// The own account: profile, preferences, password, sessions, API keys.
import type { Page } from '@playwright/test';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { addKim, ADMINISTRATOR, become, enter, KIM } from '../support/sign_in.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1';

const part = (page: Page, name: string) => page.getByRole('region', { name: word(`account.parts.${name}`) });
/** Returns a different secret of the same shape. */
const otherSecret = (secret: string) => `${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`;
const on = (browser: string, system: string) => pattern('account.sessions.device', { browser, system });

withAndWithoutScript((script) => {
  const base = script ? '' : BASE;

  test('name, colours, times', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/account'));
    if (script) await expectAlive(page);
    const profile = part(page, 'profile');
    await profile.getByLabel(word('account.profile.display_name')).fill('Jo Fern');
    await profile.getByLabel(word('account.profile.email')).fill('jo@nowhere');
    await profile.getByRole('button', { name: word('account.profile.save') }).click();
    await expect(profile.getByText(word('errors.invalid.title'))).toBeVisible();
    await profile.getByLabel(word('account.profile.display_name')).fill('Jo Fern');
    await profile.getByLabel(word('account.profile.email')).fill('jo@example.org');
    await profile.getByRole('button', { name: word('account.profile.save') }).click();
    await expect(profile.getByText(word('account.done.profile'))).toBeVisible();
    await expect(page.getByRole('banner').getByRole('link', { name: 'Jo Fern' })).toBeVisible();
    await expect(profile.getByLabel(word('account.profile.email'))).toHaveValue('jo@example.org');

    const preferences = part(page, 'preferences');
    await preferences.getByLabel(word('account.preferences.language')).selectOption('en');
    await preferences.getByLabel(word('account.preferences.theme')).selectOption('dark');
    await preferences.getByLabel(word('account.preferences.time_zone')).selectOption('Asia/Kathmandu');
    await preferences.getByLabel(word('account.preferences.dates'), { exact: true }).selectOption('iso');
    await preferences.getByRole('button', { name: word('account.preferences.save') }).click();
    await expect(preferences.getByText(word('account.done.preferences'))).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(preferences.getByLabel(word('account.preferences.time_zone'))).toHaveValue('Asia/Kathmandu');
    // Nepal's offset of 45 minutes, in digits, wherever a time is written.
    const sessions = await part(page, 'sessions').innerText();
    const shown = /\d{4}-\d\d-\d\d \d\d:\d\d/.exec(sessions)?.[0] ?? sessions;
    const began = Date.parse(`${shown.replace(' ', 'T')}:00+05:45`);
    expect(Math.abs(Date.now() - began), `${shown} is the present in Nepal`).toBeLessThan(10 * 60_000);
    // Other browsers of this user have it as well, but no other user.
    await page.goto('about:blank');
    await page.context().clearCookies();
    await page.goto(program.url('/login'));
    await expect(page.locator('html')).not.toHaveAttribute('data-theme', 'dark');
    await enter(page, ADMINISTRATOR);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });

  test('another password ends other sessions', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await addKim(program, 'viewer');
    const [here, there] = [await program.signInElsewhere(KIM), await program.signInElsewhere(KIM, IPHONE)];
    await become(page, program, here);
    await page.goto(program.url('/account'));
    if (script) await expectAlive(page);
    const password = part(page, 'password');
    const change = async (current: string, fresh: string) => {
      await password.getByLabel(word('account.password.current')).fill(current);
      await password.getByLabel(word('account.password.fresh')).fill(fresh);
      await password.getByLabel(word('sign_in.repeated')).fill(fresh);
      await password.getByRole('button', { name: word('account.password.submit') }).click();
    };
    await change('not the password', 'eleven green umbrellas');
    await expect(password.getByText(word('errors.credentials.password'))).toBeVisible();
    await change(KIM.password, 'passwordpassword');
    await expect(password.getByText(word('errors.invalid.title'))).toBeVisible();
    expect(await program.statusFor(there, '/api/v1/summary')).toBe(200);
    await change(KIM.password, 'eleven green umbrellas');
    await expect(password.getByText(word('account.done.password'))).toBeVisible();
    expect(await program.statusFor(there, '/api/v1/summary')).toBe(401);
    expect(await program.signInElsewhere(KIM)).toBeUndefined();
    expect(await program.signInElsewhere({ ...KIM, password: 'eleven green umbrellas' })).toBeTruthy();
    await page.reload();
    await expect(password).toBeVisible();
  });

  test('sessions are listed, and ended one by one or all', async ({ page, fresh }) => {
    const program = await fresh({ base });
    const [firefox, iphone, curl] = [
      await program.signInElsewhere(ADMINISTRATOR, FIREFOX),
      await program.signInElsewhere(ADMINISTRATOR, IPHONE),
      await program.signInElsewhere(ADMINISTRATOR, 'curl/8.14.1'),
    ];
    await page.goto(program.url('/account'));
    if (script) await expectAlive(page);
    const sessions = part(page, 'sessions');
    const rows = sessions.getByRole('listitem');
    await expect(rows).toHaveCount(4);
    await expect(rows.filter({ hasText: word('account.sessions.this') })).toHaveCount(1);
    await expect(rows.filter({ hasText: on('Firefox', 'Linux') })).toContainText('127.0.0.1');
    await rows.filter({ hasText: on('Safari', 'iPhone') }).getByRole('button').click();
    await expect(sessions.getByText(word('account.done.session_ended'))).toBeVisible();
    await expect(rows).toHaveCount(3);
    expect(await program.statusFor(iphone, '/api/v1/summary')).toBe(401);
    expect(await program.statusFor(firefox, '/api/v1/summary')).toBe(200);
    await sessions.getByRole('button', { name: word('account.sessions.end_others') }).click();
    await expect(sessions.getByText(word('account.done.other_sessions_ended'))).toBeVisible();
    await expect(sessions.getByText(word('account.sessions.alone'))).toBeVisible();
    await expect(rows).toHaveCount(1);
    for (const ended of [firefox, curl]) expect(await program.statusFor(ended, '/api/v1/summary')).toBe(401);
  });

  test('an API key is shown once, does what its scope says, and stops when it is revoked', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/account'));
    if (script) await expectAlive(page);
    const keys = part(page, 'api_keys');
    await keys.getByLabel(word('account.keys.name')).fill('Hall widget');
    await keys.getByLabel(word('account.keys.scope')).selectOption('read');
    await keys.getByLabel(word('account.keys.days')).selectOption('30');
    await keys.getByRole('button', { name: word('account.keys.submit') }).click();
    const shown = keys.getByRole('textbox', { name: word('account.keys.shown.key'), exact: true });
    await expect(shown).toBeVisible();
    const secret = await shown.inputValue();
    expect(secret).toMatch(/^dsk_\w{20,}$/);
    expect(page.url()).not.toContain(secret);
    await page.reload();
    await expect(keys.getByText(word('account.keys.gone'))).toBeVisible();
    expect(await page.content()).not.toContain(secret);

    const ask = async (path: string, headers: Record<string, string>) => (await fetch(program.url(path), { headers })).status;
    const bearer = { Authorization: `Bearer ${secret}` };
    expect(await ask('/api/v1/summary', bearer)).toBe(200);
    expect(await ask('/api/v1/summary', { 'X-API-Key': secret })).toBe(200);
    expect(await ask('/api/v1/rejected', bearer), 'more than its scope').toBe(404);
    expect(await ask('/api/v1/summary', { Authorization: `Bearer ${otherSecret(secret)}` })).toBe(401);
    expect(await ask('/api/v1/summary', {})).toBe(401);

    const row = keys.getByRole('listitem').filter({ hasText: 'Hall widget' });
    await expect(row).toContainText(secret.slice(0, 8));
    await row.getByText(word('account.keys.revoke'), { exact: true }).click();
    await row.getByRole('button', { name: word('account.keys.revoke_submit') }).click();
    await expect(keys.getByText(word('account.done.key_revoked'))).toBeVisible();
    await expect(row).toContainText(pattern('account.keys.revoked'));
    expect(await ask('/api/v1/summary', bearer)).toBe(401);
  });
});

test('the account is accessible and fits a phone, with all there can be', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  await program.signInElsewhere(ADMINISTRATOR, `${'a very long name of a browser '.repeat(9)}`);
  const cookie = await program.signIn();
  await program.post('create_api_key', { name: `w${'ide'.repeat(60)}`.slice(0, 64), scope: 'read', days: 'never' }, { cookie });
  await page.goto(program.url('/account'));
  const keys = part(page, 'api_keys');
  await keys.getByLabel(word('account.keys.name')).fill('Hall widget');
  await keys.getByRole('button', { name: word('account.keys.submit') }).click();
  await expect(keys.getByRole('textbox', { name: word('account.keys.shown.key'), exact: true })).toBeVisible();
  await expectAlive(page);
  await keys.getByText(word('account.keys.revoke'), { exact: true }).last().click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});
