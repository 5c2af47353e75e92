/**
 * PATCH /v2/program-memberships/:program_membership_id (docs/platforms/hang.md#update-a-membership).
 *
 * Only what is present is sent. The answer does not echo names or birthday and need not mirror the rest: the
 * membership's own id in it is what tells that it is understood.
 */
import { describeBody, isObject, member, objectOf, requestIdOf, textOf } from '../answer.ts';
import { encodeFields, segment, segmentPattern, urlOf } from '../encode.ts';
import { writeJson } from '../json.ts';
import type { Answer, FieldDeclaration, Kind, Outgoing, Verdict } from '../kind.ts';
import { doubt, refusal, refusedOrStopped } from './error.ts';
import { authorize, headers, statuses } from './platform.ts';

const source = 'docs/platforms/hang.md#update-a-membership';
const familySource = `${source}, family_member_birthdays`;

/** In the order of the document's example. */
const inBody = {
  external_user_id: { type: 'text', minLength: 1, personal: true, source },
  first_name: { type: 'text', personal: true, source },
  last_name: { type: 'text', personal: true, source },
  birthday: { type: 'date', personal: true, source },
  phone: { type: 'phone', phone: { form: 'e164', region: 'US' }, personal: true, source },
  email: {
    type: 'email',
    personal: true,
    source: `${source}, in the example request`,
  },
  family_member_birthdays: {
    type: 'list',
    whole: true,
    personal: true,
    item: {
      first_name: { type: 'text', required: true, minLength: 1, personal: true, source: familySource },
      last_name: { type: 'text', personal: true, source: familySource },
      birthday: { type: 'date', required: true, personal: true, source: familySource },
      status: { type: 'enum', required: true, values: ['active', 'inactive'], source: familySource },
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
    source: `${source}, :program_membership_id in the path`,
  },
  ...inBody,
} as const satisfies Record<string, FieldDeclaration>;

const described = { fields, subjectField: 'member', subjectType: 'member' } as const;

function classify(answer: Answer, sent: Outgoing): Verdict {
  if (answer.status === 400) return refusedOrStopped(answer, described, sent);
  const body = objectOf(answer);
  if (body === null) return doubt(answer, describeBody(answer));
  const membership = member(body, 'membership');
  const id = isObject(membership) ? textOf(member(membership, 'id')) : undefined;
  if (id !== sent.subject) return doubt(answer, 'the answer does not show the membership that was updated');
  const requestId = requestIdOf(answer);
  return { verdict: 'delivered', platformId: id, ...(requestId === undefined ? {} : { requestId }) };
}

export default {
  name: 'hang.member',
  platform: 'hang',
  nature: 'state',
  subjectType: 'member',
  subjectField: 'member',
  replaces: 'fields',
  fields,
  together: [],
  rules: [],
  build: (out) => ({
    method: 'PATCH',
    url: urlOf(out.account.baseUrl, `/v2/program-memberships/${segment(out.subject)}`),
    headers,
    body: writeJson(encodeFields(out.fields, inBody)),
  }),
  authorize,
  classify,
  refusal: (answer, sent) => refusal(answer, described, sent),
  statuses,
  doubt: 'resend',
} satisfies Kind as Kind;
