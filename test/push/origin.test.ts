/** Where a request that may have been applied is sent again: to the account's present address, whatever the ledger has. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test as testAlone } from 'node:test';
import fc from 'fast-check';
import type { AccountAccess } from '../../src/destinations/kind.ts';
import { acceptAddress } from '../../src/ledger/control.ts';
import { addressOf, originOf } from '../../src/push/origin.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { concurrently } from '../world/concurrently.ts';
import { type PushWorld, pushWorldAt, type Spec } from './support.ts';

const test = concurrently(4, import.meta.filename);

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A platform of this test: notes what it gets, and answers with what `says` gives; null: it hangs up. */
async function platform(t: TestContext, says: (got: Got) => object | null) {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    const { url = '', headers } = request;
    const body = Buffer.concat(await Array.fromAsync(request)).toString('utf8');
    got.push({ url, headers, body });
    const answer = says({ url, headers, body });
    if (answer === null) response.destroy();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, got };
}

const hangUp = (): null => null;
const hangTakes = ({ body }: Got): object => ({ idempotency_key: JSON.parse(body).idempotency_key });

/** A push to a platform that hangs up, ended as soon as the operation is in doubt. */
async function leaveInDoubt(world: PushWorld, account: AccountAccess): Promise<void> {
  const stop = new AbortController();
  const settings = { backoffFirstMs: 60_000, backoffMostMs: 60_000 };
  const pushing = world.push({ account, signal: stop.signal, settings });
  while (!((await world.states()).in_doubt === 1)) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await pushing;
}

async function worldAt(
  t: TestContext,
  sandboxUrl: string,
  as: 'hang' | 'fabric' = 'hang',
): Promise<PushWorld> {
  const { db, url } = await cloneDatabase(t);
  return pushWorldAt(t, { db, url, sandboxUrl, platform: as });
}

for (const [words, was, is] of [
  ['the same base path', '/partner-api', '/partner-api'],
  ['another base path', '/partner-api', '/loyalty/hang'],
  ['a base path where there was none', '', '/partner-api/'],
  ['no base path any more', '/partner-api', ''],
] as const) {
  test(`the platform has moved, ${words}: the old address gets nothing, the new one the resend`, async (t) => {
    const before = await platform(t, hangUp);
    const after = await platform(t, hangTakes);
    const world = await worldAt(t, before.url);
    await world.add([{ member: 'm1' }]);
    const old = { ...world.account, baseUrl: `${before.url}${was}`, secrets: { apiKey: 'the-old-key' } };
    await leaveInDoubt(world, old);
    assert.equal(before.got.length, 1);
    const baseUrl = `http://localhost:${after.port}${is}`;
    const moved = { ...world.account, baseUrl, secrets: { apiKey: 'the-new-key' } };
    await assert.rejects(world.push({ account: moved }), { code: 'CONFIG_ORIGIN_CHANGED' });
    await acceptAddress(world.db, world.account.name, 'tester');
    assert.equal((await world.push({ account: moved })).ended, 'drained');
    assert.deepEqual(await world.states(), { delivered: 1 });
    assert.equal(before.got.length, 1, 'the old address');
    const [resent] = after.got;
    assert.equal(after.got.length, 1);
    assert.equal(resent?.headers['x-api-key'], 'the-new-key');
    assert.equal(resent?.headers.host, `localhost:${after.port}`);
    assert.equal(resent?.body, before.got[0]?.body);
    assert.equal(resent?.url, `${is.replace(/\/$/, '')}/v2/program-memberships/m1/activities`);
  });
}

test('a token for the new platform is sent to the new platform alone', async (t) => {
  const before = await platform(t, ({ url }) => (url === '/token' ? { access_token: 'old' } : null));
  const after = await platform(t, ({ url }) =>
    url === '/token' ? { access_token: 'new' } : { status: 200, errors: {}, data: {} },
  );
  const world = await worldAt(t, before.url, 'fabric');
  await world.add([{ member: 'p1', kind: 'fabric.member', fields: { profileId: 'p1', firstName: 'Jo' } }]);
  const at = (url: string): AccountAccess => ({
    ...world.account,
    baseUrl: `${url}/api`,
    secrets: { clientId: 'me', clientSecret: `secret of ${url}`, tokenUrl: `${url}/token` },
  });
  await leaveInDoubt(world, at(before.url));
  const seen = before.got.length;
  await acceptAddress(world.db, world.account.name, 'tester');
  await world.push({ account: at(`http://localhost:${after.port}`) });
  assert.deepEqual(await world.states(), { delivered: 1 });
  assert.equal(before.got.length, seen, 'the old address');
  assert.deepEqual(
    after.got.map(({ url, headers }) => [url, headers.authorization?.split(' ')[0]]),
    [
      ['/token', 'Basic'],
      ['/api/v1/members', 'Bearer'],
    ],
  );
});

