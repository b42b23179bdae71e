// Digests, templates and the report of a period: added, previewed, sent, printed.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  test('a digest is added, previewed and sent, and its text can be read as a report', async ({ page, fresh }) => {
    const messages: { title: string; message: string }[] = [];
    const receiver = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        messages.push(JSON.parse(Buffer.concat(parts).toString()));
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const program = await fresh({ more: ['--open-ingest'] });
    const story = { server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: 'Recipes' };
    await send(program.url('/api/upload'), report(story));
    await page.goto(program.url('/settings/digests'));
    await expect(page.getByText(word('digests.empty'), { exact: true })).toBeVisible();
    await page.getByRole('link', { name: word('digests.add_channel') }).click();
    await page.getByRole('link', { name: 'ntfy', exact: true }).click();
    await page.getByLabel(word('channels.field.server')).fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
    await page.getByLabel(word('channels.field.topic'), { exact: true }).fill('backups');
    await page.getByLabel(word('channels.field.private')).check();
    await page.getByRole('button', { name: word('channels.add.submit'), exact: true }).click();
    await expect(page.locator('.channel')).toHaveCount(1);

    await page.goto(program.url('/settings/digests'));
    if (script) await expectAlive(page);
    await page.getByLabel(word('digests.field.name'), { exact: true }).fill('<b>Monday</b>');
    if (script) await expectAccessible(page, 'form of a digest');
    await page.getByRole('button', { name: word('digests.add.submit'), exact: true }).click();
    const digest = page.locator('.digest');
    await expect(digest.getByRole('heading', { level: 2, name: '<b>Monday</b>' })).toBeVisible();
    await digest.getByRole('link', { name: word('digests.preview') }).click();
    await expect(digest.locator('.message-preview')).toContainText('Weekly summary');
    if (script) await expectAccessible(page, 'preview of a digest');
    await digest.getByRole('button', { name: word('digests.send') }).click();
    await expect(() => {
      expect(messages.map((message) => message.title)).toEqual([expect.stringContaining('Weekly summary')]);
    }).toPass();

    await page.getByRole('link', { name: word('digests.report') }).click();
    await expect(page.getByRole('heading', { level: 2, name: word('report.of_everything') })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Rowan / Recipes' })).toBeVisible();
    if (script) await expectAccessible(page, 'report');
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.report-tools')).toBeHidden();
    await page.emulateMedia({ media: 'screen' });
    receiver.close();
  });

  test('a template is previewed, saved and reset', async ({ page, fresh }) => {
    const program = await fresh({ more: ['--open-ingest'] });
    await send(program.url('/api/upload'), report({ server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: 'Recipes', result: 'Error' }));
    await page.goto(program.url('/settings/templates'));
    await expect(page.locator('.template-preview')).toContainText('Failed: Rowan / Recipes');
    if (script) await expectAccessible(page, 'templates');
    const body = page.getByLabel(word('templates.field.body'), { exact: true });
    await body.fill('{status} <b> {nothing}');
    await page.getByRole('button', { name: word('templates.show') }).click();
    await expect(page.locator('.template-preview')).toContainText('{nothing}');
    await body.fill('{status} <b>');
    await page.getByRole('button', { name: word('templates.show') }).click();
    await expect(page.locator('.template-preview')).toContainText('Error <b>');
    await page.getByRole('button', { name: word('templates.save'), exact: true }).click();
    await expect(page.getByText(word('templates.origin.own'))).toBeVisible();
    await page.getByRole('button', { name: word('templates.reset') }).click();
    await expect(page.getByText(word('templates.origin.default'))).toBeVisible();
  });
});
