/** Checks of single fields for the Hang stand-in. Each takes the value and the field's path, and gives it cleaned. */
import { Refusal } from '../call.ts';
import { parseDecimal } from '../decimal.ts';
import { ExactNumber, isObject, type Json, type JsonObject } from '../json.ts';

/** `activity.value` becomes `ACTIVITY_VALUE`, as the vendor writes its codes. */
const code = (path: string): string => path.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();

export const missing = (path: string): Refusal => new Refusal(400, `MISSING_${code(path)}`);
export const invalid = (path: string): Refusal => new Refusal(422, `INVALID_${code(path)}`);

/** Refuses names that the document does not have, unless the switch says otherwise. */
export function onlyKnown(
  object: JsonObject,
  known: readonly string[],
  path: string,
  how: 'refuse' | 'ignore',
): void {
  if (how === 'ignore') return;
  const stranger = Object.keys(object).find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Refusal(422, `UNKNOWN_PARAMETER_${code(path + stranger)}`);
}

export function objectAt(value: Json | undefined, path: string): JsonObject {
  if (value === undefined || value === null) throw missing(path);
  if (!isObject(value)) throw invalid(path);
  return value;
}

export function listAt(value: Json, path: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw invalid(path);
  return value.map((element, index) => objectAt(element, `${path}.${index}`));
}

export function requiredText(value: Json | undefined, path: string): string {
  if (value === undefined || value === null || value === '') throw missing(path);
  return text(value, path);
}

export function text(value: Json, path: string): string {
  if (typeof value !== 'string') throw invalid(path);
  return value;
}

/** Decimal text, or a JSON number; given back as the text that was sent. */
export function decimal(value: Json | undefined, path: string): string {
  if (value === undefined || value === null || value === '') throw missing(path);
  const number = value instanceof ExactNumber;
  const sent = number ? value.text : text(value, path);
  if (parseDecimal(sent, number ? 'exponent' : 'plain') === undefined) throw invalid(path);
  return sent;
}

/** Epoch seconds, or milliseconds told apart by their size; a JSON number, in a form its digits. */
export function timestamp(value: Json | undefined, path: string, isForm: boolean): string {
  if (value === undefined || value === null || value === '') throw missing(path);
  if (!(value instanceof ExactNumber) && !(isForm && typeof value === 'string')) throw invalid(path);
  const sent = value instanceof ExactNumber ? value.text : value;
  if (!/^[1-9]\d{0,12}$/.test(sent)) throw invalid(path);
  return sent;
}

/** A day of the calendar, `YYYY-MM-DD`. */
export function birthday(value: Json, path: string): string {
  const sent = text(value, path);
  const day = new Date(`${sent}T00:00:00Z`);
  const real = /^\d{4}-\d\d-\d\d$/.test(sent) && !Number.isNaN(day.getTime());
  if (!real || day.toISOString().slice(0, 10) !== sent) throw invalid(path);
  return sent;
}

/**
 * E.164 as it is; anything else is formatted and taken for US if it has an area code. The shape alone is checked: the
 * document's own example has an area code that is not assigned.
 */
export function phone(value: Json, path: string): string {
  const sent = text(value, path);
  if (/^\+[1-9]\d{6,14}$/.test(sent)) return sent;
  if (!/^[\d\s().-]+$/.test(sent)) throw invalid(path);
  const digits = sent.replace(/\D/g, '');
  if (/^1?\d{10}$/.test(digits)) return `+1${digits.slice(-10)}`;
  throw invalid(path);
}

export function email(value: Json, path: string): string {
  const sent = text(value, path);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(sent) || sent.length > 254) throw invalid(path);
  return sent;
}
