// E-mail channels against a real SMTP server: STARTTLS, TLS and neither, signing in, an own authority, several recipients.
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { AUTHORITY, header, Mailbox, parts } from '../support/mailbox.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

const ANNA = { name: 'anna', password: 'pässword 1' };
const STORY = { server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: '<b>Recipes</b>' };

withAndWithoutScript((script) => {
  test('an e-mail channel is corrected, tried and told of a failed run', async ({ page, fresh }) => {
    const mailbox = await Mailbox.start('starttls', ANNA);
    const program = await fresh({ more: ['--open-ingest'] });
    await send(program.url('/api/upload'), report(STORY));
    await page.goto(program.url('/settings/notifications'));
    if (script) await expectAlive(page);
    await page.getByRole('link', { name: word('channels.kind.email'), exact: true }).click();
    const field = (name: string) => page.locator(`.channel-add [name="form[${name}]"]`);
    await field('name').fill('Parents');
    await field('to').fill('anna@example.org\nnot an address');
    await field('from').fill('duplistatus <backup@example.org>');
    await field('target').fill('localhost');
    await field('port').fill(String(mailbox.port));
    await field('user').fill(ANNA.name);
    await field('token').fill(ANNA.password);
    await field('ca').fill(AUTHORITY);
    await page.locator('.channel-add').getByLabel(word('channels.field.private')).check();
    if (script) await expectAccessible(page, 'form of an e-mail channel');
    await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();

    // What is wrong is said at its field, and nothing but the password has to be entered again.
    await expect(field('to')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('.field-error')).toContainText('anna@example.org');
    await expect(field('name')).toHaveValue('Parents');
    await expect(field('target')).toHaveValue('localhost');
    await expect(field('token')).toHaveValue('');
    if (script) await expectAccessible(page, 'form with an error');
    await field('to').fill('anna@example.org, otto@example.org');
    await field('token').fill(ANNA.password);
    await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
    const channel = page.locator('.channel');
    await expect(channel).toContainText(`anna@example.org +1 (localhost:${mailbox.port})`);
    expect(await page.content()).not.toContain(ANNA.password);

    mailbox.unknown.add('otto@example.org');
    await channel.getByRole('button', { name: word('channels.test') }).click();
    await expect(channel).toContainText(word('channels.state.test_worked'));
    await expect(channel).toContainText('250 2.0.0 Ok: queued as B00C; not delivered to otto@example.org: 550 5.1.1 No such user');
    expect(mailbox.mails).toHaveLength(1);
    expect(mailbox.mails[0]).toMatchObject({ from: 'backup@example.org', to: ['anna@example.org'], user: 'anna', secure: true });
    mailbox.unknown.clear();

    await send(program.url('/api/upload'), report({ ...STORY, result: 'Error', began: 4 }));
    await expect(() => expect(mailbox.mails).toHaveLength(2)).toPass();
    const failed = mailbox.mails[1];
    expect(failed.to).toEqual(['anna@example.org', 'otto@example.org']);
    expect(header(failed, 'Subject')).toBe('Failed: Rowan / <b>Recipes</b>');
    expect(header(failed, 'Auto-Submitted')).toBe('auto-generated');
    expect(header(failed, 'References')).toMatch(/^<duplistatus\.\w+\.incident-\d+@example\.org>$/);
    const texts = parts(failed);
    expect(texts.get('text/plain')).toContain('Failed: Rowan / <b>Recipes</b>');
    expect(texts.get('text/html')).toContain('&lt;b&gt;Recipes&lt;/b&gt;');
    expect(texts.get('text/html')).not.toContain('<b>Recipes');
    await mailbox.end();
  });
});

