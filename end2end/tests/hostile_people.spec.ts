// Whatever users, browsers and addresses say is shown as text: names, devices, keys, filters, parameters of the URL.
import type { Page } from '@playwright/test';
import { expectAlive } from '../support/checks.ts';
import { ADMINISTRATOR, become } from '../support/sign_in.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';

const EVIL = '<img src=x onerror=alert(1)>';
/**
 * Closes whatever may surround it: an attribute, a script, a comment, the texts that a page embeds for the browser.
 */
const WORSE = `"'><svg onload=alert(2)></script><script>alert(3)</script><!--`;
const inUrl = encodeURIComponent(EVIL + WORSE);

/** Collects the requests of the browser, which must all be to the program. */
function requestsOf(page: Page): string[] {
  const all: string[] = [];
  page.on('request', (request) => all.push(request.url()));
  return all;
}

async function expectHarmless(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.locator('img[src="x"], svg[onload], main script')).toHaveCount(0);
}

async function expectText(page: Page, times = 1): Promise<void> {
  await expectHarmless(page);
  await expect(page.getByText(EVIL).nth(times - 1)).toBeAttached();
}

withAndWithoutScript((script) => {
  test('what people call themselves, their keys and their devices is text', async ({ page, fresh }) => {
    // The log contains the name of the folder.
    const program = await fresh({ more: ['--log', 'debug'], folder: `duplistatus-${EVIL}-` });
    const cookie = await program.signIn();
    const put = async (form: string, fields: Record<string, string>) => {
      const answer = await program.post(form, fields, { cookie });
      expect(answer.status, `${form}: ${await answer.text()}`).toBe(302);
      expect(answer.headers.get('location'), form).not.toContain('__err');
    };
    await put('save_profile', { display_name: EVIL + WORSE, email: 'a@b.example' });
    await put('create_api_key', { name: EVIL, scope: 'admin', days: 'never' });
    await put('create_key', { server: EVIL, page: '/settings/keys' });
    // An invalid user name, a device, and a name with a wrong password.
    expect((await program.post('create_user', { name: EVIL, role: 'viewer' }, { cookie })).headers.get('location')).toContain('__err');
    expect(await program.signInElsewhere(ADMINISTRATOR, EVIL + WORSE)).toBeTruthy();
    expect(await program.signInElsewhere({ name: EVIL, password: EVIL })).toBeUndefined();
    await fetch(program.url(`/api/${inUrl}`), { headers: { 'X-Forwarded-For': EVIL, Cookie: cookie } });
    await fetch(program.url(`/api/upload/${inUrl}`), { method: 'POST', body: `{"${EVIL}": ` });

    await become(page, program, cookie);
    const asked = requestsOf(page);
    // The name in the top bar, and what else the page shows.
    for (const [path, times] of [
      ['/', 1],
      ['/account', 3],
      ['/settings/keys', 2],
      ['/settings/users', 3],
      ['/settings/audit', 4],
      ['/settings/security', 1],
      ['/settings/health', 1],
      ['/settings/logs?level=trace', 2],
      ['/rejected', 1],
    ] as const) {
      await page.goto(program.url(path));
      if (script) await expectAlive(page);
      await expectText(page, times);
      for (const details of await page.locator('main details > summary').all()) {
        if (await details.isVisible()) await details.click();
      }
      await expectHarmless(page);
    }
    expect(asked.filter((url) => !url.startsWith(program.origin))).toEqual([]);
    expect(asked.filter((url) => new URL(url).pathname.endsWith('/x'))).toEqual([]);
  });

  test('what an address says is text', async ({ page, fresh, context, guard }) => {
    guard.allow(/40[04]/);
    const program = await fresh({ more: ['--log', 'debug'] });
    const asked = requestsOf(page);
    for (const [path, shown] of [
      [`/?q=${inUrl}`, false],
      [`/?shown=${inUrl}`, false],
      [`/account?done=${inUrl}&key=${inUrl}&codes=${inUrl}`, false],
      [`/settings/users?done=${inUrl}&shown=${inUrl}`, false],
      [`/settings/keys?shown=${inUrl}`, false],
      [`/settings/audit?text=${inUrl}`, true],
      [`/settings/audit?actor=${inUrl}&action=${inUrl}&result=${inUrl}&from=${inUrl}&page=${inUrl}`, true],
      [`/settings/logs?level=trace&text=${inUrl}`, false],
      [`/settings/security?done=${inUrl}`, false],
      [`/there/is/${inUrl}`, false],
    ] as const) {
      await page.goto(program.url(path));
      if (script && !path.startsWith('/there')) await expectAlive(page);
      await (shown ? expectText(page) : expectHarmless(page));
    }
    // Why a form failed is in the URL, too.
    for (const [at, form] of [
      ['/account', 'save_profile'],
      ['/settings/users', 'create_user'],
      ['/settings/security', 'change_settings'],
    ]) {
      const error = Buffer.from(JSON.stringify({ Invalid: { field: EVIL, hint: WORSE } })).toString('base64');
      const query = new URLSearchParams({ __path: `/api/fn/${form}`, __err: error.replaceAll('+', '-').replaceAll('/', '_') });
      await page.goto(program.url(`${at}?${query}`));
      if (script) await expectAlive(page);
      await expectText(page);
    }
    await context.clearCookies();
    for (const path of [`/login?next=${inUrl}`, `/login?next=${encodeURIComponent('javascript:alert(4)')}`, `/login/code?next=${inUrl}`]) {
      await page.goto(program.url(path));
      await expectHarmless(page);
    }
    expect(asked.filter((url) => !url.startsWith(program.origin))).toEqual([]);
  });
});
