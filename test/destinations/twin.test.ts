/** Each kind against its twin in the sandbox, over real HTTP: two readings of one document, held against each other. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadKinds, loadPlatforms } from '../../src/destinations/index.ts';
import type { AccountAccess, Answer, BuiltRequest, Kind, Outgoing } from '../../src/destinations/kind.ts';
import type { FaultAction } from '../../src/sandbox/faults.ts';
import type { SwitchChanges } from '../../src/sandbox/switches.ts';
import { type OpenSandbox, openSandbox } from '../world/sandbox.ts';
import type { Example } from './example.ts';
import { withFields } from './support.ts';

const kinds = await loadKinds();
const platforms = await loadPlatforms();

/** What the sandbox lets in. */
const demoSecrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hang: { apiKey: 'sandbox-hang-key' },
  fabric: { token: 'sandbox-fabric-token' },
  stickystreet: { userId: 'john1970', apiKey: 'sandbox-sticky-key', accountId: 'greatwidgets' },
};

/** Ways of answering that the documents leave open (docs/platforms/README.md). */
const variants: Readonly<Record<string, readonly SwitchChanges[]>> = {
  hang: [{ hang: { errorEnvelope: 'message' } }, { hang: { unknownActivityType: '404' } }],
  fabric: [
    { fabric: { emptyErrors: 'object' } },
    { fabric: { unknownProfile: '200' } },
    { fabric: { unknownProfile: '400' } },
  ],
  stickystreet: [
    { stickystreet: { errorStatus: '4xx' } },
    { stickystreet: { errorKey: 'errors' } },
    { stickystreet: { bareAmpersand: true } },
  ],
};

for (const [name, kind] of kinds) {
  const { default: example }: { default: Example } = await import(
    pathToFileURL(`${import.meta.dirname}/${name.replace('.', '/')}.example.ts`).href
  );

  test(`${name}: the document's example is applied by the twin, once, with its content`, async (t) => {
    const { out, admin } = await prepare(t, kind, example);
    assert.equal(kind.classify(await send(kind, out), out).verdict, 'delivered');
    const effects = (await admin.effects()).filter((effect) => effect.type === name);
    assert.equal(effects.length, 1);
    assert.equal(effects[0]?.subject, out.subject);
    assert.deepEqual(effects[0]?.content, example.content);
  });

  test(`${name}: a prefix of the base URL and a slash at its end change nothing`, async (t) => {
    const { out, url } = await prepare(t, kind, example);
    for (const baseUrl of [`${url}${platforms.get(kind.platform)?.sandboxPath}`, url, `${url}/`]) {
      const there = { ...out, account: { ...out.account, baseUrl } };
      assert.equal(kind.classify(await send(kind, there), there).verdict, 'delivered', baseUrl);
    }
  });

  test(`${name}: a value and a subject that the twin refuses are told with their field`, async (t) => {
    const { out } = await prepare(t, kind, example);
    const bad = withFields(out, { [example.refused.field]: example.refused.value });
    const refused = judge(kind, await send(kind, bad), bad);
    assert.equal(refused.verdict, 'failed', JSON.stringify(refused));
    assert.equal(refused.field, example.refused.field, refused.reason);
    const stranger = { ...out, subject: 'nobody-1' };
    const unknown = judge(kind, await send(kind, stranger), stranger);
    assert.equal(unknown.verdict, 'failed', JSON.stringify(unknown));
  });

  test(`${name}: bad credentials are never a row's fault`, async (t) => {
    const { out } = await prepare(t, kind, example);
    const secrets = Object.fromEntries(Object.keys(out.account.secrets).map((secret) => [secret, 'wrong']));
    const settings = { ...out.account.settings, badCredentials: ['Invalid user_id or user_api_key'] };
    const wrong = { ...out, account: { ...out.account, secrets, settings } };
    const answer = await send(kind, wrong);
    const verdict = answer.status === 401 ? 'stop' : kind.classify(answer, wrong).verdict;
    assert.equal(verdict, 'stop');
  });

  test(`${name}: half, empty and foreign answers of a request that was applied are doubt`, async (t) => {
    const { out, admin } = await prepare(t, kind, example);
    const faults: readonly FaultAction[] = [
      { kind: 'malformed' },
      { kind: 'truncated' },
      { kind: 'empty' },
      { kind: 'html' },
    ];
    for (const fault of faults) {
      await admin.setFaults([{ route: name, do: fault }]);
      assert.equal(kind.classify(await send(kind, out), out).verdict, 'doubt', fault.kind);
    }
  });

  for (const settings of settingsOf(kind)) {
    test(`${name}: understood with the account setting ${JSON.stringify(settings)}`, async (t) => {
      const { out } = await prepare(t, kind, example);
      const set = { ...out, account: { ...out.account, settings } };
      assert.equal(kind.classify(await send(kind, set), set).verdict, 'delivered');
    });
  }

  for (const switches of variants[kind.platform] ?? []) {
    test(`${name}: understood with ${JSON.stringify(switches)}`, async (t) => {
      const { out } = await prepare(t, kind, example, switches);
      assert.equal(kind.classify(await send(kind, out), out).verdict, 'delivered');
      const bad = withFields(out, { [example.refused.field]: example.refused.value });
      assert.equal(judge(kind, await send(kind, bad), bad).verdict, 'failed');
      const stranger = { ...out, subject: 'nobody-1' };
      assert.equal(judge(kind, await send(kind, stranger), stranger).verdict, 'failed');
    });
  }
}

