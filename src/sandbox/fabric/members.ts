/** PUT and GET /v1/members. Every answer repeats its status in the body. */
import { type Answer, type Call, json, Refusal, type World } from '../call.ts';
import { withoutRequest } from '../effects.ts';
import { isObject, type Json } from '../json.ts';
import { type Problems, readFields } from './fields.ts';
import type { FabricMember } from './state.ts';
import { memberView } from './view.ts';

export function success(message: string, data: unknown, world: World): Answer {
  const errors = world.switches.fabric.emptyErrors === 'lists' ? { ExceptionString: [] } : {};
  return json(200, { message, errors, data, status: 200 });
}

/** `problems` are lists of texts by field, or under `ExceptionString` where no field is at fault. */
export const failed = (status: number, message: string, problems: Problems): Answer =>
  json(status, { message, errors: problems, data: null, status });

/** The one field that is required is profileId; what is absent is left alone unless the switch says `replace`. */
export function putMember(body: Json, bodySha256: string, world: World): Answer {
  if (!isObject(body)) throw new Refusal(400, 'the body must be an object');
  const { switches, state, commit } = world;
  const { fields: all, problems } = readFields(body, switches.fabric);
  if (Object.keys(problems).length > 0) return failed(400, 'Validation failed', problems);
  const { profileId, ...rest } = all;
  const subject = String(profileId);
  if (!state.fabric.members.has(subject)) {
    if (!switches.fabric.autoMembers) return unknownProfile(world);
    const content = { profileId: subject };
    commit({ type: 'seed.fabric.member', subject, ...withoutRequest, content });
  }
  // Only used with tierReference (docs/platforms/fabric.md#update-a-member): without it the expiration is accepted and has no effect.
  const { tierExpirationDatetime: expiry, ...fields } = rest;
  if (expiry !== undefined && rest.tierReference !== undefined) fields.tierExpirationDatetime = expiry;
  const content = { mode: switches.fabric.update, fields };
  commit({ type: 'fabric.member', subject, identity: null, bodySha256, content });
  const member = state.fabric.members.get(subject);
  return success('Member updated', member === undefined ? null : memberView(member), world);
}

/** Which status it is, nobody has written down; one of the choices hides it in a 200. */
function unknownProfile(world: World): Answer {
  const status = world.switches.fabric.unknownProfile;
  const answer = failed(status === '400' ? 400 : 404, 'Member not found', {
    ExceptionString: ['Member not found'],
  });
  return status === '200' ? { ...answer, status: 200 } : answer;
}

const filters: Readonly<Record<string, (member: FabricMember) => Json | undefined>> = {
  profileId: (member) => member.profileId,
  loyaltyNumber: (member) => member.loyaltyNumber,
  redemptionChoice: (member) => member.fields.redemptionChoice,
  firstName: (member) => member.fields.firstName,
  middleName: (member) => member.fields.middleName,
  lastName: (member) => member.fields.lastName,
  // The names of these two differ from the body's (docs/platforms/fabric.md#find-a-member).
  phonenumber: (member) => member.fields.phoneNumber,
  email: (member) => member.fields.emailAddress,
  postalCode: (member) => member.fields.postalCode,
  city: (member) => member.fields.city,
  countryName: (member) => member.fields.country,
  regionName: (member) => member.fields.region,
};

/** GET /v1/members: `offset` (default 0), and `limit` (20), the number of the last record counted from the offset. */
export function findMembers({ query }: Call, world: World): Answer {
  const number = (name: string, absent: number): number => {
    const text = query.get(name) ?? String(absent);
    if (!/^\d{1,9}$/.test(text)) throw new Refusal(400, `${name} must be a number`);
    return Number(text);
  };
  const offset = number('offset', 0);
  const limit = number('limit', 20);
  const tests: ((member: FabricMember) => boolean)[] = [];
  for (const [name, wanted] of query) {
    if (name === 'offset' || name === 'limit') continue;
    const read = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (read === undefined) throw new Refusal(400, `${name} is not a parameter of this call`);
    tests.push((member) => read(member) === wanted);
  }
  const found = [...world.state.fabric.members.values()].filter((one) => tests.every((test) => test(one)));
  return success('Members', found.slice(offset, offset + limit).map(memberView), world);
}
