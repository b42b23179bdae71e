import { type BrowserContext, expect, type Page } from '@playwright/test';
import type { Program } from './program.ts';
import { word } from './words.ts';

export { ADMINISTRATOR } from './administrator.ts';

/** A second user. */
export const KIM = { name: 'kim', password: 'nine quiet lanterns' };

/** Signs the administrator in, without the form. */
export async function signIn(where: Page | BrowserContext, program: Program): Promise<void> {
  await become(where, program, await program.signIn());
}

/** Makes the browser use this cookie from now on. */
export async function become(where: Page | BrowserContext, program: Program, cookie: string | undefined): Promise<void> {
  const context = 'context' in where ? where.context() : where;
  if (!cookie) throw new Error('nobody was signed in');
  const [name, value] = cookie.split('=');
  await context.addCookies([{ name, value, domain: '127.0.0.1', path: program.base || '/', httpOnly: true, sameSite: 'Lax' }]);
}

/** Fills in and submits the sign-in page. */
export async function enter(page: Page, who: { name: string; password: string }): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(word('sign_in.title'));
  await page.getByLabel(word('sign_in.name')).fill(who.name);
  await page.getByLabel(word('sign_in.password')).fill(who.password);
  await page.getByRole('button', { name: word('sign_in.submit') }).click();
}

/** Adds Kim, with a permanent password. */
export async function addKim(program: Program, role: 'viewer' | 'operator' | 'administrator'): Promise<void> {
  await program.run(['user', 'create', KIM.name, '--role', role], KIM.password);
}
