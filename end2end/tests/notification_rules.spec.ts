// Rules, quiet hours, the history of messages and links in messages: with a receiver on loopback.
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { Receiver } from '../support/receiver.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  test('a rule is tried and saved, a server is muted, and the history says so', async ({ page, fresh }) => {
    const receiver = new Receiver();
    const url = await receiver.start();
    const program = await fresh({ more: ['--open-ingest'] });
    const story = { server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: 'Recipes' };
    await send(program.url('/api/upload'), report(story));
    await page.goto(program.url('/settings/notifications/rules'));
    await expect(page.getByText(word('notification_rules.no_channels'))).toBeVisible();
    if (script) await expectAlive(page);
    await page.goto(program.url('/settings/notifications?kind=ntfy'));
    await page.getByLabel(word('channels.field.name'), { exact: true }).fill('Family');
    await page.getByLabel(word('channels.field.server')).fill(url);
    await page.getByLabel(word('channels.field.topic'), { exact: true }).fill('backups');
    await page.getByLabel(word('channels.field.private')).check();
    await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();

    await page.goto(program.url('/settings/notifications/rules'));
    const form = page.locator('#rule-form');
    await form.getByLabel(word('notification_rules.form.scope'), { exact: true }).selectOption('server');
    await form.getByLabel(word('notification_rules.form.name')).fill('Rowan');
    await form.getByLabel(word('notification_rules.form.nobody')).check();
    if (script) await expectAccessible(page, 'form of a rule');
    await form.getByRole('button', { name: word('notification_rules.form.preview') }).click();
    await expect(page.locator('.rule-preview')).toBeVisible();
    await expect(form.getByLabel(word('notification_rules.form.name'))).toHaveValue('Rowan');
    await form.getByRole('button', { name: word('notification_rules.form.save') }).click();
    const rule = page.locator('.notification-rule').first();
    await expect(rule).toContainText('Server Rowan');
    await send(program.url('/api/upload'), report({ ...story, result: 'Error', began: 4 }));
    await page.goto(program.url('/settings/notifications/history'));
    const row = page.getByRole('row', { name: /Rowan \/ Recipes/ });
    await expect(row).toContainText(word('notification_history.reason.rule'));
    if (script) await expectAccessible(page, 'history of messages');
    await page.getByLabel(word('notification_history.filter.status')).selectOption('sent');
    await page.getByRole('button', { name: word('notification_history.filter.submit') }).click();
    await expect(page.getByText(word('notification_history.empty'), { exact: true })).toBeVisible();

    await page.goto(program.url('/settings/notifications/rules'));
    await rule.locator('summary').filter({ hasText: word('notification_rules.delete') }).click();
    await rule.getByRole('button', { name: word('notification_rules.delete_now') }).click();
    await expect(page.getByText(word('notification_rules.empty'), { exact: true })).toBeVisible();
    const hours = page.locator('#hours-1');
    await hours.locator('summary').click();
    await hours.getByLabel(word('notification_rules.hours.from')).fill('22:00');
    await hours.getByLabel(word('notification_rules.hours.to')).fill('07:00');
    await hours.getByRole('button', { name: word('notification_rules.hours.save') }).click();
    await expect(hours).toContainText('22:00');
    expect(receiver.messages).toHaveLength(0);
    receiver.end();
  });

  test('the link in a message acknowledges its incident without signing in', async ({ page, fresh, browser }) => {
    const receiver = new Receiver();
    const url = await receiver.start();
    const program = await fresh({ more: ['--open-ingest'] });
    // Messages have links when the address of the program is known.
    program.options.push('--public-url', program.url(''));
    await program.stop();
    await program.resume();
    const story = { server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: 'Recipes' };
    await send(program.url('/api/upload'), report(story));
    await page.goto(program.url('/settings/notifications?kind=ntfy'));
    await page.getByLabel(word('channels.field.name'), { exact: true }).fill('Family');
    await page.getByLabel(word('channels.field.server')).fill(url);
    await page.getByLabel(word('channels.field.topic'), { exact: true }).fill('backups');
    await page.getByLabel(word('channels.field.private')).check();
    await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
    await send(program.url('/api/upload'), report({ ...story, result: 'Error', began: 4 }));
    await expect(() => {
      expect(receiver.messages.at(-1)?.actions?.[0]?.url).toContain('/snooze/');
    }).toPass();
    const link = new URL(receiver.messages.at(-1)?.actions?.[0]?.url ?? '');
    const stranger = await browser.newContext({ javaScriptEnabled: script });
    const other = await stranger.newPage();
    await other.goto(program.url(link.pathname));
    await expect(other.getByText('Rowan / Recipes').first()).toBeVisible();
    if (script) await expectAccessible(other, 'link of an incident');
    await other.getByRole('button', { name: word('snooze_link.acknowledge'), exact: true }).click();
    await expect(other.getByText(word('snooze_link.acknowledged'))).toBeVisible();
    await expect(other.getByRole('button', { name: word('snooze_link.acknowledge'), exact: true })).toHaveCount(0);
    await other.goto(program.url('/snooze/00'));
    await expect(other.getByText(word('errors.not_found.title'))).toBeVisible();
    await stranger.close();
    receiver.end();
  });

  test('the link in a message about several jobs acknowledges all of them', async ({ page, fresh, browser }) => {
    const receiver = new Receiver();
    const url = await receiver.start();
    const program = await fresh({ more: ['--open-ingest'] });
    program.options.push('--public-url', program.url(''));
    await program.stop();
    await program.resume();
    const story = (job: string) => ({ server: 'Rowan', machineId: 'a0000000000000000000000000000001', job });
    for (const job of ['Recipes', 'Letters', 'Songs']) await send(program.url('/api/upload'), report(story(job)));
    await page.goto(program.url('/settings/notifications?kind=ntfy'));
    await page.getByLabel(word('channels.field.name'), { exact: true }).fill('Family');
    await page.getByLabel(word('channels.field.server')).fill(url);
    await page.getByLabel(word('channels.field.topic'), { exact: true }).fill('backups');
    await page.getByLabel(word('channels.field.private')).check();
    await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
    // The first is told at once; what follows within a minute is one message.
    for (const job of ['Recipes', 'Letters', 'Songs']) {
      await send(program.url('/api/upload'), report({ ...story(job), result: 'Error', began: 4 }));
    }
    test.setTimeout(150_000);
    const several = () => receiver.messages.find(({ title }) => /^2 jobs of Rowan need attention/.test(title));
    await expect(() => expect(several()?.actions?.[0]?.url).toContain('/snooze/')).toPass({ timeout: 100_000 });
    const link = new URL(several().actions[0].url);
    const stranger = await browser.newContext({ javaScriptEnabled: script });
    const other = await stranger.newPage();
    await other.goto(program.url(link.pathname));
    for (const job of ['Letters', 'Songs']) await expect(other.getByText(`Rowan / ${job}`)).toBeVisible();
    await expect(other.getByText('Rowan / Recipes')).toHaveCount(0);
    if (script) await expectAccessible(other, 'link of several incidents');
    await other.getByRole('button', { name: word('snooze_link.acknowledge_all') }).click();
    await expect(other.getByText(word('snooze_link.acknowledged'))).toHaveCount(2);
    await expect(other.getByRole('button', { name: word('snooze_link.acknowledge_all') })).toHaveCount(0);
    await page.goto(program.url('/incidents'));
    await expect(page.getByText('Recipes').first()).toBeVisible();
    await stranger.close();
    receiver.end();
  });
});
