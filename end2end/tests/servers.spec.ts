// Servers and jobs edited in the browser: names, archive, merge with a preview, deletion of what was named.
import { randomUUID } from 'node:crypto';
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import type { Program } from '../support/program.ts';
import { report, send } from '../support/report.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { pattern, word } from '../support/words.ts';

/** One machine that was reinstalled: two servers of one name. */
async function fill(program: Program): Promise<void> {
  const upload = program.url('/api/upload');
  const [before, after] = [randomUUID(), randomUUID()];
  await send(upload, report({ server: 'Birch', machineId: before, job: 'Recipes', began: 3000 }));
  await send(upload, report({ server: 'Birch', machineId: after, job: 'Recipes', began: 200 }));
  await send(upload, report({ server: 'Birch', machineId: after, job: 'Photos', began: 100 }));
}

withAndWithoutScript((script) => {
  const base = script ? BASE : '';

  test('a server and a job get an alias, a note and a link', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await fill(program);
    await page.goto(program.url('/servers/1'));
    if (script) await expectAlive(page);
    await page.getByRole('link', { name: word('server.edit'), exact: true }).click();
    const details = page.getByRole('region', { name: word('edit.details.title') });
    await details.getByLabel(word('edit.fields.url')).fill('http://birch.local:8200/');
    await details.getByLabel(word('edit.fields.alias')).fill('Attic');
    await details.getByLabel(word('edit.fields.notes')).fill('By the window');
    await details.getByRole('button', { name: word('edit.save') }).click();
    await expect(page.getByText(word('edit.done.saved'))).toBeVisible();

    if (script) await expectAlive(page);
    const jobs = page.getByRole('region', { name: word('edit.jobs.title') });
    await jobs.locator('summary').first().click();
    await jobs.getByLabel(word('edit.fields.alias')).fill('Cook book');
    await jobs.getByRole('button', { name: word('edit.save') }).click();
    await expect(page.getByText(word('edit.done.job_saved'))).toBeVisible();

    await page.goto(program.url('/servers/1'));
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Attic');
    await expect(page.getByText('By the window')).toBeVisible();
    await expect(page.getByRole('link', { name: word('server.open_duplicati') })).toHaveAttribute('href', 'http://birch.local:8200/');
    await expect(page.getByRole('table').first()).toContainText('Cook book');
  });

  test('a name that is taken is said, and nothing changes', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await fill(program);
    await page.goto(program.url('/servers/2/edit'));
    if (script) await expectAlive(page);
    const details = page.getByRole('region', { name: word('edit.details.title') });
    await details.getByLabel(word('edit.fields.name')).fill('Birch');
    await details.getByRole('button', { name: word('edit.save') }).click();
    await expect(details.locator('.field-error')).toHaveText(/already exists/);
    await expect(details.getByLabel(word('edit.fields.name'))).toHaveValue('Birch');
    await page.goto(program.url('/servers/2/edit'));
    await expect(details.getByLabel(word('edit.fields.name'))).toHaveValue('Birch (2)');
  });

  test('what is archived is expected no more', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await fill(program);
    await page.goto(program.url('/servers/1/edit'));
    if (script) await expectAlive(page);
    await page.getByRole('button', { name: word('edit.archive.submit') }).click();
    await expect(page.getByText(word('edit.done.archived'))).toBeVisible();
    await page.goto(program.url('/servers/1'));
    await expect(page.getByRole('heading', { level: 1 })).toContainText(word('edit.archived'));
    await expect(page.getByRole('table').first()).toContainText(word('common.verdict.paused'));
    await page.goto(program.url('/servers/1/edit'));
    await page.getByRole('button', { name: word('edit.archive.restore') }).click();
    await expect(page.getByText(word('edit.done.restored'))).toBeVisible();
  });

  test('two servers of one machine are merged from the notice, after a preview', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await fill(program);
    await page.goto(program.url('/servers/2'));
    if (script) await expectAlive(page);
    await page.getByRole('link', { name: word('server.same.merge') }).click();
    const merge = page.getByRole('region', { name: word('edit.merge.title') });
    await expect(merge.getByText(pattern('edit.merge.question', { from: 'Birch (2)', into: 'Birch' }))).toBeVisible();
    await expect(merge).toContainText('2 runs');
    await expect(merge.getByText(pattern('edit.merge.joined', { jobs: 'Recipes' }))).toBeVisible();
    await expect(merge.getByText(pattern('edit.merge.added', { jobs: 'Photos' }))).toBeVisible();
    await merge.getByRole('button', { name: word('edit.merge.submit'), exact: true }).click();
    await expect(page).toHaveURL((url) => url.pathname === new URL(program.url('/servers/1')).pathname);
    await expect(page.getByRole('region', { name: word('server.history.title') })).toContainText('3 runs');
    expect(await program.statusFor(await program.signIn(), '/servers/2')).toBe(404);
  });

  test('a job and a server are deleted with what was named', async ({ page, fresh }) => {
    const program = await fresh({ base, more: ['--open-ingest'] });
    await fill(program);
    await page.goto(program.url('/servers/2/edit'));
    if (script) await expectAlive(page);
    const jobs = page.getByRole('region', { name: word('edit.jobs.title') });
    const photos = jobs.getByRole('listitem').filter({ hasText: 'Photos' });
    await photos.locator('summary').first().click();
    await photos.locator('summary').last().click();
    await expect(photos.getByText(pattern('edit.jobs.delete_what_one', { job: 'Photos', runs: '1' }))).toBeVisible();
    await photos.getByRole('button', { name: pattern('edit.jobs.delete_submit_one', { number: '1' }) }).click();
    await expect(page.getByText(word('edit.done.job_deleted'))).toBeVisible();
    await expect(photos).toHaveCount(0);

    if (script) await expectAlive(page);
    const remove = page.getByRole('region', { name: word('edit.delete.title'), exact: true });
    await remove.locator('summary').click();
    await expect(remove).toContainText('1 run');
    await remove.getByRole('button', { name: pattern('edit.delete.submit_one', { number: '1' }) }).click();
    await expect(page).toHaveURL((url) => url.pathname === new URL(program.url('/')).pathname);
    await expect(page.getByText('Birch (2)')).toHaveCount(0);
  });
});

test('the page for editing a server is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh({ more: ['--open-ingest'] });
  await fill(program);
  await page.goto(program.url('/servers/2/edit?merge=Birch'));
  await expectAlive(page);
  await page.locator('.edit-jobs > li > details > summary').first().click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await expectNoOverflow(page);
  }
});
