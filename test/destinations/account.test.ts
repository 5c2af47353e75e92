import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AccountLiteral, accountProblems, resolveAccount } from '../../src/destinations/account.ts';
import fabric from '../../src/destinations/fabric/platform.ts';
import hang from '../../src/destinations/hang/platform.ts';
import stickystreet from '../../src/destinations/stickystreet/platform.ts';
import { PointferryError } from '../../src/ground/errors.ts';

const hangAccount: AccountLiteral = {
  platform: 'hang',
  stage: 'production',
  baseUrl: { env: 'HANG_BASE_URL' },
  apiKey: { env: 'HANG_API_KEY' },
};
const fabricAccount: AccountLiteral = {
  platform: 'fabric',
  stage: 'production',
  baseUrl: 'https://fabric.example/api',
  token: { env: 'FABRIC_TOKEN' },
  clientId: { env: 'FABRIC_CLIENT_ID' },
  clientSecret: { env: 'FABRIC_CLIENT_SECRET' },
  tokenUrl: { env: 'FABRIC_TOKEN_URL' },
};
const env = { HANG_BASE_URL: 'https://loyalty.hang.xyz/partner-api', HANG_API_KEY: 'secret-key' };
const refuses = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof PointferryError && error.code === code && words.test(error.message);
const withBase =
  (HANG_BASE_URL: string, changes: Partial<AccountLiteral> = {}) =>
  () =>
    resolveAccount('a', { ...hangAccount, ...changes }, hang, { ...env, HANG_BASE_URL });

test('an account is its literal with secrets and default settings', () => {
  assert.deepEqual(resolveAccount('hang-us', hangAccount, hang, env), {
    name: 'hang-us',
    platform: 'hang',
    baseUrl: 'https://loyalty.hang.xyz/partner-api',
    secrets: { apiKey: 'secret-key' },
    settings: {},
  });
});

test('a missing variable is named, an empty one is missing', () => {
  for (const HANG_API_KEY of [undefined, '']) {
    assert.throws(
      () => resolveAccount('hang-us', hangAccount, hang, { ...env, HANG_API_KEY }),
      refuses('CONFIG_MISSING_ENV', /HANG_API_KEY/),
    );
  }
});

test('a variable may come from a file, its final newline off; both at once is a mistake', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pointferry-account-'));
  try {
    const file = join(folder, 'key');
    await writeFile(file, 'from-file\n');
    const fromFile = { HANG_BASE_URL: env.HANG_BASE_URL, HANG_API_KEY_FILE: file };
    assert.equal(resolveAccount('a', hangAccount, hang, fromFile).secrets.apiKey, 'from-file');
    assert.throws(
      () => resolveAccount('a', hangAccount, hang, { ...fromFile, HANG_API_KEY: 'k' }),
      refuses('CONFIG_INVALID', /HANG_API_KEY_FILE/),
    );
    assert.throws(
      () => resolveAccount('a', hangAccount, hang, { ...fromFile, HANG_API_KEY_FILE: join(folder, 'no') }),
      refuses('CONFIG_MISSING_ENV', /HANG_API_KEY_FILE/),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('plain http is for this machine, and for a sandbox account that asks for it', () => {
  for (const local of [
    'http://127.0.0.1:8080/x',
    'http://localhost:1',
    'http://[::1]:9/partner-api',
    'http://2130706433/',
  ]) {
    assert.equal(withBase(local)().baseUrl, local);
  }
  assert.throws(withBase('http://hang.example'), refuses('CONFIG_INVALID', /baseUrl must begin with https/));
  assert.throws(withBase('http://127.0.0.1.hang.example'), refuses('CONFIG_INVALID', /https/));
  assert.throws(withBase('http://hang.example', { stage: 'sandbox' }), refuses('CONFIG_INVALID', /https/));
  assert.ok(withBase('http://hang.example', { stage: 'sandbox', allowPlainHttp: true })());
  assert.throws(
    withBase('https://hang.example', { allowPlainHttp: true }),
    refuses('CONFIG_INVALID', /allowPlainHttp/),
  );
});

test('an address with credentials, a query or another scheme is refused, and not quoted', () => {
  for (const bad of [
    'https://u:pass@hang.example',
    'https://hang.example/?a=pass',
    'file:///pass',
    'pass',
    'https://hang.example/#pass',
    'https://hang.exa\nmple/pass',
  ]) {
    assert.throws(withBase(bad), (error: unknown) => {
      assert.ok(error instanceof PointferryError && error.code === 'CONFIG_INVALID', bad);
      assert.doesNotMatch(`${error.message} ${error.hint}`, /pass/);
      return true;
    });
  }
});

test('a key with a line break never reaches a header', () => {
  assert.throws(
    () => resolveAccount('a', hangAccount, hang, { ...env, HANG_API_KEY: 'a\r\nX: b' }),
    refuses('CONFIG_INVALID', /apiKey/),
  );
});

test('fabric takes a token or whole client credentials', () => {
  const credentials = {
    FABRIC_CLIENT_ID: 'id',
    FABRIC_CLIENT_SECRET: 's',
    FABRIC_TOKEN_URL: 'https://auth.example/token',
  };
  assert.deepEqual(resolveAccount('f', fabricAccount, fabric, { FABRIC_TOKEN: 'T' }).secrets, { token: 'T' });
  assert.deepEqual(Object.keys(resolveAccount('f', fabricAccount, fabric, credentials).secrets), [
    'clientId',
    'clientSecret',
    'tokenUrl',
  ]);
  assert.throws(
    () => resolveAccount('f', fabricAccount, fabric, { ...credentials, FABRIC_CLIENT_ID: undefined }),
    refuses('CONFIG_MISSING_ENV', /FABRIC_TOKEN, or FABRIC_CLIENT_ID$/),
  );
  assert.throws(
    () =>
      resolveAccount('f', fabricAccount, fabric, { ...credentials, FABRIC_TOKEN_URL: 'http://auth.example' }),
    refuses('CONFIG_INVALID', /tokenUrl/),
  );
});

test('mistakes in a literal are told all at once, without the environment', () => {
  const problems = accountProblems(
    {
      platform: 'stickystreet',
      stage: 'production',
      baseUrl: { env: '' },
      apiKey: 'written down',
      userId: 'john1970',
      settings: { keyIn: 'query', output: 'JSON', condensed: 'yes', badCredentials: 'x', colour: 1 },
    },
    stickystreet,
  );
  assert.deepEqual(
    problems.map(({ key }) => key),
    [
      'baseUrl',
      'apiKey',
      'accountId',
      'settings.keyIn',
      'settings.condensed',
      'settings.badCredentials',
      'settings.colour',
    ],
  );
});