test('the e-mail is legible by a screen reader, in light and in dark', async ({ page, fresh }) => {
  test.setTimeout(60_000);
  const mailbox = await Mailbox.start('tls', ANNA);
  const program = await fresh({ more: ['--open-ingest'] });
  const cookie = await program.signIn();
  const body = new URLSearchParams({
    'form[name]': 'Parents', 'form[kind]': 'email', 'form[delay]': '0', 'form[target]': 'localhost', 'form[port]': String(mailbox.port),
    'form[security]': 'tls', 'form[user]': ANNA.name, 'form[token]': ANNA.password, 'form[from]': 'backup@example.org',
    'form[to]': 'anna@example.org', 'form[ca]': AUTHORITY, 'form[topics][]': 'failed', private: 'true', in_use: 'true',
  });
  await fetch(program.url('/api/fn/save_channel'), { method: 'POST', headers: { Cookie: cookie }, body, redirect: 'manual' });
  await send(program.url('/api/upload'), report({ ...STORY, result: 'Error' }));
  await expect(() => expect(mailbox.mails).toHaveLength(1)).toPass();
  const mail = parts(mailbox.mails[0]).get('text/html') ?? '';
  // A mail program shows it within its own page.
  const html = mail.replace(/(<body[^>]*>)/, '$1<main>').replace('</body>', '</main></body>');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setContent(html);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Failed: Rowan / <b>Recipes</b>');
    await expect(page.getByRole('row')).toHaveCount(2);
    await expect(page.getByRole('rowheader')).toHaveText('<b>Recipes</b>');
    await expectAccessible(page, `e-mail in ${colorScheme}`);
  }
  await mailbox.end();
});

test('a server that does not offer STARTTLS, does not trust the user or has another certificate is told in its words', async ({ page, fresh }) => {
  const [plain, tls] = [await Mailbox.start('plain', ANNA), await Mailbox.start('tls', ANNA)];
  const program = await fresh({ more: ['--open-ingest'] });
  await send(program.url('/api/upload'), report(STORY));
  await page.goto(program.url('/settings/notifications?kind=email'));
  const field = (name: string) => page.locator(`.channel-add [name="form[${name}]"]`);
  await field('to').fill('anna@example.org');
  await field('from').fill('backup@example.org');
  await field('target').fill('localhost');
  await field('port').fill(String(plain.port));
  await page.locator('.channel-add').getByLabel(word('channels.field.private')).check();
  await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
  const channel = page.locator('.channel');
  const tried = async (text: string) => {
    await channel.getByRole('button', { name: word('channels.test') }).click();
    await expect(channel).toContainText(text);
  };
  const change = async (values: Record<string, string>, security: string) => {
    await channel.locator('summary').filter({ hasText: word('channels.edit') }).click();
    await channel.locator('[name="form[security]"]').selectOption(security);
    for (const [name, value] of Object.entries(values)) await channel.locator(`[name="form[${name}]"]`).fill(value);
    await channel.getByRole('button', { name: word('channels.save'), exact: true }).click();
    await expect(channel).toContainText(word('channels.state.untried'));
  };
  await tried('does not offer STARTTLS');
  await change({ user: 'anna', token: 'wrong' }, 'plain');
  await tried('535 5.7.8 Authentication failed');
  await change({ user: '', token: '', port: String(tls.port) }, 'tls');
  await tried('the certificate of localhost');
  await change({ ca: AUTHORITY, user: ANNA.name, token: ANNA.password }, 'tls');
  await tried(word('channels.state.test_worked'));
  expect(tls.mails).toHaveLength(1);
  expect(plain.mails).toHaveLength(0);
  // Health and dashboard say that it fails.
  await Promise.all([plain.end(), tls.end()]);
  await tried('no connection to localhost');
  await page.goto(program.url('/settings/health'));
  await expect(page.locator('[data-check="notifications"]')).toContainText('no connection to localhost');
  await page.goto(program.url('/'));
  // Every page of an administrator says so, and from when on.
  for (const path of ['/', '/runs', '/settings/health']) {
    await page.goto(program.url(path));
    await expect(page.getByText(pattern('frame.problem.channel_since', { name: word('channels.kind.email') }))).toBeVisible();
  }
  const ready = await (await fetch(program.url('/api/health'))).json();
  expect(ready).toMatchObject({ status: 'healthy', notifications: 'failing' });
});
