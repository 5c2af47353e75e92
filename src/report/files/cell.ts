/** How one cell is written to a file that a spreadsheet may open, and read back. */

/** `12`, `-12.50`, `+17891234567`, `-1.234,50`: a spreadsheet takes it for a number, never for a formula. */
const plainNumber = /^[-+]?(?:\d+|\d{1,3}(?:[.,' ]\d{3})+)(?:[.,]\d+)?$/;

/** What a spreadsheet runs as a formula, or may strip to get at one; and what already begins with our guard. */
const dangerous = /^(?:['=+\-@\t\r\n\u0000\uFF1D\uFF0B\uFF0D\uFF20]|\s+[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;

/** Puts one `'` in front of what would run as a formula or begins with `'`. `unguard` gives the text back exactly. */
export const guard = (text: string): string =>
  dangerous.test(text) && !plainNumber.test(text) ? `'${text}` : text;

/** Takes exactly one `'` off, where there is one. */
export const unguard = (text: string): string => (text.startsWith("'") ? text.slice(1) : text);

/** A source column that begins with `_` gets one more, so that it is never taken for one of ours. */
export const columnName = (name: string): string => (name.startsWith('_') ? `_${name}` : name);
