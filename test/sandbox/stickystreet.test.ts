import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSandbox } from '../world/sandbox.ts';
import { ask, type Reply } from './support.ts';

const id = '5208143496464281';
const before = {
  membership_program_id: id,
  membership_program_name: 'Old & <new>',
  membership_style: 'A',
  membership_time_range: '6',
  membership_time_unit: 'M',
  membership_campaigns_included: 'all',
};
const seeded = { seeds: { stickystreet: { programs: [before] } } };

/** The request of the document's PHP example, under the sandbox's key. */
const example: Readonly<Record<string, string>> = {
  API: '1.5',
  user_id: 'john1970',
  user_api_key: 'sandbox-sticky-key',
  account_id: 'greatwidgets',
  type: 'manage_memberships',
  action: 'update',
  membership_program_id: id,
  membership_program_name: 'Amazing Rewards Club',
  membership_style: 'A',
  membership_time_range: '12',
  membership_time_unit: 'M',
  membership_campaigns_included: 'all',
};

type Form = Readonly<Record<string, string | undefined>>;
const pairs = (form: Form): [string, string][] =>
  Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined);
const post = (url: string, form: Form = example, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(`${url}/`, { method: 'POST', headers, body: new URLSearchParams(pairs(form)) });

const successXml = `<response status="success">\n  <membership_program_id>${id}</membership_program_id>\n</response>\n`;
const errorOf = (reply: Reply): string | undefined => /<error>(.*)<\/error>/.exec(reply.text)?.[1];

test("the document's example is applied and answered in XML; urlencoded, multipart and GET alike", async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const first = await post(url);
  assert.deepEqual({ status: first.status, text: first.text }, { status: 200, text: successXml });
  assert.match(first.headers.get('content-type') ?? '', /xml/);
  const multipart = new FormData();
  for (const [name, value] of pairs(example)) multipart.append(name, value);
  const second = await ask(`${url}/api.php`, { method: 'POST', body: multipart });
  const third = await ask(`${url}/api.php?${new URLSearchParams(pairs(example))}`);
  assert.deepEqual(
    { secondText: second.text, thirdText: third.text },
    { secondText: successXml, thirdText: successXml },
  );
  const { membership_program_name, membership_time_range } = (await admin.program(id)) ?? {};
  assert.deepEqual(
    { membership_program_name, membership_time_range },
    { membership_program_name: 'Amazing Rewards Club', membership_time_range: '12' },
  );
  assert.equal((await admin.effects({ type: 'stickystreet.program', subject: id })).length, 3);
});

test('JSON, JSONP and condensed; an error in JSON is error or errors', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const json = await post(url, { ...example, output: 'json' });
  assert.equal(json.text, `{\n    "status": "success",\n    "membership_program_id": "${id}"\n}`);
  const condensed = await post(url, { ...example, output: 'JSON', condensed: 'yes' });
  const bare = `{"status":"success","membership_program_id":"${id}"}`;
  assert.equal(condensed.text, bare);
  const jsonp = await post(url, { ...example, callback: 'someFunctionName', condensed: 'yes' });
  assert.equal(jsonp.text, `someFunctionName(${bare})`);
  await admin.setSwitches({ stickystreet: { callbackAlone: 'ignore' } });
  assert.equal((await post(url, { ...example, callback: 'f', condensed: 'yes' })).text, successXml);
  const wrong = { ...example, membership_style: 'C', output: 'JSON', condensed: 'yes' };
  const text = 'membership_style must be A or B';
  assert.deepEqual((await post(url, wrong)).json, { status: 'error', error: text });
  await admin.setSwitches({ stickystreet: { errorKey: 'errors' } });
  assert.deepEqual((await post(url, wrong)).json, { status: 'error', errors: [text] });
});

test('the key in the header is the one that counts', async (t) => {
  const { url } = await openSandbox(t, seeded);
  const bodyless = { ...example, user_api_key: undefined };
  assert.equal((await post(url, bodyless, { api_access_key: 'sandbox-sticky-key' })).text, successXml);
  const badHeader = await post(url, example, { api_access_key: 'wrong' });
  assert.equal(errorOf(badHeader), 'Invalid user_id or user_api_key');
  const badBody = { ...example, user_api_key: 'wrong' };
  assert.equal((await post(url, badBody, { api_access_key: 'sandbox-sticky-key' })).text, successXml);
  assert.equal(errorOf(await post(url, badBody)), 'Invalid user_id or user_api_key');
  assert.equal(errorOf(await post(url, bodyless)), 'user_api_key is required');
});

