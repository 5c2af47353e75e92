import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSandbox } from '../world/sandbox.ts';
import { ask, type Reply } from './support.ts';

const profileId = 'f90a1da5-c072-48b7-a9ea-eb35c5dd506b';
const seeded = { seeds: { fabric: { members: [{ profileId, loyaltyNumber: '10000147371' }] } } };
const headers = { Authorization: 'Bearer sandbox-fabric-token', 'Content-Type': 'application/json' };

/** The request of the document, letter by letter. */
const example = `{
  "profileId": "${profileId}",
  "firstName": "John", "middleName": "M", "lastName": "Williams", "suffix": "<string>", "gender": "Male",
  "birthDate": "1980-11-30", "emailAddress": "user@abc.com", "phoneNumber": "923331234567",
  "addressLine1": "10400 NE 4th St", "addressLine2": "Suite 505", "addressLine3": "null",
  "city": "Bellevue", "region": "Wisconsin", "postalCode": "98004", "country": "United States",
  "maritalStatus": "Single", "prefix": "Mr", "redemptionChoice": "Auto", "redemptionThreshold": 10,
  "enrollmentStore": "www.demostore.come", "enrollmentDate": "2021-01-15",
  "lastPaidStatusCenter": "1201", "lastPaidStatusDate": "2021-01-15",
  "tierReference": "GOLD", "tierExpirationDatetime": "2026-01-15T23:59:59.000Z",
  "customAttributes": { "joiningDate": "2021-07-26", "confirmationDate": "2021-07-26" }
}`;

