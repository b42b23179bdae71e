import { test as base, expect } from '@playwright/test';
import { Guard } from './guard.ts';
import { needsPerson, type PageKind } from './paths.ts';
import { Program, type StartOptions } from './program.ts';
import { report, send } from './report.ts';
import { signIn } from './sign_in.ts';

type ForEachTest = {
  /** Fails the test on anything that a healthy page does not do. */
  guard: Guard;
  /** Starts empty servers for this test and signs the administrator in; stops them afterwards. */
  fresh: (options?: StartOptions & { signedOut?: boolean }) => Promise<Program>;
  /** Returns a program that shows a page of this kind to this test's browser. */
  showing: (kind: PageKind, base: string) => Promise<Program>;
};
type ForEachWorker = {
  /** The demo, at `/`. */
  demo: Program;
  /** The demo, under a base path. */
  basedDemo: Program;
  /** A program with an administrator and a few reports, at `/`. */
  site: Program;
  /** The same, under a base path. */
  basedSite: Program;
};

export const BASE = '/duplistatus';

/** Starts a program with one run, one rejected report and one key. */
async function startSite(base: string): Promise<Program> {
  const program = await Program.start('serve', { base, more: ['--open-ingest'] });
  const upload = program.url('/api/upload');
  await send(upload, report({ server: 'Birch', job: 'Recipes' }));
  await send(upload, '{"what": ');
  const cookie = await program.signIn();
  const body = new URLSearchParams({ server: 'Birch', page: '/settings/keys' });
  await fetch(program.url('/api/fn/create_key'), { method: 'POST', headers: { Cookie: cookie }, body });
  return program;
}

export const test = base.extend<ForEachTest, ForEachWorker>({
  demo: [
    async ({}, use) => {
      const program = await Program.start('demo');
      await use(program);
      await program.end();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  basedDemo: [
    async ({}, use) => {
      const program = await Program.start('demo', { base: BASE });
      await use(program);
      await program.end();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  site: [
    async ({}, use) => {
      const program = await startSite('');
      await use(program);
      await program.end();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  basedSite: [
    async ({}, use) => {
      const program = await startSite(BASE);
      await use(program);
      await program.end();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  showing: async ({ context, demo, basedDemo, site, basedSite }, use) => {
    await use(async (kind, base) => {
      if (!needsPerson(kind)) return base ? basedDemo : demo;
      const program = base ? basedSite : site;
      await signIn(context, program);
      return program;
    });
  },
  guard: [
    async ({ context, javaScriptEnabled }, use) => {
      const guard = new Guard(context, javaScriptEnabled !== false);
      await use(guard);
      expect(guard.problems, 'what no healthy page does').toEqual([]);
    },
    { auto: true },
  ],
  fresh: async ({ context }, use) => {
    const programs: Program[] = [];
    await use(async (options) => {
      const program = await Program.start('serve', options);
      programs.push(program);
      if (!options?.nobody && !options?.signedOut) await signIn(context, program);
      return program;
    });
    // Pages first: otherwise their streams would notice the stop.
    await Promise.all(context.pages().map((page) => page.close()));
    await Promise.all(programs.map((program) => program.end()));
  },
});
export { expect };

/** Runs a group of tests with JavaScript off, and again with it on. */
export function withAndWithoutScript(tests: (script: boolean) => void): void {
  for (const script of [false, true]) {
    test.describe(script ? 'JavaScript on' : 'JavaScript off', () => {
      test.use({ javaScriptEnabled: script });
      tests(script);
    });
  }
}
