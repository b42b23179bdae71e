// Shared links: created, opened by somebody who is not signed in, deleted. A kiosk page follows, and says when it does not.
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

const HAZEL = { server: 'Hazel', machineId: 'a0000000000000000000000000000007', job: 'Letters' };

withAndWithoutScript((script) => {
  test('a kiosk page opens without a session until its link is deleted', async ({ page, fresh, browser }) => {
    const program = await fresh({ more: ['--open-ingest'] });
    await send(program.url('/api/upload'), report(HAZEL));
    await page.goto(program.url('/settings/sharing'));
    if (script) await expectAlive(page);
    await expect(page.locator('img[src*="/badge/"]')).toBeVisible();
    await page.getByLabel(word('sharing.add.kind'), { exact: true }).selectOption('kiosk');
    await page.getByRole('button', { name: word('sharing.add.submit'), exact: true }).click();
    const link = page.locator('.shared-link');
    await expect(link).toHaveCount(1);
    if (script) await expectAccessible(page, 'shared links');
    const address = await link.locator('input.field').first().inputValue();

    const stranger = await browser.newContext({ javaScriptEnabled: script });
    const screen = await stranger.newPage();
    await screen.goto(address);
    await expect(screen.locator('.kiosk-headline')).toBeVisible();
    await expect(screen.locator('a')).toHaveCount(0);
    await expect(screen.locator('.kiosk-lost')).toBeHidden();
    if (script) {
      await expectAccessible(screen, 'kiosk page');
      await screen.clock.install();
      await screen.reload();
      await send(program.url('/api/upload'), report({ ...HAZEL, job: 'Photos', result: 'Fatal' }));
      await screen.clock.runFor(16_000);
      await expect(screen.locator('main li')).toHaveCount(1);
      await stranger.setOffline(true);
      await screen.clock.runFor(16_000);
      await expect(screen.locator('.kiosk-lost')).toBeVisible();
      await stranger.setOffline(false);
      await screen.clock.runFor(16_000);
      await expect(screen.locator('.kiosk-lost')).toBeHidden();
    }

    await link.locator('summary', { hasText: word('sharing.delete') }).click();
    await page.getByRole('button', { name: word('sharing.delete_now'), exact: true }).click();
    await expect(link).toHaveCount(0);
    const answer = await screen.goto(address);
    expect(answer?.status()).toBe(404);
    await stranger.close();
  });
});
