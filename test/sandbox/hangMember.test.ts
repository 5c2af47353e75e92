import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSandbox } from '../world/sandbox.ts';
import { activityBody, ask, codeOf, hangHeaders, postActivity, type Reply } from './support.ts';

const seeded = { seeds: { hang: { members: [{ id: 'membership_id_1' }, { id: 'other' }] } } };
const at = (url: string, path = '') => `${url}/partner-api/v2/program-memberships${path}`;

const send = (method: string, target: string, body: object): Promise<Reply> =>
  ask(target, { method, headers: hangHeaders, body: JSON.stringify(body) });
const patch = (url: string, body: object, id = 'membership_id_1') => send('PATCH', at(url, `/${id}`), body);

/** The request of the document. */
const example = {
  external_user_id: '12345',
  first_name: 'joe',
  last_name: 'Smith',
  birthday: '1989-02-25',
  phone: '+17891234567',
  email: 'example@gmail.com',
  family_member_birthdays: [
    { first_name: 'Anna', birthday: '2000-02-02', status: 'active' },
    { first_name: 'Mason', last_name: 'Smith', birthday: '2002-01-01', status: 'active' },
  ],
};

interface Membership {
  membership: Record<string, unknown> & { id: string };
}
const memberOf = (reply: Reply) => (reply.json as Membership).membership;

test("the document's example: family as birth_date, no last name as empty, own names never echoed", async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const reply = await patch(url, example);
  assert.equal(reply.status, 200);
  const member = memberOf(reply);
  assert.deepEqual(Object.keys(member), [
    'id',
    'external_user_id',
    'created_at',
    'phone',
    'email',
    'social_media_credentials',
    'family_member_birthdays',
  ]);
  assert.deepEqual(member.family_member_birthdays, [
    { first_name: 'Anna', last_name: '', birth_date: '2000-02-02', status: 'active' },
    { first_name: 'Mason', last_name: 'Smith', birth_date: '2002-01-01', status: 'active' },
  ]);
  const stored = await admin.hangMember('membership_id_1');
  assert.deepEqual(
    { first_name: stored?.first_name, birthday: stored?.birthday },
    { first_name: 'joe', birthday: '1989-02-25' },
  );
  const [effect] = await admin.effects();
  assert.deepEqual(
    { type: effect?.type, identity: effect?.identity },
    { type: 'hang.member', identity: null },
  );
});

test('absent fields are left alone, and an empty change has no effect', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  await patch(url, example);
  const reply = await patch(url, { first_name: 'Jo' });
  assert.equal(memberOf(reply).email, 'example@gmail.com');
  assert.equal((await patch(url, {})).status, 200);
  assert.equal((await admin.effects()).length, 2);
  await patch(url, { family_member_birthdays: [] });
  assert.deepEqual((await admin.hangMember('membership_id_1'))?.family, []);
});

test('an unformatted phone with an area code is made a US number', async (t) => {
  const { url } = await openSandbox(t, seeded);
  for (const phone of ['(789) 123-4567', '789.123.4567', '1 789 123 4567', '+17891234567'])
    assert.equal(memberOf(await patch(url, { phone })).phone, '+17891234567');
  assert.equal(memberOf(await patch(url, { phone: '+442071838750' })).phone, '+442071838750');
});

test('each field is held to its type and shape', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const anna = { first_name: 'Anna', birthday: '2000-02-02', status: 'active' };
  const cases: readonly (readonly [object, number, string])[] = [
    [{ external_user_id: 5 }, 422, 'INVALID_EXTERNAL_USER_ID'],
    [{ external_user_id: '' }, 400, 'MISSING_EXTERNAL_USER_ID'],
    [{ phone: '123-4567' }, 422, 'INVALID_PHONE'],
    [{ phone: 'call me' }, 422, 'INVALID_PHONE'],
    [{ email: 'nobody' }, 422, 'INVALID_EMAIL'],
    [{ first_name: 1 }, 422, 'INVALID_FIRST_NAME'],
    [{ last_name: null }, 422, 'INVALID_LAST_NAME'],
    [{ birthday: '25-02-1989' }, 422, 'INVALID_BIRTHDAY'],
    [{ birthday: '1989-02-29' }, 422, 'INVALID_BIRTHDAY'],
    [{ family_member_birthdays: anna }, 422, 'INVALID_FAMILY_MEMBER_BIRTHDAYS'],
    [
      { family_member_birthdays: [{ ...anna, first_name: undefined }] },
      400,
      'MISSING_FAMILY_MEMBER_BIRTHDAYS_0_FIRST_NAME',
    ],
    [
      { family_member_birthdays: [anna, { ...anna, birthday: undefined }] },
      400,
      'MISSING_FAMILY_MEMBER_BIRTHDAYS_1_BIRTHDAY',
    ],
    [
      { family_member_birthdays: [{ ...anna, status: 'ACTIVE' }] },
      422,
      'INVALID_FAMILY_MEMBER_BIRTHDAYS_0_STATUS',
    ],
    [
      { family_member_birthdays: [{ ...anna, birth_date: '2000-02-02' }] },
      422,
      'UNKNOWN_PARAMETER_FAMILY_MEMBER_BIRTHDAYS_0_BIRTH_DATE',
    ],
    [{ firstName: 'x' }, 422, 'UNKNOWN_PARAMETER_FIRSTNAME'],
  ];
  for (const [body, status, code] of cases) {
    const reply = await patch(url, body);
    assert.deepEqual([reply.status, codeOf(reply)], [status, code]);
  }
  assert.equal((await admin.effects()).length, 0);
  assert.equal((await patch(url, { first_name: 'x' }, 'nobody')).status, 404);
});

