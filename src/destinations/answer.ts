/** What the kinds share in reading answers. Nothing here throws, whatever the bytes. */
import { isExactNumber, type Json, parseExact } from './json.ts';
import type { Answer, FieldDeclaration, FieldValue, Kind, Outgoing } from './kind.ts';

/** The part of a kind that reading answers needs: what it declares. */
export type Described = Pick<Kind, 'fields' | 'subjectField' | 'subjectType'>;

export type JsonObject = { readonly [name: string]: Json };

const maxReason = 300;
const maxWords = 4000;
const maxDepth = 100;
const mask = '***';

/** The body as a JSON object, or null: cut short, empty, a page of HTML, a list, a bare value. */
export function objectOf(answer: Answer): JsonObject | null {
  return answer.truncated ? null : parseObject(answer.body);
}

export function parseObject(text: string): JsonObject | null {
  if (isTooDeep(text)) return null;
  try {
    const value = parseExact(text.replace(/^\uFEFF/, ''));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Nested further than any answer is: what walks through it would run out of stack. Brackets in texts count too. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > maxDepth) return true;
  }
  return false;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** A member of an object that is its own: a document may well hold `__proto__` or `constructor`. */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Text of a scalar: a string as it is, a number by its digits; undefined for anything else or empty. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return isExactNumber(value) ? value.rawJSON : undefined;
}

/** An id for the platform's support, where a header or the body has one. */
export function requestIdOf(answer: Answer, inBody?: Json): string | undefined {
  const headers = ['x-request-id', 'request-id', 'x-correlation-id', 'x-amzn-requestid', 'cf-ray'];
  const named = headers
    .map((name) => answer.headers[name])
    .find((value) => value !== undefined && value !== '');
  const id = named ?? textOf(inBody);
  return id === undefined ? undefined : plain(id).slice(0, 100);
}

/** Why a body cannot be understood, without quoting it. */
export function describeBody(answer: Answer): string {
  if (answer.truncated) return 'the answer was cut short';
  const body = answer.body.trim();
  if (body === '') return 'the answer is empty';
  if (/^<(?:!doctype\s+)?html/i.test(body)) return 'the answer is an HTML page';
  return 'the answer cannot be understood';
}

/** The platform's words as they may be stored and shown: masked of what was sent about a person, cut, one line. */
export function reasonOf(words: string, kind: Described, sent: Outgoing): string {
  const line = plain(words.slice(0, maxWords));
  const values = kind.subjectType === 'member' ? personalValues(kind, sent) : [];
  const masked = values.reduce(maskValue, line);
  const safe = kind.subjectType === 'member' ? maskLikely(masked) : masked;
  if (safe === '') return 'the answer gives no reason';
  return safe.length > maxReason ? `${safe.slice(0, maxReason - 1).trimEnd()}…` : safe;
}

/** Control, format and line-breaking characters out, white space to one space each. */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .toWellFormed()
    .trim();
}

/** Longest first, so that a value inside another is not left in pieces. */
function personalValues(kind: Described, sent: Outgoing): readonly string[] {
  const found = Object.entries(sent.fields).flatMap(([name, value]) => scalars(value, kind.fields[name]));
  return [...new Set([sent.subject, ...found])]
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length);
}

function scalars(value: FieldValue, field: FieldDeclaration | undefined): readonly string[] {
  if (field?.personal !== true || field.type === 'enum') return [];
  const within = (part: FieldValue): readonly string[] => {
    if (typeof part === 'string') return [part];
    if (part === null || typeof part === 'boolean') return [];
    if (isExactNumber(part)) return [part.rawJSON];
    return (Array.isArray(part) ? part : Object.values(part)).flatMap(within);
  };
  return within(value);
}

/** Replaces a value wherever it stands; a short one only where it stands as a word of its own. */
function maskValue(text: string, value: string): string {
  const line = plain(value);
  if (line === '') return text;
  const pattern = RegExp.escape(line);
  const edge = line.length < 4;
  return text.replace(
    new RegExp(edge ? `(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])` : pattern, 'giu'),
    mask,
  );
}

/** What looks like an e-mail address or a phone number though it was sent in another spelling. */
function maskLikely(text: string): string {
  return text
    .replace(/[^\s@<>"',;:()]+@[^\s@<>"',;:()]+/g, mask)
    .replace(/\(?\+?\d(?:[\s().-]{0,2}\d){6,}/g, mask);
}
