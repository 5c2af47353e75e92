/** Request bodies: JSON with exact numbers, urlencoded and multipart forms. Bytes that are not UTF-8 are refused. */
import { type Call, Refusal } from './call.ts';
import { isObject, type Json, type JsonObject, parseExact } from './json.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Refusal(400, 'the body is not UTF-8');
  }
}

export const mediaType = (call: Call): string =>
  (call.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** A JSON body. An unpaired surrogate is no Unicode text, so it is refused too. */
export function jsonBody(call: Call): Json {
  const text = decodeText(call.body);
  try {
    const value = parseExact(text);
    if (/\\ud[89a-f]/i.test(text) && !isUnicode(value)) throw new Error('an unpaired surrogate');
    return value;
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function isUnicode(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isUnicode);
  return (
    !isObject(value) || Object.entries(value).every(([key, one]) => key.isWellFormed() && isUnicode(one))
  );
}

export type Form = readonly (readonly [name: string, value: string])[];

/** Reads a urlencoded text; a percent sign without two hex digits, or bytes that are not UTF-8, are refused. */
export function decodeForm(text: string): Form {
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part.replaceAll('+', ' '));
    } catch {
      throw new Refusal(400, 'the form is not encoded rightly');
    }
  };
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });
}

/** A form body of either encoding. Files in a multipart body are refused: no endpoint takes one. */
export async function formBody(call: Call): Promise<Form> {
  const type = call.headers['content-type'] ?? '';
  if (mediaType(call) === 'application/x-www-form-urlencoded') return decodeForm(decodeText(call.body));
  try {
    const form = await new Response(new Uint8Array(call.body), {
      headers: { 'content-type': type },
    }).formData();
    return [...form].map(([name, value]) => {
      if (typeof value !== 'string') throw new Error('a file');
      return [name, value];
    });
  } catch {
    throw new Refusal(400, 'the form cannot be read');
  }
}

/**
 * Bracket names to a tree: `activity[line_items][][item_id]` as Rails reads it, where a repeated name begins the next
 * element of a list; `[0]` counts like `[]`.
 */
export function nest(form: Form): JsonObject {
  const root: JsonObject = Object.create(null) as JsonObject;
  for (const [name, value] of form) {
    const parts = [
      name.split('[', 1)[0] ?? '',
      ...[...name.matchAll(/\[([^\]]*)\]/g)].map((m) => m[1] ?? ''),
    ];
    place(root, parts, value);
  }
  return root;
}

const isPosition = (part: string | undefined): boolean => part !== undefined && /^\d*$/.test(part);

function place(target: JsonObject, parts: readonly string[], value: string): void {
  const [key = '', next, ...rest] = parts;
  if (next === undefined) {
    target[key] = value;
  } else if (!isPosition(next)) {
    const child = target[key];
    const inner: JsonObject = isObject(child) ? child : (Object.create(null) as JsonObject);
    target[key] = inner;
    place(inner, [next, ...rest], value);
  } else {
    const child = target[key];
    const list: Json[] = Array.isArray(child) ? child : [];
    target[key] = list;
    placeInList(list, rest, value);
  }
}

function placeInList(list: Json[], parts: readonly string[], value: string): void {
  const [key] = parts;
  if (key === undefined) {
    list.push(value);
    return;
  }
  const last = list.at(-1);
  const element: JsonObject =
    isObject(last) && !Object.hasOwn(last, key) ? last : (Object.create(null) as JsonObject);
  if (element !== last) list.push(element);
  place(element, parts, value);
}
