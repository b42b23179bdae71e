import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a browser needs that runs as root, without a screen, and must talk to nobody but us. */
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

/** DUPLISTATUS_CHROMIUM, else a Chromium of the system, else (undefined) the one that Playwright installed. */
export function browserExecutable(): string | undefined {
  const chosen = process.env.DUPLISTATUS_CHROMIUM;
  if (chosen) return chosen;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