const put = (url: string, body: string | object, more: Record<string, string> = {}): Promise<Reply> =>
  ask(`${url}/api/v1/members`, {
    method: 'PUT',
    headers: { ...headers, ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

interface Body {
  message: string;
  status: number;
  errors: Record<string, string[]>;
  data: Record<string, unknown> & { accounts: Record<string, unknown>[] };
}
const bodyOf = (reply: Reply): Body => reply.json as Body;

test("the document's example is applied, and comes back under the answer's other names", async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const reply = await put(url, example);
  assert.equal(reply.status, 200);
  const { message, errors, status, data } = bodyOf(reply);
  assert.deepEqual(
    { message, errors, status },
    { message: 'Member updated', errors: { ExceptionString: [] }, status: 200 },
  );
  assert.equal(data.birthdate, '1980-11-30');
  assert.deepEqual(
    {
      region: data.region,
      fullRegion: data.fullRegion,
      country: data.country,
      fullCountry: data.fullCountry,
    },
    { region: 'WI', fullRegion: 'Wisconsin', country: 'US', fullCountry: 'United States' },
  );
  assert.equal('profileId' in data, false);
  const [account = {}] = data.accounts;
  assert.equal(account.profileId, profileId);
  assert.equal(account.tierExternalReference, 'GLD');
  assert.equal(account.tierExpiryDate, '2026-01-15T23:59:59.000000+00:00');
  assert.match(String(account.updatedAt), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  assert.match(String(data.enrollmentTimestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.deepEqual(account.customAttributes, {
    joiningDate: '2021-07-26',
    confirmationDate: '2021-07-26',
  });
  const [effect] = await admin.effects({ platform: 'fabric' });
  assert.deepEqual(
    { subject: effect?.subject, type: effect?.type },
    { subject: profileId, type: 'fabric.member' },
  );
});

test('numbers in the body keep every digit', async (t) => {
  const { url, journal } = await openSandbox(t, seeded);
  const reply = await put(
    url,
    `{"profileId":"${profileId}","redemptionThreshold":10.50,"customAttributes":{"n":12345678901234567890.10}}`,
  );
  assert.match(reply.text, /"redemptionThreshold":10\.50/);
  assert.match(reply.text, /"n":12345678901234567890\.10/);
  const { readFile } = await import('node:fs/promises');
  assert.match(await readFile(journal, 'utf8'), /"redemptionThreshold":10\.50/);
});

test('absent fields are left alone; only address lines take null; replace is a switch', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  await put(url, { profileId, firstName: 'John', addressLine2: 'x' });
  const second = await put(url, { profileId, lastName: 'Wayne', addressLine2: null });
  assert.deepEqual(
    [bodyOf(second).data.firstName, bodyOf(second).data.lastName, bodyOf(second).data.addressLine2],
    ['John', 'Wayne', ''],
  );
  assert.equal((await put(url, { profileId, city: null })).status, 400);
  await admin.setSwitches({ fabric: { update: 'replace', nulls: 'ignore' } });
  await put(url, { profileId, city: null, lastName: 'Wayne' });
  assert.deepEqual((await admin.fabricMember(profileId))?.fields, { lastName: 'Wayne' });
});

test('each field is held to its type, length and list', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const wrong: Record<string, unknown> = {
    firstName: '',
    lastName: 'x'.repeat(101),
    middleName: 3,
    gender: 'male',
    birthDate: '30.11.1980',
    emailAddress: 'x'.repeat(255),
    phoneNumber: '92 333',
    addressLine1: 'x'.repeat(501),
    addressLine2: 'x'.repeat(501),
    addressLine3: 7,
    city: 'x'.repeat(51),
    region: 'x'.repeat(151),
    postalCode: 98004,
    country: '',
    maritalStatus: 'Separate',
    prefix: 'Dr',
    redemptionChoice: 'auto',
    redemptionThreshold: 'ten',
    enrollmentStore: '',
    enrollmentDate: '2021-02-30',
    lastPaidStatusCenter: '',
    lastPaidStatusDate: '2021-1-5',
    tierReference: 1,
    tierExpirationDatetime: '2026-01-15',
    customAttributes: [],
    nickname: 'J',
  };
  const all = await put(url, { profileId, ...wrong });
  assert.equal(all.status, 400);
  assert.equal(bodyOf(all).status, 400);
  assert.deepEqual(Object.keys(bodyOf(all).errors).sort(), Object.keys(wrong).sort());
  assert.deepEqual(bodyOf(await put(url, { firstName: 'John' })).errors, { profileId: ['is required'] });
  const edges = {
    firstName: 'x'.repeat(100),
    lastName: '😀'.repeat(100),
    gender: 'None',
    addressLine1: '',
    redemptionThreshold: '0.00',
  };
  assert.equal((await put(url, { profileId, ...edges })).status, 200);
  assert.equal((await admin.effects()).length, 1);
});

test('a tier expiration without its tier is accepted and has no effect', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const reply = await put(url, { profileId, city: 'B', tierExpirationDatetime: '2026-01-15T23:59:59.000Z' });
  assert.equal(reply.status, 200);
  assert.deepEqual((await admin.fabricMember(profileId))?.fields, { city: 'B' });
});

test('an unknown profile, a forbidden field and empty errors follow their switches', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const unknown = { profileId: 'nobody', city: 'B' };
  for (const [unknownProfile, http, inBody] of [
    ['404', 404, 404],
    ['400', 400, 400],
    ['200', 200, 404],
  ] as const) {
    await admin.setSwitches({ fabric: { unknownProfile } });
    const reply = await put(url, unknown);
    assert.deepEqual([reply.status, bodyOf(reply).status], [http, inBody]);
  }
  await admin.setSwitches({ fabric: { notPermitted: 'emailAddress, city', emptyErrors: 'object' } });
  assert.deepEqual(bodyOf(await put(url, { profileId, city: 'B' })).errors, { city: ['may not be updated'] });
  await admin.setSwitches({ fabric: { notPermittedFields: 'ignore', autoMembers: true } });
  const ignored = await put(url, { profileId, city: 'B', prefix: 'Ms' });
  assert.deepEqual([ignored.status, bodyOf(ignored).errors], [200, {}]);
  assert.deepEqual((await admin.fabricMember(profileId))?.fields, { prefix: 'Ms' });
  assert.equal((await put(url, unknown)).status, 200);
});

test('switches: other forms of dates, and unknown fields dropped', async (t) => {
  const { url, admin } = await openSandbox(t, {
    ...seeded,
    switches: { fabric: { dates: 'any', unknownFields: 'ignore' } },
  });
  assert.equal((await put(url, { profileId, birthDate: '30.11.1980', nickname: 'J' })).status, 200);
  assert.deepEqual((await admin.fabricMember(profileId))?.fields, { birthDate: '30.11.1980' });
});

test('client credentials give a token that expires; without a good one it is 401', async (t) => {
  const { url, admin } = await openSandbox(t, { ...seeded, switches: { fabric: { tokenSeconds: 3600 } } });
  const basic = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;
  const fetchToken = (authorization: string, grant = 'client_credentials') =>
    ask(`${url}/oauth2/default/v1/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ grant_type: grant, scope: 's2s' }),
    });
  const good = (await fetchToken(basic)).json as {
    access_token: string;
    expires_in: number;
    token_type: string;
  };
  assert.deepEqual(
    { token_type: good.token_type, expires_in: good.expires_in },
    { token_type: 'Bearer', expires_in: 3600 },
  );
  const use = (token: string) => put(url, { profileId, city: 'B' }, { Authorization: `Bearer ${token}` });
  assert.equal((await use(good.access_token)).status, 200);
  assert.equal((await fetchToken('Basic bm86bm8=')).status, 401);
  assert.equal((await fetchToken(basic, 'password')).status, 400);
  assert.deepEqual(bodyOf(await use('wrong')).status, 401);
  await admin.setSwitches({ fabric: { tokenSeconds: 0 } });
  const dead = (await fetchToken(basic)).json as { access_token: string };
  assert.equal((await use(dead.access_token)).status, 401);
});

test('members are found by the names the look-up uses, in pages of 20', async (t) => {
  const members = Array.from({ length: 25 }, (_, i) => ({
    profileId: `p${i}`,
    fields: { emailAddress: `u${i % 5}@x.org`, phoneNumber: `4477${i}` },
  }));
  const { url } = await openSandbox(t, { seeds: { fabric: { members } } });
  const find = async (query: string) => {
    const reply = await ask(`${url}/v1/members?${query}`, { headers });
    return { status: reply.status, count: (bodyOf(reply).data as unknown as unknown[] | null)?.length };
  };
  assert.deepEqual(await find(''), { status: 200, count: 20 });
  assert.deepEqual(await find('offset=20'), { status: 200, count: 5 });
  assert.deepEqual(await find('email=u1@x.org'), { status: 200, count: 5 });
  assert.deepEqual(await find('phonenumber=44773'), { status: 200, count: 1 });
  assert.deepEqual(await find('profileId=p7'), { status: 200, count: 1 });
  assert.deepEqual(await find('profileId=none'), { status: 200, count: 0 });
  assert.equal((await find('emailAddress=x')).status, 400);
});
