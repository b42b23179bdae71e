import { defineConfig } from '@playwright/test';
import { browserArguments, browserExecutable } from './support/browser.ts';

// Starts nothing: the fixtures in support/test.ts start and stop the programs that a test needs.
export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  timeout: 45_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: browserExecutable(), args: browserArguments },
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    // Recording each test costs a fifth of the time: `TRACE=1` keeps what led to a failure.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
  },
});
