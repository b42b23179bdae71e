import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Arguments for a browser that runs as root, without a screen, and connects to the tested programs only. */
export const browserArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Returns DUPLISTATUS_CHROMIUM, otherwise a Chromium of the system, otherwise undefined: the one that
 * Playwright installed.
 */
export function browserExecutable(): string | undefined {
  const chosen = process.env.DUPLISTATUS_CHROMIUM;
  if (chosen) return chosen;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
