/** Hang's error bodies (docs/platforms/hang.md#errors): messages[0].message, then message, error, errors[0], then the raw body. */
import {
  type Described,
  describeBody,
  isObject,
  type JsonObject,
  member,
  objectOf,
  reasonOf,
  requestIdOf,
  textOf,
} from '../answer.ts';
import type { Json } from '../json.ts';
import type { Answer, Outgoing, Refusal, Verdict } from '../kind.ts';
import { fieldOfRefusal } from '../refused.ts';

/** Spellings of fields in answers and codes. */
const aliases = {
  program_membership: 'member',
  program_membership_id: 'member',
  membership: 'member',
  birth_date: 'family_member_birthdays',
  activity_type: 'activity_type_id',
};

/** A code such as PROGRAM_MEMBERSHIP_ALREADY_EXISTS. */
const codeShape = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

export function refusal(answer: Answer, kind: Described, sent: Outgoing): Refusal {
  const body = objectOf(answer);
  const words = saidIn(answer);
  const code = codeShape.test(words) ? words : undefined;
  const known = Object.entries(aliases).filter(([, field]) => Object.hasOwn(kind.fields, field));
  const field = fieldOfRefusal(words, kind, Object.fromEntries(known));
  const requestId = requestIdOf(answer, body === null ? undefined : member(body, 'id'));
  return {
    reason: reasonOf(words, kind, sent),
    ...(code === undefined ? {} : { platformCode: code }),
    ...(field === undefined ? {} : { field }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** The platform's words, or the whole body where none of its places for words has any. */
function saidIn(answer: Answer): string {
  const body = objectOf(answer);
  return (body === null ? undefined : wordsOf(body)) ?? rawWords(answer);
}

/**
 * Does the platform speak of the idempotency key? Our own key under its name, as a request in JSON has it (in a text of
 * JSON its quotes are escaped; `=>` is how Ruby prints it), is the request repeated, and no word of the platform.
 */
export function speaksOfTheKey(answer: Answer, key: string): boolean {
  const quote = String.raw`\\*["']`;
  const repeated = `${quote}idempotency_key${quote}\\s*(?::|=>)\\s*${quote}${RegExp.escape(key)}${quote}`;
  return /idempoten/i.test(saidIn(answer).replace(new RegExp(repeated, 'g'), ''));
}

/** 400 is the row's fault unless it says that the key did not arrive (docs/platforms/hang.md#address-and-key). */
export function refusedOrStopped(answer: Answer, kind: Described, sent: Outgoing): Verdict {
  const said = refusal(answer, kind, sent);
  if (said.platformCode === 'API_KEY_HEADER_IS_MISSING') return { verdict: 'stop', reason: said.reason };
  return { verdict: 'failed', ...said };
}

export function doubt(answer: Answer, reason: string): Verdict {
  const requestId = requestIdOf(answer);
  return { verdict: 'doubt', reason, ...(requestId === undefined ? {} : { requestId }) };
}

function wordsOf(body: JsonObject): string | undefined {
  const messages = member(body, 'messages');
  const errors = member(body, 'errors');
  return (
    textIn(Array.isArray(messages) ? messages[0] : undefined) ??
    textIn(member(body, 'message')) ??
    textIn(member(body, 'error')) ??
    textIn(Array.isArray(errors) ? errors[0] : undefined)
  );
}

/** A text, or the `message` of an object. */
function textIn(value: Json | undefined): string | undefined {
  return isObject(value) ? textOf(member(value, 'message')) : textOf(value);
}

function rawWords(answer: Answer): string {
  const body = answer.body.trim();
  return body === '' || /^</.test(body) ? `${describeBody(answer)} (HTTP ${answer.status})` : body;
}
