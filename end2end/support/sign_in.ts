import type { BrowserContext, Page } from '@playwright/test';
import type { Program } from './program.ts';

/** The administrator of every program that the tests start. */
export const ADMINISTRATOR = { name: 'admin', password: 'a-long-row-of-words-7' };

/** Signs the administrator in, without the form. */
export async function signIn(where: Page | BrowserContext, program: Program): Promise<void> {
  const context = 'context' in where ? where.context() : where;
  const [name, value] = (await program.signIn()).split('=');
  await context.addCookies([{ name, value, domain: '127.0.0.1', path: program.base || '/', httpOnly: true, sameSite: 'Lax' }]);
}
