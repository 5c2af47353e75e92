/** How one cell is written to a file that a spreadsheet may open, and read back. */

/** `12`, `-12.50`, `+17891234567`, `-1.234,50`: a spreadsheet reads it as a number, never as a formula. */
const plainNumber = /^[-+]?(?:\d+|\d{1,3}(?:[.,' ]\d{3})+)(?:[.,]\d+)?$/;

/** What a spreadsheet runs as a formula, or may strip to get at one; and what begins with the guard itself. */
const dangerous = /^(?:['=+\-@\t\r\n\u0000\uFF1D\uFF0B\uFF0D\uFF20]|\s+[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;

/** Puts one `'` in front of what would run as a formula or begins with `'`. `unguard` returns exactly this text. */
export const guard = (text: string): string =>
  dangerous.test(text) && !plainNumber.test(text) ? `'${text}` : text;

/** Removes one leading `'`, if there is one. */
export const unguard = (text: string): string => (text.startsWith("'") ? text.slice(1) : text);

/** A source column that begins with `_` gets one more, so that it is never read as one of Pointferry's. */
export const columnName = (name: string): string => (name.startsWith('_') ? `_${name}` : name);
