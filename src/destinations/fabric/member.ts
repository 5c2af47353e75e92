/**
 * PUT /v1/members (docs/platforms/fabric.md#update-a-member). The member stands in the body as `profileId`; only what is present is sent.
 *
 * The document's page says "Required string length" where it means a length; only `profileId` is required.
 */

import { countryName, regionName } from '../countries.ts';
import { encodeFields, urlOf } from '../encode.ts';
import { decimalLiteral, writeJson } from '../json.ts';
import type { FieldDeclaration, FieldValue, Kind, Outgoing } from '../kind.ts';
import { classifyBody, refusal } from './answer.ts';
import { authorize, headers } from './platform.ts';

const source = 'docs/platforms/fabric.md#update-a-member';

const addressLine = {
  type: 'text',
  maxLength: 500,
  clearable: true,
  personal: true,
  source: `${source} (string | null)`,
} as const;

/** In the order of the document. */
const fields = {
  profileId: { type: 'text', required: true, minLength: 1, personal: true, source },
  firstName: { type: 'text', minLength: 1, maxLength: 100, personal: true, source },
  middleName: { type: 'text', personal: true, source },
  lastName: { type: 'text', minLength: 1, maxLength: 100, personal: true, source },
  suffix: { type: 'text', personal: true, source },
  gender: { type: 'enum', values: ['None', 'Male', 'Female', 'Other'], personal: true, source },
  birthDate: { type: 'date', personal: true, source },
  emailAddress: { type: 'email', minLength: 1, maxLength: 254, personal: true, source },
  phoneNumber: {
    type: 'phone',
    phone: { form: 'digits' },
    minLength: 1,
    personal: true,
    source: `${source} (without space or dash)`,
  },
  addressLine1: addressLine,
  addressLine2: addressLine,
  addressLine3: addressLine,
  city: { type: 'text', maxLength: 50, personal: true, source },
  region: { type: 'text', maxLength: 150, personal: true, source: `${source} (state name)` },
  postalCode: { type: 'text', personal: true, source },
  country: { type: 'text', minLength: 1, personal: true, source: `${source} (country name)` },
  maritalStatus: {
    type: 'enum',
    values: ['None', 'Single', 'Married', 'Divorced', 'Widowed', 'Separated'],
    personal: true,
    source,
  },
  prefix: { type: 'enum', values: ['None', 'Mr', 'Mrs', 'Ms'], personal: true, source },
  redemptionChoice: { type: 'enum', values: ['Bank', 'Auto'], source },
  redemptionThreshold: {
    type: 'decimal',
    platformDefault: '0.00',
    source: `${source} (declared a string, example a number)`,
  },
  enrollmentStore: { type: 'text', minLength: 1, source },
  enrollmentDate: { type: 'date', source: `${source} (by its example)` },
  lastPaidStatusCenter: { type: 'text', minLength: 1, source },
  lastPaidStatusDate: { type: 'date', source: `${source} (by its example's siblings)` },
  tierReference: { type: 'text', source },
  tierExpirationDatetime: {
    type: 'instant',
    source: `${source} (only utilized if tierReference is specified)`,
  },
  customAttributes: { type: 'dictionary', whole: true, personal: true, source: `${source} (a dictionary)` },
} as const satisfies Record<string, FieldDeclaration>;

const described = { fields, subjectField: 'profileId', subjectType: 'member' } as const;
const addressLines = ['addressLine1', 'addressLine2', 'addressLine3'] as const;

/** The values as they are sent: names for codes, and no address line that says null in words. */
function valuesOf(out: Outgoing): Readonly<Record<string, FieldValue>> {
  const left = Object.entries(out.fields).filter(([name]) => !saysNull(name, out.fields));
  const { region, country } = out.fields;
  return {
    ...Object.fromEntries(left),
    ...(typeof region === 'string' && !asIs(out, 'region')
      ? { region: regionName(region, typeof country === 'string' ? country : undefined) }
      : {}),
    ...(typeof country === 'string' && !asIs(out, 'country') ? { country: countryName(country) } : {}),
    profileId: out.subject,
  };
}

function asIs(out: Outgoing, field: string): boolean {
  return out.account.settings.asIs === true || out.asIs?.includes(field) === true;
}

/** The document's own curl sends "null" as text, which would become the member's address (docs/platforms/fabric.md#the-answer). */
function saysNull(name: string, values: Outgoing['fields']): boolean {
  const value = values[name];
  return (
    addressLines.some((line) => line === name) && typeof value === 'string' && /^\s*null\s*$/i.test(value)
  );
}

function bodyOf(out: Outgoing): string {
  const encoded = encodeFields(valuesOf(out), fields, {
    ...(out.account.settings.redemptionThreshold === 'string' ? { decimal: decimalLiteral } : {}),
  });
  return writeJson(encoded);
}

function remarks(out: Outgoing): readonly string[] {
  return addressLines
    .filter((line) => saysNull(line, out.fields))
    .map((line) => `${line} says null in words: left out`);
}

export default {
  name: 'fabric.member',
  platform: 'fabric',
  nature: 'state',
  subjectType: 'member',
  subjectField: 'profileId',
  replaces: 'fields',
  fields,
  together: [
    ['addressLine1', 'addressLine2', 'addressLine3', 'city', 'region', 'postalCode', 'country'],
    ['tierReference', 'tierExpirationDatetime'],
  ],
  rules: [
    {
      rule: 'needs',
      field: 'tierExpirationDatetime',
      other: 'tierReference',
      reason: 'the platform uses it only with tierReference',
    },
  ],
  build: (out) => ({
    method: 'PUT',
    url: urlOf(out.account.baseUrl, '/v1/members'),
    headers,
    body: bodyOf(out),
  }),
  authorize,
  classify: (answer, sent) => classifyBody(answer, described, sent),
  refusal: (answer, sent) => refusal(answer, described, sent),
  doubt: 'resend',
  remarks,
} satisfies Kind as Kind;
