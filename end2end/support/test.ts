import { test as base, expect } from '@playwright/test';
import { Guard } from './guard.ts';
import { Program } from './program.ts';

type ForEachTest = {
  /** Fails the test on anything that a healthy page does not do. */
  guard: Guard;
  /** Starts empty servers for this test, and ends them. */
  fresh: (options?: { base?: string; more?: string[] }) => Promise<Program>;
};
type ForEachWorker = {
  /** The demonstration, at `/`. */
  demo: Program;
  /** The demonstration, under a base path. */
  basedDemo: Program;
};

export const BASE = '/duplistatus';

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
      return program;
    });
    // Pages first: their streams would see the programs end.
    await Promise.all(context.pages().map((page) => page.close()));
    await Promise.all(programs.map((program) => program.end()));
  },
});
export { expect };

/** Runs a group of tests with JavaScript off, and once more with it on. */
export function withAndWithoutScript(tests: (script: boolean) => void): void {
  for (const script of [false, true]) {
    test.describe(script ? 'JavaScript on' : 'JavaScript off', () => {
      test.use({ javaScriptEnabled: script });
      tests(script);
    });
  }
}
