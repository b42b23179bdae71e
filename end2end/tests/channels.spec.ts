// Notifications: a channel is added, tried, changed and deleted, and a failed run is told to a receiver on loopback.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

/** A receiver that keeps what it gets and answers with `status`. */
class Receiver {
  readonly messages: { title: string; message: string; topic: string }[] = [];
  readonly authorizations: (string | undefined)[] = [];
  status = 200;
  private readonly server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.messages.push(JSON.parse(Buffer.concat(parts).toString()));
      this.authorizations.push(request.headers.authorization);
      response.writeHead(this.status, { 'Content-Type': 'application/json' });
      response.end(this.status === 200 ? '{}' : '{"error":"forbidden"}');
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  end(): void {
    this.server.close();
  }
}

withAndWithoutScript((script) => {
  test('a channel is added, tried, told of a failed run, and deleted', async ({ page, fresh }) => {
    const receiver = new Receiver();
    const url = await receiver.start();
    const program = await fresh({ more: ['--open-ingest'] });
    const story = { server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: 'Recipes' };
    await send(program.url('/api/upload'), report(story));
    await page.goto(program.url('/'));
    await expect(page.getByText(word('dashboard.untold'))).toBeVisible();
    await page.getByRole('link', { name: word('dashboard.untold_link') }).click();
    await expect(page.getByText(word('channels.empty'), { exact: true })).toBeVisible();
    if (script) await expectAlive(page);
    await page.getByRole('link', { name: 'ntfy', exact: true }).click();
    await page.getByLabel(word('channels.field.name'), { exact: true }).fill('<b>Family</b>');
    await page.getByLabel(word('channels.field.server')).fill(url);
    await page.getByLabel(word('channels.field.topic'), { exact: true }).fill('backups');
    await page.locator('input[name="form[token]"]').fill('tk_secret');
    if (script) await expectAccessible(page, 'form of a channel');
    await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
    await expect(page.getByRole('heading', { level: 2, name: '<b>Family</b>' })).toBeVisible();
    expect(await page.content()).not.toContain('tk_secret');

    // Its address is private, which was not allowed: that is said at once.
    await expect(page.locator('.channel')).toContainText('private network');

    // A channel alone is not enough: the dashboard asks until something was delivered.
    await page.goto(program.url('/'));
    await expect(page.getByText(word('dashboard.untried'))).toBeVisible();
    await page.getByRole('link', { name: word('dashboard.untried_link') }).click();
    await expect(page.getByRole('heading', { level: 2, name: '<b>Family</b>' })).toBeVisible();

    const channel = page.locator('.channel');
    await channel.getByRole('button', { name: word('channels.test') }).click();
    await expect(channel).toContainText('private network');
    expect(receiver.messages).toHaveLength(0);
    await channel.locator('summary').filter({ hasText: word('channels.edit') }).click();
    await channel.getByLabel(word('channels.field.private')).check();
    await channel.getByRole('button', { name: word('channels.save'), exact: true }).click();
    await channel.getByRole('button', { name: word('channels.test') }).click();
    await expect(channel).toContainText(word('channels.state.test_worked'));
    await page.goto(program.url('/'));
    await expect(page.getByText(word('dashboard.untried'))).toHaveCount(0);
    await page.goto(program.url('/settings/notifications'));
    expect(receiver.messages[0]?.topic).toBe('backups');
    expect(receiver.authorizations[0]).toBe('Bearer tk_secret');

    await send(program.url('/api/upload'), report({ ...story, result: 'Error', began: 4 }));
    await expect(() => {
      expect(receiver.messages.map((message) => message.title)).toContain('Failed: Rowan / Recipes');
    }).toPass();
    await page.goto(program.url('/settings/notifications'));
    await expect(page.getByRole('row', { name: /Rowan \/ Recipes/ })).toContainText(word('channels.status.sent'));
    if (script) await expectAccessible(page, 'notifications');

    receiver.status = 403;
    await channel.getByRole('button', { name: word('channels.test') }).click();
    await expect(channel).toContainText('403: forbidden');
    await channel.locator('summary').filter({ hasText: word('channels.delete') }).click();
    await channel.getByRole('button', { name: word('channels.delete_now') }).click();
    await expect(page.getByText(word('channels.empty'), { exact: true })).toBeVisible();
    receiver.end();
  });
});

test('who may not see settings sees neither the page nor the notice', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  await expect(page.getByText(word('dashboard.untold'))).toHaveCount(0);
});
