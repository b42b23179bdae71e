// The first administrator, signing in and out, and who is redirected where, with JavaScript off and
// on.
import { expectAccessible, expectAlive, expectNoOverflow } from '../support/checks.ts';
import { ADMINISTRATOR } from '../support/sign_in.ts';
import { BASE, expect, test, withAndWithoutScript } from '../support/test.ts';
import { word } from '../support/words.ts';

withAndWithoutScript((script) => {
  for (const base of ['', BASE]) {
    test(`the first administrator is made by the printed link under "${base}/"`, async ({ page, fresh }) => {
      const program = await fresh({ base, nobody: true });
      await page.goto(program.url('/'));
      await expect(page).toHaveURL(program.url('/setup'));
      await expect(page.getByText(word('set_up.where_link'))).toBeVisible();
      const token = /setup\?token=([a-z0-9]+)/.exec(program.output)?.[1];
      expect(token, program.output).toBeTruthy();
      await page.goto(program.url(`/setup?token=${token}`));
      await page.getByLabel(word('sign_in.name')).fill('Jo');
      await page.getByLabel(word('sign_in.password'), { exact: true }).fill('short');
      await page.getByLabel(word('sign_in.repeated')).fill('short');
      await page.getByRole('button', { name: word('set_up.submit') }).click();
      await expect(page.getByText(word('errors.invalid.title'))).toBeVisible();
      await expect(page.getByLabel(word('sign_in.name'))).toHaveValue('Jo');
      await page.getByLabel(word('sign_in.password'), { exact: true }).fill('seven quiet lanterns');
      await page.getByLabel(word('sign_in.repeated')).fill('seven quiet lanterns');
      await page.getByRole('button', { name: word('set_up.submit') }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('dashboard.start.title'));
      await expect(page.getByRole('link', { name: 'jo' })).toBeVisible();
      if (script) await expectAlive(page);
    });

    test(`in, on, and out again under "${base}/"`, async ({ page, fresh, context }) => {
      const program = await fresh({ base, signedOut: true });
      await page.goto(program.url('/rejected?page=1'));
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('sign_in.title'));
      await page.getByLabel(word('sign_in.name')).fill(ADMINISTRATOR.name);
      await page.getByLabel(word('sign_in.password')).fill('not the password');
      await page.getByRole('button', { name: word('sign_in.submit') }).click();
      await expect(page.getByText(word('errors.credentials.sign_in'))).toBeVisible();
      await page.getByLabel(word('sign_in.name')).fill(ADMINISTRATOR.name.toUpperCase());
      await page.getByLabel(word('sign_in.password')).fill(ADMINISTRATOR.password);
      await page.getByRole('button', { name: word('sign_in.submit') }).click();
      await expect(page).toHaveURL(program.url('/rejected?page=1'));
      if (script) await expectAlive(page);
      const cookie = (await context.cookies()).find((known) => known.name.includes('session'));
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: base || '/' });
      await page.getByRole('button', { name: word('frame.sign_out') }).click();
      await expect(page).toHaveURL(program.url('/login'));
      await page.goto(program.url('/'));
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('sign_in.title'));
    });
  }
});

test('where one signs in is accessible and fits a phone', async ({ page, fresh }) => {
  test.slow();
  const program = await fresh({ signedOut: true });
  await page.goto(program.url('/login'));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoOverflow(page);
});

test('a session that ends leaves a page that says so', async ({ page, fresh, context, guard }) => {
  guard.allow(/401/, /EventSource/, /Failed to load resource/);
  const program = await fresh({ more: ['--open-ingest'] });
  await page.goto(program.url('/rejected'));
  await expectAlive(page);
  await context.clearCookies();
  await page.getByRole('navigation', { name: word('frame.nav') }).getByRole('link').first().click();
  await expect(page.getByText(word('errors.unauthenticated.title'))).toBeVisible();
  await page.getByRole('link', { name: word('errors.sign_in') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('sign_in.title'));
});

test('nothing is asked for while signing out', async ({ page, fresh }) => {
  const program = await fresh();
  await page.goto(program.url('/rejected'));
  await expectAlive(page);
  // Holds the response back until the server has told its streams that the session ended.
  const told = await fetch(program.url('/api/live'), { headers: { Cookie: await program.signIn() } });
  await page.route('**/api/fn/sign_out', async (route) => {
    const answer = await route.fetch({ maxRedirects: 0 });
    await told.text();
    // By then, the page has done what it does in this case.
    await page.request.get(program.url('/api/health'));
    await route.fulfill({ response: answer });
  });
  await page.getByRole('button', { name: word('frame.sign_out') }).click();
  await expect(page).toHaveURL(program.url('/login'));
});

test('nothing in the bar covers anything else, however narrow the phone', async ({ page, fresh }) => {
  const program = await fresh();
  await page.goto(program.url('/rejected'));
  await expectAlive(page);
  for (const width of [320, 360, 390, 720]) {
    await page.setViewportSize({ width, height: 700 });
    const boxes = await page.locator('.bar .brand, .bar .live, .bar .theme, .bar .account-link, .bar .sign-out').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    expect(boxes.length).toBe(5);
    boxes.sort((one, other) => one.left - other.left);
    for (const [index, box] of boxes.entries()) {
      expect(box.width, `${width}`).toBeGreaterThan(4);
      expect(box.right, `${width}`).toBeLessThanOrEqual(boxes[index + 1]?.left ?? width);
    }
  }
});
