/** The Hang endpoints about members: update, get-or-create, look-ups, level. */
import { randomUUID } from 'node:crypto';
import { type Answer, json, Refusal, type World } from '../call.ts';
import { atLeast, type Decimal, formatDecimal, parseDecimal, zero } from '../decimal.ts';
import type { FamilyMember, HangFields } from '../effects.ts';
import { ExactNumber, isObject, type Json, type JsonObject } from '../json.ts';
import { membership } from './answers.ts';
import {
  birthday,
  email,
  invalid,
  listAt,
  missing,
  objectAt,
  onlyKnown,
  phone,
  requiredText,
  text,
} from './fields.ts';
import { balanceAt, type HangMember } from './state.ts';

const notFound = (): Refusal => new Refusal(404, 'Could not find the program membership provided.');

const plainFields: Readonly<Record<string, (value: Json, path: string) => string>> = {
  external_user_id: requiredText,
  phone,
  email,
  first_name: text,
  last_name: text,
  birthday,
};
const memberFields = [...Object.keys(plainFields), 'family_member_birthdays'];

/** The member fields of a body, checked and cleaned; what is absent stays absent. */
function readFields(body: JsonObject, world: World): HangFields {
  const { nulls } = world.switches.hang;
  const fields: Record<string, string | null | FamilyMember[]> = {};
  for (const name of memberFields) {
    const value = body[name];
    if (value === undefined) continue;
    if (value === null) {
      if (nulls === 'refuse') throw invalid(name);
      fields[name] = null;
    } else {
      fields[name] = plainFields[name]?.(value, name) ?? readFamily(value, world);
    }
  }
  return fields as HangFields;
}

function readFamily(value: Json, world: World): FamilyMember[] {
  return listAt(value, 'family_member_birthdays').map((one, index) => {
    const path = `family_member_birthdays.${index}`;
    onlyKnown(
      one,
      ['first_name', 'last_name', 'birthday', 'status'],
      `${path}.`,
      world.switches.hang.unknownFields,
    );
    const status = requiredText(one.status, `${path}.status`);
    if (status !== 'active' && status !== 'inactive') throw invalid(`${path}.status`);
    return {
      first_name: requiredText(one.first_name, `${path}.first_name`),
      last_name: one.last_name === undefined ? '' : text(one.last_name, `${path}.last_name`),
      birthday: birthday(requiredText(one.birthday, `${path}.birthday`), `${path}.birthday`),
      status,
    };
  });
}

/** Whether a list sent replaces the family or adds to it is not documented (docs/platforms/hang.md#update-a-membership). */
function familyAfter(member: HangMember, fields: HangFields, world: World): HangFields {
  const sent = fields.family_member_birthdays;
  if (!sent || world.switches.hang.family === 'replace') return fields;
  const same = (a: FamilyMember, b: FamilyMember) =>
    a.first_name === b.first_name && a.birthday === b.birthday;
  const kept = member.family.filter((old) => !sent.some((one) => same(old, one)));
  return { ...fields, family_member_birthdays: [...kept, ...sent] };
}

/** PATCH /v2/program-memberships/:id. `ensure` makes or refuses an unknown member. */
export function update(id: string, body: Json, bodySha256: string, world: World, ensure: () => void): Answer {
  const root = objectAt(body, 'body');
  onlyKnown(root, memberFields, '', world.switches.hang.unknownFields);
  const fields = readFields(root, world);
  ensure();
  const { members, byEmail, byExternalId } = world.state.hang;
  const member = members.get(id);
  if (member === undefined) throw notFound();
  if (world.switches.hang.takenOnUpdate === '409') {
    if (isTaken(byEmail, fields.email, id)) throw new Refusal(409, 'EMAIL_ALREADY_EXISTS');
    if (isTaken(byExternalId, fields.external_user_id, id))
      throw new Refusal(409, 'PROGRAM_MEMBERSHIP_ALREADY_EXISTS');
  }
  if (Object.keys(fields).length > 0) {
    const content = familyAfter(member, fields, world);
    world.commit({ type: 'hang.member', subject: id, identity: null, bodySha256, content });
  }
  return json(200, { membership: membership(member) });
}

const isTaken = (index: ReadonlyMap<string, Set<string>>, value: string | null | undefined, id: string) =>
  typeof value === 'string' && [...(index.get(value) ?? [])].some((other) => other !== id);

/**
 * POST /v2/program-memberships: always 200, found or made. A match on external_user_id or phone writes the other
 * fields onto the member found, external_user_id included: a shared phone takes over a member (docs/platforms/hang.md#create-or-find-a-membership).
 */
