/** Values of files, masked for screens and report.html. */

/**
 * The first and last two characters: `88***12`. Short values keep less, very short ones nothing; the number of stars
 * says nothing about the length.
 */
export function maskValue(value: string): string {
  const characters = [...value];
  const keep = characters.length >= 8 ? 2 : characters.length >= 5 ? 1 : 0;
  if (characters.length === 0) return '';
  return keep === 0 ? '***' : `${characters.slice(0, keep).join('')}***${characters.slice(-keep).join('')}`;
}

/** The form of a value without the value: `2026/05/11 14:02` is `9999/99/99 99:99`. At most 40 characters. */
export function shapeOf(value: string): string {
  const shape = [...value]
    .map((character) =>
      /\p{Nd}/u.test(character)
        ? '9'
        : /\p{Lu}/u.test(character)
          ? 'A'
          : /\p{L}/u.test(character)
            ? 'a'
            : /[\u0000-\u001F\u007F]/.test(character)
              ? '?'
              : character,
    )
    .slice(0, 40)
    .join('');
  return value.length > 40 ? `${shape}...` : shape;
}

/** Codes whose fault is the form of the value: its shape shows what is wrong, and the value stays hidden. */
const aboutForm = /^NORMALIZE_(NOT_A_|NOT_AN_|NOT_JSON|TIME_|TOO_)/;

/** How a value at fault is shown on a screen. */
export const maskFault = (code: string, value: string): string =>
  aboutForm.test(code) ? shapeOf(value) : maskValue(value);

/** A request's body with every value masked and its form kept: JSON, a form (`a=1&b=2`), or else one value. */
export function maskJson(text: string): string {
  try {
    return JSON.stringify(masked(JSON.parse(text)));
  } catch {
    const form = /^[\w.[\]%-]+=[^&]*(&[\w.[\]%-]+=[^&]*)*$/.test(text);
    return form ? text.replace(/=([^&]*)/g, (_, value: string) => `=${maskValue(value)}`) : maskValue(text);
  }
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskValue(value);
  if (typeof value === 'number') return maskValue(String(value));
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one)]));
}
