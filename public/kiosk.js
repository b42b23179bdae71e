// Keeps a kiosk page up to date: it asks for the page again, and shows what has changed. While there is no answer, the page says so.
'use strict';

const EVERY = 15_000;
const PATIENCE = 10_000;

async function refresh() {
  try {
    const answer = await fetch(location.href, { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const style = of => of.querySelector('link[rel="stylesheet"]')?.getAttribute('href');
    const content = page.querySelector('main');
    if (!content) throw new Error('another page');
    // The program was updated.
    if (style(page) !== style(document)) return location.reload();
    document.querySelector('main').replaceWith(document.adoptNode(content));
    document.title = page.title;
    document.documentElement.dataset.live = 'on';
  } catch {
    document.documentElement.dataset.live = 'off';
  }
  setTimeout(refresh, EVERY);
}

setTimeout(refresh, EVERY);
