/**
 * JSON without floats. Numbers go out as the very digits of a decimal text and come in as the very digits of the
 * document, by JSON.rawJSON and the reviver's source text (https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/JSON/rawJSON).
 */

/** A JSON number as it is written, e.g. 12345678901234567890.10. Made by `exactNumber` and `parseExact` only. */
export interface ExactNumber {
  readonly rawJSON: string;
}

/** A parsed document: as JSON.parse gives it, but numbers keep their digits. */
export type Json =
  | string
  | boolean
  | null
  | ExactNumber
  | readonly Json[]
  | { readonly [name: string]: Json };

// TypeScript's library does not know these yet.
interface RawJson {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
  parse(
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
const exactJson = JSON as unknown as RawJson;

const decimalShape = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;

/**
 * A decimal text as a JSON number literal with the same digits: '007.50' -> 7.50, '.75' -> 0.75, '-0' -> 0.
 * Throws TypeError for anything that is no plain decimal (exponents, NaN, separators): normalize lets none through.
 */
export function exactNumber(decimal: string): ExactNumber {
  return exactJson.rawJSON(decimalLiteral(decimal));
}

/** The same digits as text, in the one form that is also a JSON number. */
export function decimalLiteral(decimal: string): string {
  if (!decimalShape.test(decimal)) throw new TypeError('not a plain decimal');
  const negative = decimal.startsWith('-');
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  const digits = `${whole.replace(/^0+(?=\d)/, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`;
  return negative && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return exactJson.isRawJSON(value);
}

/** Parses a document; numbers become ExactNumber. Throws SyntaxError like JSON.parse. */
export function parseExact(text: string): Json {
  return exactJson.parse(text, (_name, value, context) =>
    typeof value === 'number' && context.source !== undefined ? exactJson.rawJSON(context.source) : value,
  ) as Json;
}

/** Writes a document: no white space, keys in the order given, ExactNumber as its digits, absent keys left out. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === 'number' && !Number.isSafeInteger(part)) throw new TypeError('a float in a request');
    return part;
  });
  if (text === undefined) throw new TypeError('nothing to write');
  return text;
}
