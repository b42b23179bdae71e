import { readFileSync } from 'node:fs';

import type { Program } from './program.ts';

/**
 * The name of a page in the table of pages (`app/src/pages.rs`), or `Missing` for an address without a page.
 */
export type PageKind = string;

type Row = { path: string; kind: PageKind; permission: string };

/** Returns the rows of the table of pages. Fails on a row that is written differently from the others. */
function rows(): Row[] {
  const table = readFileSync(new URL('../../app/src/pages.rs', import.meta.url), 'utf8').split('\npages! {\n')[1].split('\n}\n')[0];
  return table.split('\n').map(line => {
    const row = /^ *"([^"]+)", *(\w+), *(\w+), *(?:first|lazy),/.exec(line);
    if (!row) throw new Error(`app/src/pages.rs has a row that cannot be read: ${line}`);
    return { path: row[1], kind: row[2], permission: row[3] };
  });
}

const TABLE = [...rows(), { path: '/there/is/no/such/page', kind: 'Missing', permission: 'ViewBackups' }];

/** Every kind of page that signed-in users see. The sign-in pages have their own tests, and so has that of a group, which a new program lacks. */
const OWN_TESTS = ['Prove', 'GroupDefaults'];
export const PAGES = TABLE.filter(({ kind, permission }) => permission !== 'Anyone' && !OWN_TESTS.includes(kind)).map(({ kind }) => kind);

/** Whether a page is only for signed-in users; the demo shows all others. */
export const needsPerson = (kind: PageKind): boolean => find(kind).permission !== 'ViewBackups';

/** Returns the path of a page of this kind that exists in this program. */
export async function pathOf(program: Program, kind: PageKind): Promise<string> {
  const { path } = find(kind);
  if (path.includes('{server}')) return path.replace('/servers/{server}', await firstServer(program));
  if (path.includes('{job}')) return path.replace('/jobs/{job}', await firstJob(program));
  return path.includes('{run}') ? path.replace('/runs/{run}', await firstRun(program)) : path;
}

function find(kind: PageKind): Row {
  const row = TABLE.find(row => row.kind === kind);
  if (!row) throw new Error(`there is no page ${kind}`);
  return row;
}

/** Returns the path of the first server that the dashboard links to. */
export async function firstServer(program: Program): Promise<string> {
  return firstLink(program, '/', /^\/servers\/\d+$/);
}

/** The first job that the dashboard links to. */
export async function firstJob(program: Program): Promise<string> {
  return firstLink(program, '/', /^\/jobs\/\d+$/);
}

/** Returns the path of the newest run of the first server. */
export async function firstRun(program: Program): Promise<string> {
  const server = await firstServer(program);
  return firstLink(program, `${server}?sort=started`, /^\/runs\/\d+$/, 'id="history"');
}

async function firstLink(program: Program, from: string, wanted: RegExp, after = ''): Promise<string> {
  const { status, html } = await program.html(from);
  const rest = html.slice(Math.max(html.indexOf(after), 0));
  for (const [, href] of rest.matchAll(/href="([^"]*)"/g)) {
    if (!href.startsWith(program.base)) continue;
    const path = href.slice(program.base.length).split(/[?#]/)[0];
    if (wanted.test(path)) return path;
  }
  throw new Error(`${from} (${status}) has no link like ${wanted}`);
}
