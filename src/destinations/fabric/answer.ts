/**
 * How fabric answers (docs/platforms/fabric.md#the-answer): success is HTTP 2xx and body.status 2xx and every list in `errors` empty. The
 * shapes seen: `errors: {}`, `errors: {ExceptionString: []}`, and `ExceptionString: ""` inside `data`.
 */
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
import { isExactNumber, type Json } from '../json.ts';
import type { Answer, Outgoing, Refusal, Verdict } from '../kind.ts';
import { fieldOfRefusal } from '../refused.ts';

/** Response-side spellings (docs/platforms/fabric.md#the-answer, items 1 and 4). */
const aliases = {
  birthdate: 'birthDate',
  email: 'emailAddress',
  phone: 'phoneNumber',
  phonenumber: 'phoneNumber',
  tierExternalReference: 'tierReference',
  tierExpiryDate: 'tierExpirationDatetime',
  member: 'profileId',
  profile: 'profileId',
};

export function classifyBody(answer: Answer, kind: Described, sent: Outgoing): Verdict {
  const body = objectOf(answer);
  const requestId = requestIdOf(answer);
  const known = requestId === undefined ? {} : { requestId };
  const doubt = (reason: string): Verdict => ({ verdict: 'doubt', reason, ...known });
  if (body === null) return doubt(describeBody(answer));
  const status = statusOf(member(body, 'status'));
  if (status === undefined) return doubt('the answer has no status in its body');
  if (status < 200 || status > 299) return byInnerStatus(status, answer, kind, sent, doubt);
  const complaints = complaintsOf(body);
  if (complaints === null) return doubt('the errors in the answer cannot be understood');
  if (complaints.length > 0) return { verdict: 'failed', ...refusal(answer, kind, sent) };
  return { verdict: 'delivered', platformId: sent.subject, ...known };
}

/** A status inside the body of an HTTP 2xx means what the same HTTP status would. */
function byInnerStatus(
  status: number,
  answer: Answer,
  kind: Described,
  sent: Outgoing,
  doubt: (reason: string) => Verdict,
): Verdict {
  const said = refusal(answer, kind, sent);
  if (status === 401 || status === 403) return { verdict: 'stop', reason: said.reason };
  if (status === 425 || status === 429) return { verdict: 'retry', reason: said.reason };
  if (status >= 400 && status <= 499 && status !== 408) return { verdict: 'failed', ...said };
  return doubt(said.reason);
}

export function refusal(answer: Answer, kind: Described, sent: Outgoing): Refusal {
  const body = objectOf(answer);
  const complaints = body === null ? [] : (complaintsOf(body) ?? []);
  const message = body === null ? undefined : textOf(member(body, 'message'));
  const words = [message, ...complaints].filter((part) => part !== undefined && part !== '').join(': ');
  const status = body === null ? undefined : statusOf(member(body, 'status'));
  const text = words === '' ? `${describeBody(answer)} (HTTP ${answer.status})` : words;
  const field =
    fieldOfRefusal(complaints.join(' '), kind, aliases) ?? fieldOfRefusal(message ?? '', kind, aliases);
  const requestId = requestIdOf(answer);
  return {
    reason: reasonOf(text, kind, sent),
    ...(status === undefined ? {} : { platformCode: String(status) }),
    ...(field === undefined ? {} : { field }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** An integer, as a number or as its digits. */
function statusOf(value: Json | undefined): number | undefined {
  const text = isExactNumber(value) || typeof value === 'string' ? textOf(value) : undefined;
  return text !== undefined && /^[1-9]\d{2}$/.test(text) ? Number(text) : undefined;
}

/**
 * What the error lists say, each text once, with the list's name before it unless that is ExceptionString. Empty
 * where nothing is said; null where `errors` is missing or has a shape that no page shows.
 */
function complaintsOf(body: JsonObject): readonly string[] | null {
  const errors = member(body, 'errors');
  const data = member(body, 'data');
  const exception = isObject(data) ? member(data, 'ExceptionString') : undefined;
  if (!isObject(errors)) return null;
  const lists = Object.entries(errors).map(([name, value]) => listOf(name, value));
  const beside = exception === undefined ? [] : listOf('ExceptionString', exception);
  if (beside === null || lists.some((list) => list === null)) return null;
  return [...new Set([...lists.flatMap((list) => list ?? []), ...beside])];
}

function listOf(name: string, value: Json): readonly string[] | null {
  const label = name === 'ExceptionString' ? '' : `${name} `;
  if (value === '' || value === null) return [];
  if (typeof value === 'string') return [`${label}${value}`];
  if (!Array.isArray(value)) return null;
  return value.map((part: Json) => `${label}${textIn(part)}`);
}

function textIn(part: Json): string {
  const texts = isObject(part) ? Object.values(part).flatMap((inner) => textOf(inner) ?? []) : [];
  return textOf(part) ?? (texts.join(' ') || 'an error that is no text');
}