export function enroll(body: Json, bodySha256: string, world: World): Answer {
  const root = objectAt(body, 'body');
  onlyKnown(root, [...memberFields, 'include_magic_link'], '', world.switches.hang.unknownFields);
  const fields = readFields(root, world);
  const withLink = root.include_magic_link ?? false;
  if (typeof withLink !== 'boolean') throw invalid('include_magic_link');
  if (!fields.external_user_id && !fields.phone) throw missing('external_user_id_or_phone');
  const { members, byEmail, byExternalId, byPhone } = world.state.hang;
  const found = new Set([
    ...(byExternalId.get(fields.external_user_id ?? '') ?? []),
    ...(byPhone.get(fields.phone ?? '') ?? []),
  ]);
  if (found.size > 1) throw new Refusal(409, 'MULTIPLE_PROGRAM_MEMBERSHIPS_FOUND_FOR_GIVEN_PARAMETERS');
  if (fields.email && (byEmail.get(fields.email)?.size ?? 0) > 0)
    throw new Refusal(409, 'EMAIL_ALREADY_EXISTS');
  const id = [...found][0] ?? randomUUID();
  world.commit({ type: 'hang.enroll', subject: id, identity: null, bodySha256, content: fields });
  const member = members.get(id);
  if (member === undefined) throw notFound();
  const link = withLink ? { magic_link: `https://sandbox.invalid/magic/${id}` } : {};
  return json(200, { membership: { ...membership(member), ...link } });
}

/** GET search: the parameter in the query string, or as the document's page has it, in a JSON body on the GET. */
export function search(query: URLSearchParams, body: Json, world: World): Answer {
  const inBody = isObject(body) ? body.external_user_id : undefined;
  const wanted = requiredText(query.get('external_user_id') ?? inBody, 'external_user_id');
  const { members, byExternalId } = world.state.hang;
  const member = members.get([...(byExternalId.get(wanted) ?? [])][0] ?? '');
  if (member !== undefined) return json(200, { membership: membership(member) });
  throw new Refusal(
    Number(world.switches.hang.searchMissing),
    'Could not find the program membership provided.',
  );
}

export function show(id: string, world: World): Answer {
  const member = world.state.hang.members.get(id);
  if (member === undefined) throw notFound();
  return json(200, { membership: membership(member) });
}

/** POST bulk-search: neither e-mail nor names come back. */
export function bulkSearch(body: Json, world: World): Answer {
  const root = objectAt(body, 'body');
  onlyKnown(root, ['filter', 'page', 'page_size'], '', world.switches.hang.unknownFields);
  const first = Number(world.switches.hang.firstPage);
  const page = whole(root.page, 'page', first, first, Number.MAX_SAFE_INTEGER);
  const size = whole(root.page_size, 'page_size', 100, 1, 1000);
  const filter = root.filter === undefined ? {} : objectAt(root.filter, 'filter');
  onlyKnown(filter, ['created', 'updated'], 'filter.', world.switches.hang.unknownFields);
  const created = span(filter.created, 'filter.created');
  const updated = span(filter.updated, 'filter.updated');
  const all = [...world.state.hang.members.values()].filter(
    (member) => created(member.created_at) && updated(member.updated_at),
  );
  const start = (page - first) * size;
  const memberships = all
    .slice(start, start + size)
    .map(({ id, phone, external_user_id, created_at, updated_at }) => ({
      id,
      phone,
      external_user_id,
      created_at,
      updated_at,
    }));
  return json(200, { memberships, total_records: all.length });
}

function whole(value: Json | undefined, path: string, absent: number, least: number, most: number): number {
  if (value === undefined) return absent;
  const number = value instanceof ExactNumber && /^\d+$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (!(number >= least && number <= most)) throw invalid(path);
  return number;
}

/** `{start, end}` in epoch seconds, start before end, both inclusive. */
function span(value: Json | undefined, path: string): (at: number) => boolean {
  if (value === undefined) return () => true;
  const object = objectAt(value, path);
  const start = whole(object.start, `${path}.start`, 0, 0, Number.MAX_SAFE_INTEGER);
  const end = whole(object.end, `${path}.end`, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER);
  if (start >= end) throw invalid(path);
  return (at) => at >= start && at <= end;
}

const tiers: readonly { readonly id: string; readonly from: Decimal }[] = [0, 1000, 4000, 10_000].map(
  (from, order) => ({ id: `Tier ${order}`, from: parseDecimal(String(from)) ?? zero }),
);

/** GET level, not wrapped: `balance` is text with a decimal point, `spendable_balance` a number (docs/platforms/hang.md#look-up-members-and-balances). */
export function level(id: string, world: World): Answer {
  const member = world.state.hang.members.get(id);
  if (member === undefined) throw notFound();
  const balance = balanceAt(member, world.now());
  const tier = tiers.findLast((one) => atLeast(balance, one.from));
  return json(200, {
    tier: member.activities === 0 || tier === undefined ? null : { display_name: tier.id },
    balance: formatDecimal(balance, 1),
    spendable_balance: new ExactNumber(formatDecimal(balance)),
  });
}
