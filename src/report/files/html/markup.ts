/** Markup in which everything is escaped that was not written here. */

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | false | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of others: escaped, well-formed, without control characters, bidi overrides or anything a browser would drop. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escaped(String(part));
}

/** A template whose holes are escaped unless they are markup; null, undefined and false leave nothing. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(strings.map((text, index) => text + render(parts[index])).join(''));

export const nothing = new Markup('');

/** JSON inside a data block: nothing in it can end the block or begin a comment. */
export const embedded = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value)
      .toWellFormed()
      .replace(/[<>&\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, unicodeEscape),
  );

const unicodeEscape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
