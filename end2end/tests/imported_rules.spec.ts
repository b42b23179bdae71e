// The rules of the Node application: what becomes of them is shown before it does.
import { fileURLToPath } from 'node:url';
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

const DATABASE = fileURLToPath(new URL('../fixtures/node.db', import.meta.url));

withAndWithoutScript((script) => {
  test('rules of the Node application are shown, and created after a look', async ({ page, fresh }) => {
    const program = await fresh();
    await program.run(['import', DATABASE]);
    await page.goto(program.url('/settings/notifications'));
    if (script) await expectAlive(page);
    const preview = page.getByRole('region', { name: word('channels.imported.rules_title') });
    await expect(preview).toBeVisible();
    await page.getByRole('button', { name: word('channels.imported.create') }).click();
    await expect(page.locator('.channel')).toContainText('duplistatus-made-up');
    // One is told of errors only, one of nothing, and one is gone.
    await expect(preview).toContainText('Rowan / Recipes');
    await expect(preview.getByRole('listitem').filter({ hasText: 'Rowan / Letters' })).toContainText(word('channels.imported.nobody'));
    await expect(preview).toContainText('Gone');
    if (script) await expectAccessible(page, 'rules of the Node application');
    await page.goto(program.url('/settings/notifications/rules'));
    await expect(page.getByText(word('notification_rules.empty'), { exact: true })).toBeVisible();
    await page.goto(program.url('/settings/notifications'));
    await preview.getByRole('button', { name: word('channels.imported.apply') }).click();
    await expect(page).toHaveURL(program.url('/settings/notifications/rules'));
    for (const job of ['Recipes', 'Letters']) {
      await expect(page.locator('.notification-rule').filter({ hasText: `Rowan / ${job}` }).first()).toBeVisible();
    }
    await page.goto(program.url('/settings/notifications'));
    await expect(preview).toHaveCount(0);
  });
});
