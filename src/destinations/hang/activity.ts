/**
 * POST /v2/program-memberships/:program_membership_id/activities (docs/platforms/hang.md#record-an-activity).
 *
 * A 200 means that the activity was taken, not that it was applied; it is believed only with our key in it. Hang
 * knows no refunds: a refund that is posted *adds* points, hence no negative value.
 */
import { describeBody, member, objectOf, requestIdOf } from '../answer.ts';
import { encodeFields, instantOf, segment, segmentPattern, urlOf } from '../encode.ts';
import { isExactNumber, writeJson } from '../json.ts';
import type { Answer, FieldDeclaration, Kind, Outgoing, Verdict } from '../kind.ts';
import { doubt, refusal, refusedOrStopped, speaksOfTheKey } from './error.ts';
import { authorize, headers, statuses } from './platform.ts';

const source = 'docs/platforms/hang.md#record-an-activity';

/** The list marks group_id alone as optional, and the others not at all. */
const unmarked = `${source}, not marked optional, as group_id is`;

const inBody = {
  activity_type_id: { type: 'text', required: true, minLength: 1, source },
  value: {
    type: 'decimal',
    required: true,
    nonNegative: true,
    source: `${source}, no refunds`,
  },
  transaction_timestamp: { type: 'instant', required: true, source },
  line_items: {
    type: 'list',
    item: {
      item_id: { type: 'text', required: true, minLength: 1, source: unmarked },
      value: { type: 'decimal', required: true, source: unmarked },
      group_id: { type: 'text', source },
    },
    source,
  },
} as const satisfies Record<string, FieldDeclaration>;

const fields = {
  member: {
    type: 'text',
    required: true,
    minLength: 1,
    pattern: segmentPattern,
    personal: true,
    source: `${source}, program_membership_id in the path`,
  },
  ...inBody,
} as const satisfies Record<string, FieldDeclaration>;

const described = { fields, subjectField: 'member', subjectType: 'member' } as const;

/** `value` is a string and a line's value a number, as in the document's example; seconds since 1970 as a number. */
function bodyOf(out: Outgoing): string {
  const activity = encodeFields(out.fields, inBody, {
    instant: (text) => Math.floor(instantOf(text).getTime() / 1000),
  });
  const value = isExactNumber(activity.value) ? activity.value.rawJSON : '';
  if (value === '' || value.startsWith('-')) throw new TypeError('an activity needs a value, not below zero');
  return writeJson({ idempotency_key: out.key, activity: { ...activity, value } });
}

function classify(answer: Answer, sent: Outgoing): Verdict {
  if (answer.status === 400) return refusedOrStopped(answer, described, sent);
  if (answer.status === 409 || answer.status === 422) return conflict(answer, sent);
  const body = objectOf(answer);
  if (body === null) return doubt(answer, describeBody(answer));
  if (member(body, 'idempotency_key') !== sent.key) return doubt(answer, 'the answer does not echo our key');
  const requestId = requestIdOf(answer);
  return { verdict: 'delivered', ...(requestId === undefined ? {} : { requestId }) };
}

/** A conflict about the key says nothing of the request that came first under it: that one may have been applied. */
function conflict(answer: Answer, sent: Outgoing): Verdict {
  const said = refusal(answer, described, sent);
  return answer.status === 409 || speaksOfTheKey(answer, sent.key)
    ? doubt(answer, said.reason)
    : { verdict: 'failed', ...said };
}

const aboutTheKey = `${source}: a key in flight, or with another body, is undocumented`;

export default {
  name: 'hang.activity',
  platform: 'hang',
  nature: 'event',
  subjectType: 'member',
  subjectField: 'member',
  replaces: 'whole',
  fields,
  together: [],
  rules: [],
  valueField: 'value',
  build: (out) => ({
    method: 'POST',
    url: urlOf(out.account.baseUrl, `/v2/program-memberships/${segment(out.subject)}/activities`),
    headers,
    body: bodyOf(out),
  }),
  authorize,
  classify,
  refusal: (answer, sent) => refusal(answer, described, sent),
  statuses: {
    ...statuses,
    409: { means: 'kind', source: aboutTheKey },
    422: { means: 'kind', source: aboutTheKey },
  },
  doubt: 'resend',
} satisfies Kind as Kind;
