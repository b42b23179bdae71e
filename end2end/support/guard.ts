import type { BrowserContext } from '@playwright/test';

/**
 * Collects everything in a browser that a healthy page does not do: console errors (including violations of the
 * content policy), exceptions, failed requests, error responses, dialogs.
 */
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
      // Leaving a page aborts its stream and its unfinished requests.
      if (why === 'net::ERR_ABORTED') return;
      // With JavaScript off, Chromium blocks the preload of a script and reports "csp".
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

  /** Permits such problems in this test. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns);
  }

  /** The problems that were not permitted. */
  get problems(): string[] {
    return this.found.filter((problem) => !this.allowed.some((pattern) => pattern.test(problem)));
  }

  private note(problem: string): void {
    this.found.push(problem);
  }
}
