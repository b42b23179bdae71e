import type { BrowserContext } from '@playwright/test';

/** Collects everything in a browser that no healthy page does: console errors (violations of the content policy are
 * among them), exceptions, failed requests, error answers, dialogs. */
export class Guard {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(context: BrowserContext, script: boolean) {
    context.on('console', (message) => {
      if (message.type() !== 'error' && !/Content Security Policy/i.test(message.text())) return;
      this.note(`console: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.note(`exception: ${error.error().stack ?? error.error()}`));
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // A page that is left takes its stream and its unfinished requests along.
      if (why === 'net::ERR_ABORTED') return;
      // With JavaScript off Chromium refuses to preload a script, and calls that "csp".
      if (!script && why === 'csp' && request.url().endsWith('.js')) return;
      this.note(`failed: ${request.method()} ${request.url()} ${why}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) this.note(`answer: ${response.status()} ${response.url()}`);
    });
    context.on('dialog', (dialog) => {
      this.note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Says that this may happen in this test. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns);
  }

  /** What happened that may not. */
  get problems(): string[] {
    return this.found.filter((problem) => !this.allowed.some((pattern) => pattern.test(problem)));
  }

  private note(problem: string): void {
    this.found.push(problem);
  }
}
