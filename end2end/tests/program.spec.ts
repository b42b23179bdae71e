// What only the release binary shows: it needs no other files, and sends the right headers.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '../support/test.ts';
import { binary } from '../support/program.ts';

test('files of the site are hashed, compressed and kept for ever', async ({ demo, basedDemo }) => {
  for (const program of [demo, basedDemo]) {
    const page = await fetch(program.url('/'), { headers: { Accept: 'text/html' } });
    const html = await page.text();
    const files = [...html.matchAll(/["']([^"'<>\s]*\/pkg\/[^"'<>\s]+)["']/g)].map(([, path]) => path);
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const path of new Set(files)) {
      expect(path.startsWith(`${program.base}/pkg/`), path).toBe(true);
      const file = await fetch(program.origin + path, { headers: { 'Accept-Encoding': 'br' } });
      expect(file.status).toBe(200);
      expect(file.headers.get('content-encoding')).toBe('br');
      expect(file.headers.get('cache-control')).toContain('immutable');
    }
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'wasm-unsafe-eval'/);
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(html).not.toMatch(/\sstyle="/);
  }
});

test('icon, manifest and health answer under the prefix', async ({ demo, basedDemo }) => {
  for (const program of [demo, basedDemo]) {
    const html = await (await fetch(program.url('/'), { headers: { Accept: 'text/html' } })).text();
    for (const rel of ['icon', 'manifest']) {
      const path = new RegExp(`<link[^>]*rel="${rel}"[^>]*href="([^"]+)"`).exec(html)?.[1];
      expect(path?.startsWith(program.base), rel).toBe(true);
      expect((await fetch(program.origin + path)).status, rel).toBe(200);
    }
    const health = await fetch(program.url('/api/health'));
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'healthy' });
  }
  expect((await fetch(`${basedDemo.origin}/`)).status).toBe(404);
});

const documents = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, documents), 'utf8');
const help = (...command: string[]) => execFileSync(binary, [...command, '--help'], { encoding: 'utf8' });

test('the help names every option with its variable, and so does the documentation', () => {
  const text = help();
  const documented = read('docs/reference/options.md');
  const options = [...text.matchAll(/^ +--([a-z-]+)(?: <|$)/gm)].map((match) => match[1]);
  expect(options).toContain('open-ingest');
  for (const option of options) {
    const variable = `DUPLISTATUS_${option.toUpperCase().replaceAll('-', '_')}`;
    expect(text).toContain(variable);
    expect(documented).toMatch(new RegExp(`^\\| \`--${option}[ \`].*\\| \`${variable}\` \\|`, 'm'));
  }
});

/**
 * Returns the commands in the first columns of a document's tables, each with its words and the options it is shown
 * with.
 */
function documentedCommands(path: string) {
  return [...read(path).matchAll(/^\| `duplistatus( [^`]*)` \|/gm)].map(([, usage]) => ({
    words: /^(?: [a-z][a-z-]*)*/.exec(usage)![0].trim().split(' '),
    options: [...usage.matchAll(/--[a-z-]+/g)].map(([option]) => option),
  }));
}

/** Returns every command without subcommands, or that works without one. */
function commands(parent: string[] = []): string[] {
  const text = help(...parent);
  const list = /^Commands:\n((?: {2,}.*\n)+)/m.exec(text)?.[1] ?? '';
  const below = [...list.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name).filter((name) => name !== 'help');
  const alone = below.length === 0 || / \[COMMAND\]/.test(text);
  return [...(alone && parent.length > 0 ? [parent.join(' ')] : []), ...below.flatMap((name) => commands([...parent, name]))];
}

test('every documented command exists with its options, and every command is documented', () => {
  for (const path of ['README.md', 'docs/reference/commands.md']) {
    const documented = documentedCommands(path);
    expect(documented.length).toBeGreaterThan(9);
    for (const { words, options } of documented) {
      const text = help(...words);
      for (const option of options) expect(text, `${path}: ${words.join(' ')} ${option}`).toContain(option);
    }
  }
  const documented = documentedCommands('docs/reference/commands.md').map(({ words }) => words.join(' '));
  expect(commands().filter((command) => !documented.includes(command))).toEqual([]);
});
