// Each kind of channel: its form, a mistake in it, a test that works, and one that the receiver rejects. Email has a spec of its own
// (mail.spec.ts), and so have browsers (push.spec.ts). Telegram and Pushover have no server of one's own: only their forms are tried.
import { expectAlive } from '../support/checks.ts';
import { Receiver } from '../support/receiver.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

/** What is entered, with `URL` for the receiver; a mistake, as the field and its value; and what the receiver gets at a test. */
type Kind = { fields: Record<string, string>; wrong: [string, string]; gets?: { method: string; path: RegExp; says?: RegExp } };

const said = /This is a test of the channel/;
const hook = (path: string, says = said): Kind => ({
  fields: { target: `URL${path}` },
  wrong: ['target', 'ftp://receiver.example/x'],
  gets: { method: 'POST', path: new RegExp(`^${path}$`), says },
});

const KINDS: Record<string, Kind> = {
  ntfy: { fields: { target: 'URL', to: 'backups' }, wrong: ['to', 'my backups'], gets: { method: 'POST', path: /^\/$/, says: said } },
  gotify: {
    fields: { target: 'URL', token: 'AbC' },
    wrong: ['target', 'ftp://receiver.example'],
    gets: { method: 'POST', path: /^\/message/, says: said },
  },
  matrix: {
    fields: { target: 'URL', to: '!room:example.org', token: 'syt_1' },
    wrong: ['to', '#room:example.org'],
    gets: { method: 'PUT', path: /^\/_matrix\/client\/v3\/rooms\//, says: said },
  },
  apprise: { fields: { target: 'URL', key: 'family' }, wrong: ['target', 'ftp://receiver.example'], gets: { method: 'POST', path: /^\/notify\//, says: said } },
  slack: hook('/services/T1'),
  mattermost: hook('/hooks/x1'),
  rocket_chat: hook('/hooks/y1'),
  discord: hook('/api/webhooks/1/z', /is a test of the channel/),
  teams: hook('/workflows/1'),
  home_assistant: hook('/api/webhook/1', /"event":"test"/),
  webhook: {
    fields: { target: 'URL/hook', method: 'put', headers: 'X-Place: attic', body: '{"say": "{text}"}' },
    wrong: ['body', '{"say": {text}}'],
    gets: { method: 'PUT', path: /^\/hook$/, says: /^{"say": "This is a test of the channel/ },
  },
  heartbeat: { fields: { target: 'URL/ping/1' }, wrong: ['minutes', '0'], gets: { method: 'GET', path: /^\/ping\/1/ } },
  telegram: { fields: { token: '123:abc', to: '-100123' }, wrong: ['token', 'abc'] },
  pushover: {
    fields: { key: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG', token: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi' },
    wrong: ['key', 'anna'],
  },
};

withAndWithoutScript((script) => {
  test('each kind of channel is entered, corrected, tried, and says what its receiver rejected', async ({ page, fresh }) => {
    test.setTimeout(240_000);
    const receiver = new Receiver();
    const url = await receiver.start();
    const program = await fresh();
    for (const [kind, { fields, wrong, gets }] of Object.entries(KINDS)) {
      await test.step(kind, async () => {
        receiver.status = 200;
        await page.goto(program.url(`/settings/notifications?kind=${kind}#add-channel`));
        if (script) await expectAlive(page);
        const add = page.locator('.channel-add');
        const field = (name: string) => add.locator(`[name="form[${name}]"]`);
        const enter = async () => {
          for (const [name, value] of Object.entries(fields)) {
            if (name === 'method') await field(name).selectOption(value);
            else await field(name).fill(value.replace('URL', url));
          }
        };
        await field('name').fill(`Test ${kind}`);
        await enter();
        await add.getByLabel(word('channels.field.private')).check();
        const [name, value] = wrong;
        // The browser itself refuses some mistakes: the server has to as well.
        await add.locator('form').evaluateAll((forms) => forms.forEach((form) => ((form as HTMLFormElement).noValidate = true)));
        await field(name).fill(value);
        await add.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
        await expect(field(name)).toHaveAttribute('aria-invalid', 'true');
        await expect(field('name')).toHaveValue(`Test ${kind}`);
        if (name === 'minutes') await field('minutes').fill('5');
        await enter();
        await add.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
        const channel = page.locator('.channel').filter({ has: page.getByRole('heading', { name: `Test ${kind}`, exact: true }) });
        await expect(channel).toBeVisible();
        if (!gets) return;
        const before = receiver.requests.length;
        const tried = () => receiver.requests.slice(before).filter(({ path }) => gets.path.test(path));
        await channel.getByRole('button', { name: word('channels.test') }).click();
        await expect(channel).toContainText(word('channels.state.test_worked'));
        const [got] = tried();
        expect(got?.method).toBe(gets.method);
        if (gets.says) expect(got.body.toString()).toMatch(gets.says);
        receiver.status = 403;
        await channel.getByRole('button', { name: word('channels.test') }).click();
        await expect(channel).toContainText('403: forbidden');
      });
    }
    // What was tried is in the history.
    await page.goto(program.url('/settings/notifications/history'));
    const rows = page.getByRole('row').filter({ hasText: word('channels.topic.test') });
    await expect(rows.filter({ hasText: 'Test webhook' })).toHaveCount(2);
    receiver.end();
  });
});
