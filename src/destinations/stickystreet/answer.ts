/**
 * What an answer of API 1.5 says, in XML, JSON, JSONP or condensed JSON: told apart by the body, since the server
 * may ignore what was asked for (docs/platforms/stickystreet.md#the-answer).
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isObject, type JsonObject, member, parseObject, textOf } from '../answer.ts';
import type { Json } from '../json.ts';
import type { Answer } from '../kind.ts';

export type Said =
  | { readonly status: 'success'; readonly programId: string | undefined }
  | { readonly status: 'error'; readonly words: string };

/** What the body says; null where it cannot be understood. */
export function understand(answer: Answer): Said | null {
  if (answer.truncated) return null;
  const body = answer.body.replace(/^\uFEFF/, '').trim();
  const response = body.startsWith('<') ? fromXml(body) : parseObject(unwrap(body));
  return response === null ? null : read(response);
}

function read(response: JsonObject): Said | null {
  const status = member(response, 'status');
  if (status === 'success') return { status, programId: textOf(member(response, 'membership_program_id')) };
  if (status !== 'error') return null;
  const words = [...wordsOf(member(response, 'error')), ...wordsOf(member(response, 'errors'))];
  return { status, words: words.length > 0 ? words.join('; ') : 'an error without a text' };
}

/** `error` and `errors` are a text, a list of texts, or (XML) elements within. */
function wordsOf(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (isObject(value)) return Object.values(value).flatMap(wordsOf);
  const text = textOf(value);
  return text === undefined ? [] : [text];
}

/** JSONP: fn(<json>) with or without a semicolon. */
function unwrap(body: string): string {
  return /^[\w$.]+\s*\(([\s\S]*)\)\s*;?$/.exec(body)?.[1] ?? body;
}

// Values stay text (ids have 16 digits), entities are left alone: a document of ours needs none but the five.
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

const bareAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/g;

/** The `response` element as an object, its status attribute among the rest; null for anything else. */
function fromXml(body: string): JsonObject | null {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(body)) return null;
  const text = body.replace(bareAmpersand, '&amp;');
  try {
    if (XMLValidator.validate(text) !== true) return null;
    const document: Json = parser.parse(text);
    const response = isObject(document) && Object.keys(document).length === 1 ? document.response : undefined;
    if (!isObject(response)) return null;
    const { '@status': status, ...elements } = response;
    return decoded({ ...elements, ...(status === undefined ? {} : { status }) });
  } catch {
    return null;
  }
}

function decoded(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, decodedValue(value)]));
}

function decodedValue(value: Json): Json {
  if (typeof value === 'string') return decodeText(value);
  if (Array.isArray(value)) return value.map(decodedValue);
  return isObject(value) ? decoded(value) : value;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities every XML document has, and character references; in one pass, so that none is made anew. */
function decodeText(text: string): string {
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g,
    (all, name, dec, hex) => {
      if (name !== undefined) return named[name] ?? all;
      const point = dec === undefined ? Number.parseInt(hex, 16) : Number.parseInt(dec, 10);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    },
  );
}
