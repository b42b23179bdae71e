// Groups and tags: the dashboard is narrowed down by them, and who may changes them.
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { report, send } from '../support/report.ts';
import { expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

test('a tag and a group narrow the dashboard down, and lead back', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  await expectAlive(page);
  const servers = page.locator('tr.server');
  const all = await servers.count();
  const tags = page.getByRole('list', { name: word('dashboard.labels.tags') });
  await tags.getByRole('link', { name: 'production' }).click();
  await expect(page).toHaveURL(/tag=production/);
  await expect(servers).toHaveCount(3);
  await expect(page.locator('.tiles')).toContainText('3');
  const group = page.getByRole('combobox', { name: word('dashboard.labels.group') });
  await group.selectOption('Home');
  await expect(page).toHaveURL(/group=Home/);
  await expect(page.getByText(word('dashboard.nothing.title'))).toBeVisible();
  await tags.getByRole('link', { name: 'production' }).click();
  await expect(page).not.toHaveURL(/tag=/);
  await expect(servers).toHaveCount(3);
  await group.selectOption('');
  await expect(servers).toHaveCount(all);
});

test('the tag of a failing job is red', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  const tags = page.getByRole('list', { name: word('dashboard.labels.tags') });
  await expect(tags.getByRole('link', { name: 'production' })).toHaveAttribute('data-tone', 'fail');
  await expectAccessible(page, 'groups and tags');
});

test('search and order keep the tag', async ({ page, demo }) => {
  await page.goto(demo.url('/?tag=production'));
  await expectAlive(page);
  await page.getByRole('searchbox', { name: word('dashboard.tools.search') }).fill('mail');
  await expect(page).toHaveURL(/tag=production&q=mail/);
  await expect(page.locator('tr.server')).toHaveCount(1);
  await page.getByRole('link', { name: word('dashboard.tools.name') }).click();
  await expect(page).toHaveURL(/tag=production&q=mail&sort=name/);
});

test.describe('JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('the form of the group works', async ({ page, demo }) => {
    await page.goto(demo.url('/?tag=off-site'));
    await page.getByRole('combobox', { name: word('dashboard.labels.group') }).selectOption('Home');
    await page.getByRole('button', { name: word('dashboard.labels.show'), exact: true }).click();
    await expect(page).toHaveURL(/tag=off-site/);
    await expect(page).toHaveURL(/group=Home/);
    await expect(page.locator('tr.server')).toHaveCount(2);
  });
});

withAndWithoutScript((script) => {
  test('the group and the tags of a server and of a job are changed by a form', async ({ page, fresh }) => {
    const program = await fresh({ more: ['--open-ingest'] });
    await send(program.url('/api/upload'), report({ server: 'Rowan', job: 'Recipes' }));
    await page.goto(program.url('/'));
    await page.getByRole('link', { name: 'Rowan', exact: true }).click();
    await page.getByRole('link', { name: word('labels.edit') }).click();
    await expect(page.getByRole('heading', { level: 1, name: word('labels.title') })).toBeVisible();
    if (script) await expectAlive(page);
    if (script) await expectAccessible(page, 'forms of the group and the tags');
    await page.getByLabel(word('labels.group'), { exact: true }).fill('<b>Miller</b>');
    await page.getByLabel(word('labels.tags'), { exact: true }).fill('off-site, Kitchen');
    await page.getByRole('button', { name: word('labels.save'), exact: true }).click();
    await expect(page).toHaveURL(/\/servers\/1$/);
    await expect(page.getByRole('link', { name: '<b>Miller</b>' })).toBeVisible();
    await page.getByRole('link', { name: 'Kitchen' }).click();
    await expect(page).toHaveURL(/tag=Kitchen/);
    await expect(page.locator('tr.server')).toHaveCount(1);
    await page.goto(program.url('/servers/1/labels'));
    await page.getByLabel('Recipes', { exact: true }).fill('x'.repeat(50));
    await page.getByRole('button', { name: `${word('labels.save')} Recipes` }).click();
    await expect(page.getByText(word('errors.invalid.title'))).toBeVisible();
    await page.getByLabel('Recipes', { exact: true }).fill('sweet');
    await page.getByRole('button', { name: `${word('labels.save')} Recipes` }).click();
    await expect(page.getByLabel('Recipes', { exact: true })).toHaveValue('sweet');
    await page.goto(program.url('/settings/audit'));
    await expect(page.getByRole('table')).toContainText(word('audit.action.job_label'));
  });
});
