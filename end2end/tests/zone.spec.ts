// Times name their zone if it is not the reader's.
import { expectAlive } from '../support/checks.ts';
import { expect, test } from '../support/test.ts';
import { pattern } from '../support/words.ts';

test.describe('somebody in another zone', () => {
  test.use({ timezoneId: 'Asia/Kathmandu' });

  test('is told in which zone the times are', async ({ page, demo }) => {
    await page.goto(demo.url('/'));
    await expectAlive(page);
    await expect(page.getByText(pattern('live.zone', { zone: 'UTC', offset: 'UTC', own: 'UTC+5:45' }))).toBeVisible();
    await expect(page.locator('time[title*="UTC"]').first()).toBeAttached();
  });
});

test.describe('somebody in the zone of the site', () => {
  test.use({ timezoneId: 'UTC' });

  test('is not', async ({ page, demo }) => {
    await page.goto(demo.url('/'));
    await expectAlive(page);
    await expect(page.getByText(pattern('live.zone'))).toBeHidden();
  });
});
