// Filter, order, search, range, sorting and pages change the URL and what is shown, with and without a
// script.
import type { Page } from '@playwright/test';
import { expectAlive, expectNotReloaded, mark } from '../support/checks.ts';
import { firstServer } from '../support/paths.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

/** The link of the first run in the history's current order. */
const firstRun = (page: Page) => page.locator('#history a[href*="/runs/"]').first();

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test.describe(`under "${base}/"`, () => {
      const open = async (page: Page, url: string) => {
        await page.goto(url);
        if (script) {
          await expectAlive(page);
          await mark(page);
        }
      };
      const stayed = async (page: Page) => {
        if (script) await expectNotReloaded(page);
      };

      test('range', async ({ page, demo, basedDemo }) => {
        const program = base ? basedDemo : demo;
        const server = await firstServer(program);
        await open(page, program.url(server));
        const ranges = page.getByRole('list', { name: word('server.range.label') });
        const shape = page.locator('figure svg[role=img] path.chart-line').first();
        const before = await shape.getAttribute('d');
        await ranges.getByRole('link', { name: word('server.range.year_short'), exact: true }).click();
        await expect(page).toHaveURL(program.url(`${server}?range=year`));
        await expect(ranges.locator('[aria-current=true]')).toHaveText(word('server.range.year_short'));
        await expect(shape).not.toHaveAttribute('d', before ?? '');
        await stayed(page);
      });

      test('sorting and pages of the history', async ({ page, demo, basedDemo }) => {
        const program = base ? basedDemo : demo;
        const server = await firstServer(program);
        await open(page, program.url(`${server}?range=all`));
        const history = page.locator('#history');
        const column = history.getByRole('columnheader', { name: word('common.columns.duration') });
        await column.getByRole('link').click();
        await expect(page).toHaveURL(/sort=duration/);
        await expect(column).toHaveAttribute('aria-sort', 'descending');
        const longest = await firstRun(page).getAttribute('href');
        await column.getByRole('link').click();
        await expect(page).toHaveURL(/dir=asc/);
        await expect(column).toHaveAttribute('aria-sort', 'ascending');
        await expect(firstRun(page)).not.toHaveAttribute('href', longest ?? '');
        const shortest = await firstRun(page).getAttribute('href');

        const pager = history.getByRole('navigation', { name: word('common.pager.label') });
        await pager.getByRole('link', { name: word('common.pager.next') }).click();
        await expect(page).toHaveURL(/page=2/);
        await expect(firstRun(page)).not.toHaveAttribute('href', shortest ?? '');
        await pager.getByRole('link', { name: word('common.pager.previous') }).click();
        await expect(firstRun(page)).toHaveAttribute('href', shortest ?? '');
        await stayed(page);
        // The back button works like a link.
        await page.goBack();
        await expect(page).toHaveURL(/page=2/);
        await expect(firstRun(page)).not.toHaveAttribute('href', shortest ?? '');
      });

      test('filter, search and order of the dashboard', async ({ page, demo, basedDemo }) => {
        const program = base ? basedDemo : demo;
        await open(page, program.url('/'));
        const jobs = page.locator('table tr[data-verdict]');
        const all = await jobs.count();
        const filters = page.getByRole('list', { name: word('dashboard.tools.filters') });
        await filters.getByRole('link', { name: new RegExp(`^${word('dashboard.tools.attention')} `) }).click();
        await expect(page).toHaveURL(/filter=attention/);
        await expect(filters.locator('[aria-current=true]')).toContainText(word('dashboard.tools.attention'));
        await expect.poll(() => jobs.count()).toBeLessThan(all);
        await expect(page.locator('table tr[data-verdict=ok]')).toHaveCount(0);
        await filters.getByRole('link', { name: new RegExp(`^${word('dashboard.tools.all')} `) }).click();
        await expect(jobs).toHaveCount(all);

        const orders = page.getByRole('list', { name: word('dashboard.tools.sort') });
        await orders.getByRole('link', { name: word('dashboard.tools.name') }).click();
        await expect(page).toHaveURL(/sort=name/);
        const servers = page.locator('tr.server .server-name');
        await expect
          .poll(async () => {
            const names = (await servers.allTextContents()).map((name) => name.toLowerCase());
            return names.join() === [...names].sort().join();
          })
          .toBe(true);

        const wanted = (await jobs.last().getByRole('link').first().textContent())?.trim() ?? '';
        const search = page.getByRole('searchbox', { name: word('dashboard.tools.search') });
        await search.fill(wanted);
        await search.press('Enter');
        await expect(page).toHaveURL(/sort=name/);
        await expect(page).toHaveURL(/[?&]q=/);
        await expect.poll(() => jobs.count()).toBeLessThan(all);
        await expect(jobs.first()).toBeVisible();
        await stayed(page);
        await search.fill('there is no such job');
        await search.press('Enter');
        await expect(page.getByText(word('dashboard.nothing.title'))).toBeVisible();
        await page.getByRole('link', { name: word('dashboard.nothing.reset') }).click();
        await expect(jobs).toHaveCount(all);
      });

      test('the log of a run by kind', async ({ page, demo, basedDemo }) => {
        const program = base ? basedDemo : demo;
        const server = await firstServer(program);
        await page.goto(program.url(`${server}?range=all&sort=warnings`));
        const href = await firstRun(page).getAttribute('href');
        await open(page, `${program.origin}${href}`);
        const kinds = page.getByRole('list', { name: word('run.log.filter') });
        await kinds.getByRole('link', { name: new RegExp(`^${word('run.log.warnings')}`) }).click();
        await expect(page).toHaveURL(/\?.+/);
        const chosen = kinds.locator('[aria-current=true]');
        await expect(chosen).toContainText(word('run.log.warnings'));
        // The next run's address does not contain the choice, though the same page shows it.
        await page.getByRole('navigation', { name: word('run.neighbours') }).getByRole('link').first().click();
        await expect(page).toHaveURL(/\/runs\/\d+$/);
        await expect(chosen.filter({ hasText: word('run.log.warnings') })).toHaveCount(0);
        await stayed(page);
      });
    });
  }
});
