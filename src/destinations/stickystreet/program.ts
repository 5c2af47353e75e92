/**
 * type=manage_memberships, action=update (docs/platforms/stickystreet.md#update-a-membership-program): the settings of one membership program.
 *
 * Every setting is required and the form replaces them all, hence `replaces: 'whole'`. Ids are texts of 16 digits.
 */
import { describeBody, reasonOf, requestIdOf } from '../answer.ts';
import type { Answer, FieldDeclaration, Kind, Outgoing, Refusal, Verdict } from '../kind.ts';
import { fieldOfRefusal } from '../refused.ts';
import { understand } from './answer.ts';
import { authorize, formOf, headers, outputParameters, statuses } from './platform.ts';

const source = 'docs/platforms/stickystreet.md#update-a-membership-program';

/** In the order of the document's example; the qualifier, which it has not, where the table has it. */
const fields = {
  membership_program_id: { type: 'text', required: true, minLength: 1, source },
  membership_program_name: { type: 'text', required: true, minLength: 1, source },
  membership_style: { type: 'enum', required: true, values: ['A', 'B'], source },
  membership_time_range: { type: 'integer', required: true, nonNegative: true, source: `${source}; notes` },
  membership_time_unit: { type: 'enum', required: true, values: ['D', 'M', 'Y'], source },
  membership_custom_qualifier_name: { type: 'text', source: `${source} (required only for style B)` },
  membership_campaigns_included: {
    type: 'text',
    required: true,
    minLength: 1,
    source: `${source} (all, or campaign ID)`,
  },
} as const satisfies Record<string, FieldDeclaration>;

const described = { fields, subjectField: 'membership_program_id', subjectType: 'program' } as const;
const qualifier = 'membership_custom_qualifier_name';

function bodyOf(out: Outgoing): string {
  const values = { ...out.fields, membership_program_id: out.subject };
  const settings = Object.entries(fields).flatMap(([name, field]: [string, FieldDeclaration]) => {
    const value = Object.hasOwn(values, name) ? values[name as keyof typeof values] : undefined;
    if (leavesOut(name, out) || (value === undefined && field.required !== true)) return [];
    if (typeof value !== 'string') throw new TypeError(`${name} is not a text`);
    return [[name, value] as const];
  });
  return formOf([
    ['API', '1.5'],
    ['type', 'manage_memberships'],
    ['action', 'update'],
    ...settings,
    ...outputParameters(out.account),
  ]);
}

/** What a qualifier does on a style A program is unknown (docs/platforms/stickystreet.md#update-a-membership-program). */
function leavesOut(name: string, out: Outgoing): boolean {
  return name === qualifier && out.fields.membership_style === 'A';
}

function remarks(out: Outgoing): readonly string[] {
  return leavesOut(qualifier, out) && Object.hasOwn(out.fields, qualifier)
    ? [`${qualifier} is left out: a style A program has none`]
    : [];
}

/** Success and failure stand in the body, at 2xx and at the 4xx that `statuses` leaves to it. */
function classify(answer: Answer, sent: Outgoing): Verdict {
  const said = understand(answer);
  const requestId = requestIdOf(answer);
  const known = requestId === undefined ? {} : { requestId };
  if (said === null) {
    if (answer.status >= 400) return { verdict: 'failed', ...refusal(answer, sent) };
    return { verdict: 'doubt', reason: describeBody(answer), ...known };
  }
  if (said.status === 'success') {
    return said.programId === sent.subject
      ? { verdict: 'delivered', platformId: sent.subject, ...known }
      : { verdict: 'doubt', reason: 'the answer does not show the program that was updated', ...known };
  }
  const refused = refusal(answer, sent);
  return meansBadCredentials(said.words, sent)
    ? { verdict: 'stop', reason: refused.reason }
    : { verdict: 'failed', ...refused };
}

/** The platform has no codes; which texts speak of credentials, the account knows. */
function meansBadCredentials(words: string, sent: Outgoing): boolean {
  const texts: unknown = sent.account.settings.badCredentials;
  if (!Array.isArray(texts)) return false;
  const said = words.toLowerCase();
  return texts.some(
    (text: unknown) => typeof text === 'string' && text !== '' && said.includes(text.toLowerCase()),
  );
}

function refusal(answer: Answer, sent: Outgoing): Refusal {
  const said = understand(answer);
  const words = said?.status === 'error' ? said.words : `${describeBody(answer)} (HTTP ${answer.status})`;
  const field = said === null ? undefined : fieldOfRefusal(words, described, aliases);
  const requestId = requestIdOf(answer);
  return {
    reason: reasonOf(words, described, sent),
    ...(field === undefined ? {} : { field }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Names that a copy of the document, and plain words, give the fields (docs/platforms/stickystreet.md#update-a-membership-program). */
const aliases = {
  membership_type: 'membership_style',
  program_id: 'membership_program_id',
  program_name: 'membership_program_name',
  time_range: 'membership_time_range',
  time_unit: 'membership_time_unit',
  qualifier: qualifier,
  campaign: 'membership_campaigns_included',
  campaigns: 'membership_campaigns_included',
};

export default {
  name: 'stickystreet.program',
  platform: 'stickystreet',
  nature: 'state',
  subjectType: 'program',
  subjectField: 'membership_program_id',
  replaces: 'whole',
  fields,
  together: [],
  rules: [
    {
      rule: 'whenIs',
      field: 'membership_style',
      value: 'B',
      other: qualifier,
      reason: 'a program of style B needs its qualifier name',
    },
  ],
  build: (out) => ({ method: 'POST', url: out.account.baseUrl, headers, body: bodyOf(out) }),
  authorize,
  classify,
  refusal,
  statuses,
  doubt: 'resend',
  remarks,
} satisfies Kind as Kind;