test('whatever stands in the ledger, credentials leave for the account’s own address', async (t) => {
  const evil = await platform(t, hangTakes);
  const good = await platform(t, hangTakes);
  const world = await worldAt(t, good.url);
  const account = { ...world.account, baseUrl: `${good.url}/partner-api` };
  const there = `localhost:${evil.port}`;
  const urls: readonly string[] = [
    `http://${there}/partner-api/v2/program-memberships/m0/activities`,
    `http://user:password@${there}/partner-api/v2/x`,
    `http://${account.baseUrl.slice('http://'.length)}@${there}/x`,
    `http:\\\\${there}\\partner-api\\x`,
    `//${there}/x`,
    `${good.url}//${there}/x`,
    `${good.url}/partner-api/../../${there}/x`,
    `${good.url}/partner-api/..%2f..%2f${there}`,
    `${good.url}@${there}/x`,
    `data:${there}/x`,
    `mailto:.${there}/x`,
    'not an address',
    '',
  ];
  const operations = await world.add(urls.map((_url, i): Spec => ({ member: `m${i}` })));
  const dead = await world.owner();
  await world.query(
    `update pointferry.lane l set in_flight = o.id, token = $1 from pointferry.operation o where o.lane = l.id`,
    [dead.token],
  );
  await world.query(
    `update pointferry.operation set state = 'in_doubt', doubt_since = clock_timestamp(), sent_at = clock_timestamp()`,
  );
  await world.query(
    `insert into pointferry.attempt (operation, revision, n, run, token, method, url, headers, body, body_hash, ended_at, outcome)
     select o.id, 0, 1, o.run, $1, 'POST', w.url, '{"Content-Type": "application/json", "HoST": "evil.example"}',
       json_build_object('idempotency_key', o.key), 'h', clock_timestamp(), 'doubt'
     from pointferry.operation o
     join unnest($2::bigint[], $3::text[]) as w (operation, url) on w.operation = o.id`,
    [dead.token, operations, urls],
  );
  await dead.end();
  assert.equal((await world.push({ account })).ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: urls.length });
  assert.deepEqual(evil.got, []);
  assert.equal(good.got.length, urls.length);
  for (const { url, headers } of good.got) {
    assert.match(url, /^\/partner-api\//);
    assert.equal(headers['x-api-key'], 'sandbox-hang-key');
    assert.equal(headers.host, new URL(good.url).host);
  }
});

// busy all the time: the connections of tests beside it would time out
testAlone(
  'an address is a path below the account’s base URL, whatever was stored and whatever would be built',
  () => {
    assert.equal(
      addressOf('http://127.0.0.1:1/a?b=1', null, 'http://127.0.0.1:2/a'),
      'http://127.0.0.1:2/a?b=1',
      'a stand-in that was restarted listens elsewhere',
    );
    assert.equal(
      addressOf('https://a.example/x/p?q#f', 'https://b.example/x/new', 'https://b.example/x/'),
      'https://b.example/x/p?q',
      'what may have been applied is sent again as it was',
    );
    assert.equal(
      addressOf('https://a.example/xy/p', 'https://b.example/x/new', 'https://b.example/x'),
      'https://b.example/x/new',
    );
    assert.equal(addressOf('https://a.example/y', null, 'https://b.example/x'), 'https://b.example/x');
    const part = fc.constantFrom(
      '/',
      '\\',
      '..',
      '.',
      ':',
      '@',
      '?',
      '#',
      '%2f',
      'https:',
      'x',
      'evil.example',
      '\n',
    );
    const text = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.array(part).map((parts) => parts.join('')),
      fc.string(),
    );
    const bases = fc.constantFrom(
      'https://b.example',
      'https://b.example/',
      'https://b.example:8443/x',
      'https://b.example/x/y/',
    );
    fc.assert(
      fc.property(text, fc.option(text), bases, (stored, built, base) => {
        const url = new URL(addressOf(stored, built, base));
        assert.equal(url.origin, new URL(base).origin);
        assert.equal(url.username + url.password + url.hash, '');
        const below = new URL(base).pathname.replace(/\/+$/, '');
        assert.ok(url.pathname === below || url.pathname.startsWith(`${below}/`), url.href);
      }),
      { numRuns: 500 },
    );
  },
);

test('on this machine a port is no part of the place', () => {
  assert.equal(originOf('http://127.0.0.1:8080/api'), 'http://127.0.0.1');
  assert.equal(originOf('https://loyalty.example:8443/api'), 'https://loyalty.example:8443');
});