test('switches: unknown fields, nulls, family merged, taken e-mails and ids', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  await patch(url, example);
  assert.equal((await patch(url, { email: example.email }, 'other')).status, 200);
  await admin.setSwitches({
    hang: { unknownFields: 'ignore', nulls: 'clear', family: 'merge', takenOnUpdate: '409' },
  });
  const anna = { first_name: 'Anna', birthday: '2000-02-02', status: 'inactive' };
  const merged = await patch(url, { family_member_birthdays: [anna], nickname: 'x', phone: null });
  assert.equal(memberOf(merged).phone, null);
  const family = memberOf(merged).family_member_birthdays as { first_name: string; status: string }[];
  assert.deepEqual(
    family.map((one) => [one.first_name, one.status]),
    [
      ['Mason', 'active'],
      ['Anna', 'inactive'],
    ],
  );
  const taken = await patch(url, { external_user_id: '12345' }, 'other');
  assert.deepEqual([taken.status, codeOf(taken)], [409, 'PROGRAM_MEMBERSHIP_ALREADY_EXISTS']);
  assert.equal(codeOf(await patch(url, { email: example.email }, 'other')), 'EMAIL_ALREADY_EXISTS');
});

test('get-or-create always says 200; a shared phone takes over a member; conflicts are 409', async (t) => {
  const { url, admin } = await openSandbox(t);
  const create = (body: object) => send('POST', at(url), body);
  const first = await create({ external_user_id: 'u1', phone: '+15555551234', email: 'a@b.co' });
  assert.equal(first.status, 200);
  const second = await create({ external_user_id: 'u2', phone: '+15555551234' });
  assert.deepEqual(
    [second.status, memberOf(second).id, memberOf(second).external_user_id],
    [200, memberOf(first).id, 'u2'],
  );
  await create({ external_user_id: 'u3' });
  const both = await create({ external_user_id: 'u3', phone: '+15555551234' });
  assert.equal(codeOf(both), 'MULTIPLE_PROGRAM_MEMBERSHIPS_FOUND_FOR_GIVEN_PARAMETERS');
  assert.equal(codeOf(await create({ external_user_id: 'u2', email: 'a@b.co' })), 'EMAIL_ALREADY_EXISTS');
  assert.equal(codeOf(await create({ email: 'x@y.co' })), 'MISSING_EXTERNAL_USER_ID_OR_PHONE');
  const linked = await create({ external_user_id: 'u3', include_magic_link: true });
  assert.match(String(memberOf(linked).magic_link), /^https:/);
  assert.equal((await admin.hangMembers()).length, 2);
});

test('search takes the query string or a body on the GET; not found is 404 or 422', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  await patch(url, example);
  const found = await ask(at(url, '/search?external_user_id=12345'), { headers: hangHeaders });
  assert.equal(memberOf(found).id, 'membership_id_1');
  const { request } = await import('node:http');
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const body = JSON.stringify({ external_user_id: '12345' });
  const headers = { ...hangHeaders, 'content-length': String(body.length) };
  request(at(url, '/search'), { method: 'GET', headers }, (response) => {
    response.resume();
    resolve(response.statusCode);
  }).end(body);
  assert.equal(await promise, 200);
  const missing = () => ask(at(url, '/search?external_user_id=none'), { headers: hangHeaders });
  assert.equal((await missing()).status, 404);
  await admin.setSwitches({ hang: { searchMissing: '422' } });
  assert.equal((await missing()).status, 422);
  const shown = await ask(at(url, '/membership_id_1'), { headers: hangHeaders });
  assert.equal(memberOf(shown).external_user_id, '12345');
});

test('bulk-search pages from 1 (or 0), at most 1,000 at a time, without names and e-mails', async (t) => {
  const members = Array.from({ length: 7 }, (_, i) => ({ id: `m${i}`, email: `m${i}@x.org` }));
  const { url, admin } = await openSandbox(t, { seeds: { hang: { members } } });
  const search = async (body: object) => {
    const reply = await send('POST', at(url, '/bulk-search'), body);
    return { status: reply.status, ...(reply.json as { memberships?: object[]; total_records?: number }) };
  };
  const second = await search({ page_size: 3, page: 2 });
  assert.deepEqual(
    { memberships: second.memberships?.length, total_records: second.total_records },
    { memberships: 3, total_records: 7 },
  );
  assert.deepEqual(Object.keys(second.memberships?.[0] ?? {}), [
    'id',
    'phone',
    'external_user_id',
    'created_at',
    'updated_at',
  ]);
  assert.equal((await search({ page_size: 1001 })).status, 422);
  assert.equal((await search({ page: 0 })).status, 422);
  assert.equal((await search({ filter: { created: { start: 5, end: 5 } } })).status, 422);
  assert.equal((await search({ filter: { created: { start: 0, end: 5 } } })).total_records, 0);
  await admin.setSwitches({ hang: { firstPage: '0' } });
  assert.equal((await search({ page_size: 5, page: 1 })).memberships?.length, 2);
});

test('level: no tier before any earning, then balance as text and spendable as number', async (t) => {
  const { url } = await openSandbox(t, seeded);
  const level = () => ask(at(url, '/membership_id_1/level'), { headers: hangHeaders });
  assert.equal((await level()).text, '{"tier":null,"balance":"0.0","spendable_balance":0}');
  await postActivity(url, 'membership_id_1', activityBody('k', { value: 250 }));
  assert.equal(
    (await level()).text,
    '{"tier":{"display_name":"Tier 0"},"balance":"250.0","spendable_balance":250}',
  );
  assert.equal((await ask(at(url, '/nobody/level'), { headers: hangHeaders })).status, 404);
});
