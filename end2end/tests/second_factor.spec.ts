// The second factor: set up with an app, required at sign-in, replaced by recovery codes, turned off.
import type { Page } from '@playwright/test';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { ADMINISTRATOR, enter } from '../support/sign_in.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { code } from '../support/totp.ts';
import { pattern, word } from '../support/words.ts';

const section = (page: Page) => page.getByRole('region', { name: word('account.parts.second_factor') });

/** Starts the setup; returns the secret shown. */
async function begin(page: Page): Promise<string> {
  await section(page).getByLabel(word('account.second_factor.password')).fill(ADMINISTRATOR.password);
  await section(page).getByRole('button', { name: word('account.second_factor.begin') }).click();
  await expect(section(page).getByRole('img', { name: word('account.second_factor.qr') })).toBeVisible();
  return (await section(page).locator('code.secret').textContent()) ?? '';
}

/** Enters a code of the app. */
async function confirm(page: Page, typed: string): Promise<void> {
  await section(page).getByLabel(word('account.second_factor.code'), { exact: true }).fill(typed);
  await section(page).getByRole('button', { name: word('account.second_factor.confirm') }).click();
}

/** Opens a form that asks for the password, and submits it. */
async function answer(page: Page, ask: string, submit: string, password: string): Promise<void> {
  const question = section(page).getByRole('group').filter({ hasText: word(ask) });
  if (!(await question.getByRole('button').isVisible())) await question.getByText(word(ask)).click();
  await question.getByLabel(word('account.second_factor.password')).fill(password);
  await question.getByRole('button', { name: word(submit) }).click();
}

/** Signs in with the password, up to the page that asks for a code. */
async function untilCode(page: Page, url: string): Promise<void> {
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.goto(url);
  await enter(page, ADMINISTRATOR);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('sign_in.code.title'));
}

/** Enters a code there. */
async function bring(page: Page, typed: string): Promise<void> {
  await page.getByLabel(word('sign_in.code.code'), { exact: true }).fill(typed);
  await page.getByRole('button', { name: word('sign_in.submit') }).click();
}

test('recovery codes are printed by a button, and the paper has nothing but them and the name of the site', async ({ page, fresh }) => {
  const program = await fresh();
  await page.addInitScript(() => {
    window.print = () => document.documentElement.setAttribute('data-printed', 'true');
  });
  await page.goto(program.url('/account'));
  await expectAlive(page);
  const secret = await begin(page);
  await confirm(page, code(secret));
  await expectAlive(page);
  await section(page).getByRole('button', { name: word('account.codes.print') }).click();
  await expect(page.locator('html')).toHaveAttribute('data-printed', 'true');
  const codes = await section(page).locator('.codes li').allTextContents();
  expect(codes).toHaveLength(10);
  await page.emulateMedia({ media: 'print' });
  const lines = (await page.locator('body').innerText()).split('\n').map((line) => line.trim()).filter(Boolean);
  const [title, ...rest] = lines.filter((line) => !/^\d+\.?$/.test(line));
  expect(title).toContain(new URL(program.url('/')).host);
  expect(rest).toEqual(codes);
});

