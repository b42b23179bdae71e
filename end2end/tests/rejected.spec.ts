// Rejected reports: who sent them, and that they can be dismissed.
import { expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

withAndWithoutScript((script) => {
  test('a rejected report names its machine and job, and can be dismissed', async ({ page, fresh }) => {
    const program = await fresh();
    const name = '<img src=x onerror=alert(1)>';
    expect((await send(program.url('/api/upload/wrong'), report({ server: 'Rowan', job: name }))).status).toBe(401);
    expect((await send(program.url('/api/upload'), 'x')).status).toBe(401);
    const items = page.locator('.rejected-item');
    await expect(async () => {
      await page.goto(program.url('/rejected'));
      await expect(items).toHaveCount(2, { timeout: 500 });
    }).toPass();
    if (script) await expectAlive(page);
    const item = items.filter({ hasText: 'Rowan' });
    await expect(item).toContainText(pattern('rejected.from', { machine: 'Rowan', job: name }));
    await expect(item.locator('h2')).toHaveText(/^[A-Z]/);
    await item.locator('summary', { hasText: word('rejected.dismiss.ask') }).click();
    await expect(item).toContainText(pattern('rejected.dismiss.what_one'));
    await item.getByRole('button', { name: word('rejected.dismiss.submit'), exact: true }).click();
    await expect(items).toHaveCount(1);
    await expect(items).not.toContainText('Rowan');

    await page.goto(program.url('/settings/audit'));
    await expect(page.getByRole('table')).toContainText(word('audit.action.rejected_dismiss'));
  });
});
