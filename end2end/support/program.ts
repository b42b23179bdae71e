import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMINISTRATOR } from './administrator.ts';

/** The program under test. */
export const binary =
  process.env.DUPLISTATUS_BIN ?? fileURLToPath(new URL('../../target/release/duplistatus', import.meta.url));

/** How a program is started. */
export type StartOptions = { base?: string; more?: string[]; nobody?: boolean; folder?: string };

/** A running duplistatus with its own data folder and port. */
export class Program {
  private child: ChildProcess | undefined;
  private log = '';
  private address = '127.0.0.1:0';
  private cookie: string | undefined;

  private constructor(
    readonly folder: string,
    private readonly command: string,
    /** Its command-line options; they count from the next start. */
    readonly options: string[],
    readonly base: string,
    private readonly environment: Record<string, string>,
  ) {}

  /** Starts `duplistatus COMMAND` and waits until it listens. Creates an administrator unless `nobody` is set. */
  static async start(command: 'serve' | 'demo', options: StartOptions = {}): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), options.folder ?? 'duplistatus-e2e-'));
    const { name, password } = ADMINISTRATOR;
    const somebody = { DUPLISTATUS_ADMIN_USER: name, DUPLISTATUS_ADMIN_PASSWORD: password };
    const environment = options.nobody ? {} : somebody;
    const program = new Program(folder, command, options.more ?? [], options.base ?? '', environment);
    await program.resume();
    return program;
  }

  /** Scheme, host and port. */
  get origin(): string {
    return `http://${this.address}`;
  }

  /** Returns the URL of a path inside the application. */
  url(path: string): string {
    return `${this.origin}${this.base}${path}`;
  }

  /** Signs the administrator in; returns the cookie as `name=value`. */
  async signIn(): Promise<string> {
    if (this.cookie) return this.cookie;
    const answer = await this.post('sign_in', { ...ADMINISTRATOR, next: '/' });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
    if (!cookie) throw new Error(`no cookie: ${answer.status} ${await answer.text()}`);
    this.cookie = cookie;
    return cookie;
  }

  /** Sends one of the program's forms as a browser without JavaScript does. */
  async post(form: string, fields: Record<string, string>, from: { cookie?: string; device?: string } = {}): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'text/html', Referer: this.url('/') };
    if (from.cookie) headers.Cookie = from.cookie;
    if (from.device) headers['User-Agent'] = from.device;
    const body = new URLSearchParams(fields);
    return fetch(this.url(`/api/fn/${form}`), { method: 'POST', headers, body, redirect: 'manual' });
  }

  /** Signs a user in from another device; returns the cookie, or undefined if the sign-in is rejected. */
  async signInElsewhere(who: { name: string; password: string }, device = 'curl/8'): Promise<string | undefined> {
    const answer = await this.post('sign_in', { ...who, next: '/' }, { device });
    // There may be other cookies: the device cookie, and the name that was typed at a failed sign-in.
    return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).find((cookie) => cookie.includes('duplistatus-session'));
  }

  /** Returns the status of a route for the user of this cookie. */
  async statusFor(cookie: string | undefined, path: string): Promise<number> {
    const headers = { Accept: 'application/json', Cookie: cookie ?? '' };
    return (await fetch(this.url(path), { headers, redirect: 'manual' })).status;
  }

  /** Runs a command while the program runs; its input is one line. */
  async run(words: string[], input = ''): Promise<string> {
    const child = spawn(binary, ['--data-dir', this.folder, ...words], {
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', TZ: 'UTC', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    for (const out of [child.stdout, child.stderr]) out.on('data', (data: Buffer) => (said += data.toString()));
    child.stdin.end(`${input}\n`);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`duplistatus ${words.join(' ')} ended with ${code}\n${said}`);
    return said;
  }

  /** Returns a page as the server sends it; the demo needs no sign-in. */
  async html(path: string): Promise<{ status: number; html: string }> {
    const cookie = this.command === 'demo' ? '' : await this.signIn();
    const answer = await fetch(this.url(path), { headers: { Accept: 'text/html', Cookie: cookie } });
    return { status: answer.status, html: await answer.text() };
  }

  /** Starts the program again on the same port with the same data. */
  async resume(): Promise<void> {
    const base = this.base ? ['--base-path', this.base] : [];
    const data = ['--data-dir', this.folder, '--addr', this.address];
    this.log = '';
    const child = spawn(binary, [...data, ...base, ...this.options, this.command], {
      // No other files in the working directory, and only our own environment.
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', TZ: 'UTC', NO_COLOR: '1', ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.address = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${binary} ${this.command}: ${why}\n${this.log}`));
      const timer = setTimeout(() => fail('did not listen within 30 seconds'), 30_000);
      const read = (data: Buffer) => {
        this.log += data.toString();
        const listening = /duplistatus is at http:\/\/([\d.]+:\d+)/.exec(this.log);
        if (listening) {
          clearTimeout(timer);
          resolve(listening[1]);
        }
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.on('error', (error) => fail(error.message));
      child.on('exit', (code) => {
        clearTimeout(timer);
        fail(`ended with ${code}`);
      });
    });
  }

  /**
   * Asks the program to stop, and waits for it; keeps its data. Returns the exit code, or null if it had to be killed.
   */
  async stop(): Promise<number | null> {
    const child = this.child;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const code = await ended;
    clearTimeout(timer);
    return code;
  }

  /** Stops the program and removes its data. */
  async end(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the program logged since its last start. */
  get output(): string {
    return this.log;
  }
}