/** Each value of each setting that the platform declares. */
function settingsOf(kind: Kind): readonly Readonly<Record<string, unknown>>[] {
  const declared = Object.entries(platforms.get(kind.platform)?.settings ?? {});
  return declared.flatMap<Readonly<Record<string, unknown>>>(([setting, { type, values }]) => {
    if (type === 'boolean') return [{ [setting]: true }, { [setting]: false }];
    if (type === 'texts') return [{ [setting]: ['x'] }];
    return (values ?? ['abc']).map((value) => ({ [setting]: value }));
  });
}

interface Told {
  readonly verdict: string;
  readonly field?: string;
  readonly reason?: string;
}

/** As push does it: what no kind has moved is refused by its status alone. */
function judge(kind: Kind, answer: Answer, out: Outgoing): Told {
  const own = answer.status < 300 || kind.statuses?.[answer.status]?.means === 'kind';
  return own ? kind.classify(answer, out) : { verdict: 'failed', ...kind.refusal(answer, out) };
}

async function prepare(
  t: TestContext,
  kind: Kind,
  example: Example,
  switches: SwitchChanges = {},
): Promise<OpenSandbox & { readonly out: Outgoing }> {
  const there = await openSandbox(t, { seeds: example.seeds, switches });
  const account: AccountAccess = {
    ...example.out.account,
    baseUrl: `${there.url}${platforms.get(kind.platform)?.sandboxPath ?? ''}`,
    secrets: demoSecrets[kind.platform] ?? {},
  };
  return { ...there, out: { ...example.out, account } };
}

test('fabric: a token is got with client credentials, and lets in', async (t) => {
  const { default: example }: { default: Example } = await import('./fabric/member.example.ts');
  const kind = kinds.get('fabric.member');
  const source = platforms.get('fabric')?.token;
  assert.ok(kind !== undefined && source !== undefined);
  const { out, url } = await prepare(t, kind, example);
  const tokenUrl = `${url}/api/oauth2/default/v1/token`;
  const ask = async (clientSecret: string) => {
    const account = { ...out.account, secrets: { clientId: 'sandbox-client', clientSecret, tokenUrl } };
    const request = source.request(account);
    assert.ok(request !== null);
    return source.understand(await fetched(request));
  };
  assert.equal(await ask('wrong'), null);
  const got = await ask('sandbox-secret');
  assert.equal(got?.expiresInMs, 600_000);
  const account = { ...out.account, secrets: {} };
  const request = kind.authorize(kind.build({ ...out, account }), account, got.token);
  assert.equal(kind.classify(await fetched(request), out).verdict, 'delivered');
});

async function send(kind: Kind, out: Outgoing): Promise<Answer> {
  return fetched(kind.authorize(kind.build(out), out.account, null));
}

/** A body that breaks off is an answer that was cut short. */
async function fetched({ method, url, headers, body }: BuiltRequest): Promise<Answer> {
  const response = await fetch(url, { method, headers, body, redirect: 'manual' });
  const whole = await response.text().then(
    (text) => ({ body: text, truncated: false }),
    () => ({ body: '', truncated: true }),
  );
  return { status: response.status, headers: Object.fromEntries(response.headers), ...whole };
}
