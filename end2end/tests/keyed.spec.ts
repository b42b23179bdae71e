// A list that changes while a user is about to act on one of its rows.
import type { Page } from '@playwright/test';
import { expectLive } from '../support/checks.ts';
import type { Program } from '../support/program.ts';
import { report, send } from '../support/report.ts';
import { expect, test } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

/** Creates a key for a server; returns its address. */
async function makeKey(program: Program, server: string): Promise<string> {
  const said = await program.run(['key', 'create', '--server', server]);
  return /http\S+/.exec(said)?.[0] ?? '';
}

/** Creates a key in the running program, as another open page would: this page is notified. */
async function makeKeyMeanwhile(program: Program, server: string): Promise<void> {
  await program.post('create_key', { server, page: '/settings/keys' }, { cookie: await program.signIn() });
}

function row(page: Page, server: string) {
  return page.getByRole('row').filter({ hasText: server });
}

test('an open question stays with its key when keys are added above it', async ({ page, fresh }) => {
  const program = await fresh();
  const rowan = await makeKey(program, 'Rowan');
  await page.goto(program.url('/settings/keys'));
  await expectLive(page);
  await row(page, 'Rowan').getByText(word('keys.revoke.ask')).click();
  const submit = page.getByRole('button', { name: word('keys.revoke.submit') }).and(page.locator(':visible'));
  await submit.focus();
  const prefix = await row(page, 'Rowan').locator('code').first().innerText();
  const question = page.getByText(pattern('keys.revoke.what', { server: 'Rowan', prefix: prefix.replace('…', '') }));
  await expect(question).toBeVisible();

  // Newest first: these are listed above it.
  await makeKeyMeanwhile(program, 'Maple');
  await makeKeyMeanwhile(program, 'Cedar');
  await expect(row(page, 'Cedar')).toBeVisible();
  await expect(question, 'it still asks about the same key').toBeVisible();
  await expect(submit).toHaveCount(1);
  await expect(submit, 'the focus stayed with its row').toBeFocused();
  // The row continues to update.
  await send(rowan, report({ server: 'Rowan', job: 'Maps' }));
  await expect(row(page, 'Rowan')).toContainText(word('keys.state.used'));
  await expect(question).toBeVisible();

  await submit.click();
  await expect(row(page, 'Rowan')).toContainText(word('keys.state.revoked'));
  expect((await send(rowan, report({ server: 'Rowan', job: 'Maps', began: 2 }))).status).toBe(401);
  for (const server of ['Maple', 'Cedar']) await expect(row(page, server)).not.toContainText(word('keys.state.revoked'));
});

test('the focus stays with its job when the list is sorted anew', async ({ page, fresh }) => {
  const program = await fresh({ more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Alder', machineId: 'a1', job: 'Letters', began: 50 }));
  await send(upload, report({ server: 'Birch', machineId: 'b1', job: 'Recipes', began: 90 }));
  await page.goto(program.url('/'));
  await expectLive(page);
  const link = page.getByRole('table').getByRole('link', { name: 'Recipes', exact: true });
  await link.focus();
  // Its server becomes the worst, and moves to the top.
  await send(upload, report({ server: 'Birch', machineId: 'b1', job: 'Recipes', result: 'Error', began: 2 }));
  await expect(page.getByRole('table').getByRole('rowheader').first()).toContainText('Birch');
  await expect(link).toBeFocused();
});