test('each field is required and held to its list; errors come with HTTP 200 or with the switch 4xx', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  for (const name of Object.keys(example)) {
    const reply = await post(url, { ...example, [name]: undefined });
    const says = name === 'action' ? 'type or action is not known' : `${name} is required`;
    assert.deepEqual([reply.status, errorOf(reply)], [200, says], name);
  }
  const wrong: Form = {
    API: '1.6',
    user_id: 'jane',
    account_id: 'other',
    type: 'record',
    action: 'delete',
    membership_program_id: '1',
    membership_style: 'a',
    membership_time_range: '12.5',
    membership_time_unit: 'months',
    membership_campaigns_included: '1,2',
    output: 'yaml',
    callback: 'alert(1)',
    nickname: 'x',
  };
  for (const [name, value] of Object.entries(wrong))
    assert.notEqual(errorOf(await post(url, { ...example, [name]: value })), undefined, name);
  assert.equal((await admin.effects()).length, 0);
  await admin.setSwitches({ stickystreet: { errorStatus: '4xx' } });
  assert.equal((await post(url, { ...example, membership_style: 'C' })).status, 400);
  assert.equal((await post(url, { ...example, user_api_key: 'x' })).status, 401);
  assert.equal((await post(url, { ...example, membership_program_id: '1' })).status, 404);
});

test('style B needs its qualifier; style A ignores one or refuses it', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const styleB = { ...example, membership_style: 'B' };
  assert.equal(errorOf(await post(url, styleB)), 'membership_custom_qualifier_name is required');
  const nights = { membership_custom_qualifier_name: 'Nights' };
  assert.equal((await post(url, { ...styleB, ...nights })).text, successXml);
  assert.equal((await admin.program(id))?.membership_custom_qualifier_name, 'Nights');
  assert.equal((await post(url, { ...example, ...nights })).text, successXml);
  assert.equal((await admin.program(id))?.membership_custom_qualifier_name, undefined);
  await admin.setSwitches({ stickystreet: { qualifierOnStyleA: 'refuse' } });
  assert.notEqual(errorOf(await post(url, { ...example, ...nights })), undefined);
});

test('switches: version, alias, several campaigns, unknown programs and fields', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  await admin.setSwitches({
    stickystreet: {
      apiVersion: 'any',
      typeAlias: true,
      severalCampaigns: 'accept',
      autoPrograms: true,
      unknownFields: 'ignore',
    },
  });
  const reply = await post(url, {
    ...example,
    API: undefined,
    user_api_key: undefined,
    user_password: 'sandbox-sticky-key',
    membership_style: undefined,
    membership_type: 'A',
    membership_campaigns_included: '17,18',
    membership_program_id: '0042',
    nickname: 'x',
  });
  assert.match(reply.text, /<membership_program_id>0042</);
  assert.deepEqual((await admin.program('0042'))?.membership_campaigns_included, '17,18');
});

test('info and list show programs; a bare ampersand is a switch', async (t) => {
  const { url, admin } = await openSandbox(t, seeded);
  const { membership_program_id, API, user_id, user_api_key, account_id, type } = example;
  const base = { API, user_id, user_api_key, account_id, type };
  const info = { ...base, action: 'info', membership_program_id };
  assert.match(
    (await post(url, info)).text,
    /<membership_program_name>Old &amp; &lt;new&gt;<\/membership_program_name>/,
  );
  await admin.setSwitches({ stickystreet: { bareAmpersand: true } });
  assert.match((await post(url, info)).text, />Old & &lt;new&gt;</);
  const list = await post(url, { ...base, action: 'list', output: 'JSON' });
  assert.deepEqual(list.json, { status: 'success', membership_program: [before] });
  assert.equal(
    errorOf(await post(url, { ...info, membership_program_id: '9' })),
    'Membership program not found',
  );
});

test('a form that is not encoded rightly is refused', async (t) => {
  const { url } = await openSandbox(t, seeded);
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const bad = await ask(`${url}/`, { method: 'POST', headers: type, body: 'API=1.5&user_id=%ff' });
  assert.equal(errorOf(bad), 'the form is not encoded rightly');
});
