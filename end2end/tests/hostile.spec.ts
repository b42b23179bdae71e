// Whatever a report contains is shown as text.
import type { Page } from '@playwright/test';
import { expectAlive } from '../support/checks.ts';
import { firstRun, firstServer } from '../support/paths.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';

const EVIL = '<img src=x onerror=alert(1)>';

const story = (result: 'Warning' | 'Fatal', began: number) => ({
  server: `s${EVIL}`,
  machineId: `m${EVIL}`,
  job: `j${EVIL}`,
  result,
  lines: [
    `2026-07-01 03:00:30 +02 - [Warning-Duplicati.${EVIL}-X]: w${EVIL}`,
    `2026-07-01 03:00:31 +02 - [Error-Duplicati.Y-Z]: e${EVIL}</script><script>alert(2)</script>`,
  ],
  exception: result === 'Fatal' ? `System.Exception: x${EVIL}\n   at ${EVIL}` : null,
  version: `2.3.0.4 (${EVIL})`,
  operatingSystem: `o${EVIL}`,
  destination: `d${EVIL}`,
  began,
});

async function expectText(page: Page): Promise<void> {
  await expect(page.getByRole('main')).toContainText(EVIL);
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
  await expect(page.locator('main script')).toHaveCount(0);
}

withAndWithoutScript((script) => {
  test('hostile text stays text', async ({ page, fresh }) => {
    const program = await fresh({ more: ['--open-ingest'] });
    const upload = program.url('/api/upload');
    expect((await send(upload, report(story('Warning', 120)))).status).toBe(200);
    await page.goto(program.url('/'));
    if (script) await expectAlive(page);
    // If there is a script, the browser draws the second one.
    expect((await send(upload, report(story('Fatal', 10)))).status).toBe(200);
    expect((await send(upload, `{"${EVIL}": ${EVIL}`)).status).toBe(400);
    await expectText(page);
    const run = await firstRun(program);
    for (const path of ['/', await firstServer(program), run, `${run}/raw`, '/settings/keys']) {
      await page.goto(program.url(path));
      if (script) await expectAlive(page);
      if (path !== '/settings/keys') await expectText(page);
    }
    await expect(async () => {
      await page.goto(program.url('/rejected'));
      await expectText(page);
    }).toPass({ timeout: 10_000 });
  });
});
