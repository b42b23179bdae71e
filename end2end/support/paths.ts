import type { Program } from './program.ts';

/** Every kind of page. */
export const PAGES = ['dashboard', 'server', 'run', 'raw report', 'rejected', 'keys', 'audit', 'logs', 'users', 'security', 'health', 'database', 'backups', 'tasks', 'import', 'account', 'missing'] as const;
export type PageKind = (typeof PAGES)[number];

/** Pages that only people see who are signed in; everything else is shown by the demonstration. */
export const needsPerson = (kind: PageKind): boolean => ['rejected', 'keys', 'audit', 'logs', 'users', 'security', 'health', 'database', 'backups', 'tasks', 'import', 'account'].includes(kind);

/** The path of a page that exists in this program. */
export async function pathOf(program: Program, kind: PageKind): Promise<string> {
  switch (kind) {
    case 'dashboard':
      return '/';
    case 'server':
      return firstServer(program);
    case 'run':
      return firstRun(program);
    case 'raw report':
      return `${await firstRun(program)}/raw`;
    case 'rejected':
      return '/rejected';
    case 'keys':
      return '/settings/keys';
    case 'audit':
      return '/settings/audit';
    case 'logs':
      return '/settings/logs';
    case 'users':
      return '/settings/users';
    case 'security':
      return '/settings/security';
    case 'health':
      return '/settings/health';
    case 'backups':
      return '/settings/backups';
    case 'database':
      return '/settings/database';
    case 'tasks':
      return '/settings/tasks';
    case 'import':
      return '/settings/import';
    case 'account':
      return '/account';
    case 'missing':
      return '/there/is/no/such/page';
  }
}

/** The first server that the dashboard links to. */
export async function firstServer(program: Program): Promise<string> {
  return firstLink(program, '/', /^\/servers\/\d+$/);
}

/** The newest run of the first server. */
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
