import assert from 'node:assert/strict';
import { test } from 'node:test';
import platform from '../../../src/destinations/fabric/platform.ts';
import { access, answer } from '../support.ts';

const base = 'https://fabric.example/api';
const credentials = { clientId: 'id', clientSecret: 's+ecret', tokenUrl: 'https://auth.example/token' };

test('client credentials are asked for as a form, id and secret as HTTP Basic', () => {
  assert.deepEqual(platform.token?.request(access('fabric', base, credentials)), {
    method: 'POST',
    url: 'https://auth.example/token',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
      Authorization: `Basic ${Buffer.from('id:s+ecret').toString('base64')}`,
    },
    body: 'grant_type=client_credentials',
  });
  assert.equal(
    platform.token?.request(access('fabric', base, credentials, { scope: 's2s' }))?.body,
    'grant_type=client_credentials&scope=s2s',
  );
});

test('a fixed token asks for none', () => {
  assert.equal(platform.token?.request(access('fabric', base, { token: 'T', ...credentials })), null);
});

test('a token lives as long as the answer says, else as the shortest life documented', () => {
  const token = (body: string, status = 200) => platform.token?.understand(answer(status, body));
  assert.deepEqual(token('{"access_token":"a","expires_in":3600}'), { token: 'a', expiresInMs: 3_600_000 });
  assert.deepEqual(token('{"access_token":"a"}'), { token: 'a', expiresInMs: 600_000 });
  assert.equal(token('{"access_token":"a\\nb"}'), null);
  assert.equal(token('{"access_token":""}'), null);
  assert.equal(token('{"access_token":"a"}', 401), null);
  assert.equal(token('<html>'), null);
});
