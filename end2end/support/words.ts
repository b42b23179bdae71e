import { readFileSync } from 'node:fs';

// The tests look for the text that users see, so they read it from the same file as the pages: wording can
// change, keys cannot.
const texts = JSON.parse(readFileSync(new URL('../../locales/en.json', import.meta.url), 'utf8'));

/** Returns the English text of a key such as `dashboard.start.make`. */
export function word(key: string): string {
  const text = key.split('.').reduce((node: any, part) => node?.[part], texts);
  if (typeof text !== 'string') throw new Error(`locales/en.json has no text "${key}"`);
  return text;
}

/** Returns a pattern for a text with placeholders; those without a value match anything. */
export function pattern(key: string, values: Record<string, string> = {}): RegExp {
  const parts = word(key).split(/\{\{\s*(\w+)\s*\}\}/);
  const source = parts.map((part, at) => {
    if (at % 2 === 0) return escape(part);
    return part in values ? escape(values[part]) : '.+?';
  });
  return new RegExp(source.join(''));
}

/** Returns whether a text with this key exists. */
export function hasWord(key: string): boolean {
  return typeof key.split('.').reduce((node: any, part) => node?.[part], texts) === 'string';
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