withAndWithoutScript((script) => {
  const base = script ? '' : BASE;

  test('an app makes codes, recovery codes stand in for it, and both work once', async ({ page, fresh }) => {
    test.slow();
    const program = await fresh({ base });
    const elsewhere = await program.signInElsewhere(ADMINISTRATOR);
    await page.goto(program.url('/account'));
    if (script) await expectAlive(page);
    const secret = await begin(page);
    await confirm(page, code(secret, 5));
    await expect(section(page).getByText(word('errors.credentials.code'))).toBeVisible();
    expect(await program.statusFor(elsewhere, '/api/v1/summary'), 'nothing changed yet').toBe(200);
    await confirm(page, code(secret));
    await expect(section(page).getByText(word('account.done.second_factor_on'))).toBeVisible();
    const codes = await section(page).locator('.codes code').allTextContents();
    expect(new Set(codes).size).toBe(10);
    expect(codes.every((one) => /^[a-z0-9]{4}(-[a-z0-9]{4}){2}$/.test(one)), codes.join()).toBe(true);
    expect(codes.some((one) => page.url().includes(one))).toBe(false);
    expect(await program.statusFor(elsewhere, '/api/v1/summary'), 'other sessions end').toBe(401);
    expect(await program.statusFor(await program.signInElsewhere(ADMINISTRATOR), '/api/v1/summary'), 'without a code').toBe(401);
    await page.reload();
    await expect(section(page).getByText(word('account.codes.gone'))).toBeVisible();
    expect(await page.content()).not.toContain(codes[0]);

    await untilCode(page, program.url('/rejected'));
    await bring(page, '000000');
    await expect(page.getByText(word('errors.credentials.code'))).toBeVisible();
    // The current code was used to turn it on.
    const used = code(secret, 1);
    await bring(page, used);
    await expect(page).toHaveURL(program.url('/rejected'));
    if (script) await expectAlive(page);

    await untilCode(page, program.url('/account'));
    await bring(page, used);
    await expect(page.getByText(word('errors.credentials.code'))).toBeVisible();
    await bring(page, codes[3].toUpperCase().replaceAll('-', ' '));
    await expect(page).toHaveURL(program.url('/account'));
    await expect(section(page).getByText(pattern('account.second_factor.codes_left_other', { count: '9' }))).toBeVisible();

    await untilCode(page, program.url('/account'));
    await bring(page, codes[3]);
    await expect(page.getByText(word('errors.credentials.code'))).toBeVisible();
    await bring(page, codes[4]);
    await expect(page).toHaveURL(program.url('/account'));

    await answer(page, 'account.second_factor.renew', 'account.second_factor.renew_submit', ADMINISTRATOR.password);
    await expect(section(page).getByText(word('account.done.recovery_codes'))).toBeVisible();
    const renewed = await section(page).locator('.codes code').allTextContents();
    expect(renewed.length).toBe(10);
    expect(renewed.some((one) => codes.includes(one))).toBe(false);

    await answer(page, 'account.second_factor.remove', 'account.second_factor.remove_submit', 'not the password');
    await expect(section(page).getByText(word('errors.credentials.password'))).toBeVisible();
    await answer(page, 'account.second_factor.remove', 'account.second_factor.remove_submit', ADMINISTRATOR.password);
    await expect(section(page).getByText(word('account.done.second_factor_off'))).toBeVisible();
    expect(await program.statusFor(await program.signInElsewhere(ADMINISTRATOR), '/api/v1/summary')).toBe(200);
  });

  test('a set-up that was not finished can be given up', async ({ page, fresh }) => {
    const program = await fresh({ base });
    await page.goto(program.url('/account'));
    if (script) await expectAlive(page);
    await section(page).getByLabel(word('account.second_factor.password')).fill('not the password');
    await section(page).getByRole('button', { name: word('account.second_factor.begin') }).click();
    await expect(section(page).getByText(word('errors.credentials.password'))).toBeVisible();
    await begin(page);
    await answer(page, 'account.second_factor.cancel', 'account.second_factor.cancel_submit', ADMINISTRATOR.password);
    await expect(section(page).getByText(word('account.second_factor.off'), { exact: true })).toBeVisible();
    await expect(section(page).locator('code.secret')).toHaveCount(0);
    expect(await program.statusFor(await program.signInElsewhere(ADMINISTRATOR), '/api/v1/summary')).toBe(200);
  });
});

test('each step is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh();
  const check = async (state: string, ...schemes: ('light' | 'dark')[]) => {
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectAccessible(page, `${state}, ${colorScheme}`);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoOverflow(page);
    await page.setViewportSize({ width: 1280, height: 900 });
  };
  await page.goto(program.url('/account'));
  const secret = await begin(page);
  await expectAlive(page);
  await section(page).getByText(word('account.second_factor.cancel'), { exact: true }).click();
  await check('the secret', 'light', 'dark');
  await confirm(page, code(secret));
  await expect(section(page).locator('.codes code')).toHaveCount(10);
  await expectAlive(page);
  await section(page).getByText(word('account.second_factor.renew'), { exact: true }).click();
  await check('the codes', 'dark', 'light');
  await untilCode(page, program.url('/'));
  await check('where the code is asked for', 'dark');
});
