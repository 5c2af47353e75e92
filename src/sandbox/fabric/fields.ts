/** The body of PUT /v1/members, field by field as the document lists them. */
import { parseDecimal } from '../decimal.ts';
import { ExactNumber, isObject, type Json, type JsonObject } from '../json.ts';
import type { Switches } from '../switches.ts';

interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
  readonly nullable?: boolean;
  readonly shape?: { readonly as: RegExp; readonly says: string };
  /** A date whose form only the examples show, so a switch can widen it. */
  readonly date?: 'day' | 'instant';
}

const anyText: TextRule = {};
const day: TextRule = { date: 'day' };
const addressLine: TextRule = { max: 500, nullable: true };

const textFields: Readonly<Record<string, TextRule>> = {
  profileId: { min: 1 },
  firstName: { min: 1, max: 100 },
  middleName: anyText,
  lastName: { min: 1, max: 100 },
  suffix: anyText,
  gender: { oneOf: ['None', 'Male', 'Female', 'Other'] },
  birthDate: day,
  emailAddress: { min: 1, max: 254 },
  phoneNumber: { min: 1, shape: { as: /^[^\s-]+$/, says: 'must be without space or dash' } },
  addressLine1: addressLine,
  addressLine2: addressLine,
  addressLine3: addressLine,
  city: { max: 50 },
  region: { max: 150 },
  postalCode: anyText,
  country: { min: 1 },
  maritalStatus: { oneOf: ['None', 'Single', 'Married', 'Divorced', 'Widowed', 'Separated'] },
  prefix: { oneOf: ['None', 'Mr', 'Mrs', 'Ms'] },
  redemptionChoice: { oneOf: ['Bank', 'Auto'] },
  enrollmentStore: { min: 1 },
  enrollmentDate: day,
  lastPaidStatusCenter: { min: 1 },
  lastPaidStatusDate: day,
  tierReference: anyText,
  tierExpirationDatetime: { date: 'instant' },
};

export const fieldNames: readonly string[] = [
  ...Object.keys(textFields),
  'redemptionThreshold',
  'customAttributes',
];

export type Problems = Record<string, string[]>;

/** What is wrong with each field, and the fields that are taken; lengths count Unicode characters. */
export function readFields(
  body: JsonObject,
  switches: Switches['fabric'],
): { fields: JsonObject; problems: Problems } {
  const fields: JsonObject = {};
  const problems: Problems = {};
  const forbidden = switches.notPermitted.split(',').map((name) => name.trim());
  if (body.profileId === undefined) problems.profileId = ['is required'];
  for (const [name, value] of Object.entries(body)) {
    const problem = !fieldNames.includes(name)
      ? { says: 'is not a field of this call', when: switches.unknownFields !== 'ignore' }
      : forbidden.includes(name)
        ? { says: 'may not be updated', when: switches.notPermittedFields === 'reject' }
        : check(name, value, switches);
    if (problem === undefined) fields[name] = value;
    else if (problem.when) problems[name] = [problem.says];
  }
  return { fields, problems };
}

interface Problem {
  readonly says: string;
  /** False when the field is dropped in silence instead. */
  readonly when: boolean;
}
const wrong = (says: string): Problem => ({ says, when: true });

function check(name: string, value: Json, switches: Switches['fabric']): Problem | undefined {
  const rule = textFields[name];
  if (value === null) {
    if (rule?.nullable) return undefined;
    return { says: 'must not be null', when: switches.nulls === 'refuse' || name === 'profileId' };
  }
  if (name === 'customAttributes') return isObject(value) ? undefined : wrong('must be an object');
  if (name === 'redemptionThreshold') return checkThreshold(value);
  if (typeof value !== 'string') return wrong('must be a string');
  return rule === undefined ? undefined : checkText(value, rule, switches);
}

/** The document's type is string, its example a number: both. */
function checkThreshold(value: Json): Problem | undefined {
  const sent = value instanceof ExactNumber ? value.text : value;
  const form = value instanceof ExactNumber ? 'exponent' : 'plain';
  return typeof sent === 'string' && parseDecimal(sent, form) !== undefined
    ? undefined
    : wrong('must be a decimal');
}

function checkText(value: string, rule: TextRule, switches: Switches['fabric']): Problem | undefined {
  const length = [...value].length;
  const { min = 0, max = Number.POSITIVE_INFINITY } = rule;
  if (length < min) return wrong(`must have at least ${min} characters`);
  if (length > max) return wrong(`must have at most ${max} characters`);
  if (rule.oneOf !== undefined && !rule.oneOf.includes(value))
    return wrong(`must be one of ${rule.oneOf.join(', ')}`);
  if (rule.shape !== undefined && !rule.shape.as.test(value)) return wrong(rule.shape.says);
  if (switches.dates === 'any') return undefined;
  if (rule.date === 'day' && !isDay(value)) return wrong('must be a date, YYYY-MM-DD');
  if (rule.date === 'instant' && !isInstant(value)) return wrong('must be a date-time, ISO 8601 in UTC');
  return undefined;
}

function isDay(value: string): boolean {
  const time = new Date(`${value}T00:00:00Z`).getTime();
  return (
    /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
  );
}

/** As in the example, `2026-01-15T23:59:59.000Z`. */
function isInstant(value: string): boolean {
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}
