import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import type { SftpSource } from '../../src/pipeline/source.ts';
import { unmetNeeds } from '../../src/read/needs.ts';

async function listen(): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

const source = (port: number, change: Partial<SftpSource> = {}): SftpSource => ({
  kind: 'sftp',
  host: '127.0.0.1',
  port,
  user: 'partner',
  auth: { key: { env: 'KEY' }, passphrase: { env: 'PHRASE' } },
  hostKeys: ['SHA256:x'],
  path: '/in/*.csv',
  ...change,
});

test('a source that has its variables and whose address answers needs nothing', async (t) => {
  const { port, close } = await listen();
  t.after(close);
  assert.deepEqual(await unmetNeeds(source(port), () => 'set'), []);
  assert.deepEqual(await unmetNeeds({ kind: 'local', path: 'in/*.csv' }, () => undefined), []);
});

test('every variable that is not set is named, those of PGP and of an agent included', async (t) => {
  const { port, close } = await listen();
  t.after(close);
  const pgp = { key: { env: 'PGP_KEY' }, signers: { env: 'SIGNERS' }, fingerprints: ['x'] };
  const agent = source(port, { auth: { agent: true }, unpack: { pgp } });
  assert.deepEqual(await unmetNeeds(agent, () => undefined), [
    'SSH_AUTH_SOCK is not set',
    'PGP_KEY is not set',
    'SIGNERS is not set',
  ]);
  const secrets = ({ env }: { env: string }) => (env === 'KEY' ? 'set' : undefined);
  assert.deepEqual(await unmetNeeds(source(port), secrets), ['PHRASE is not set']);
});

test('an address that refuses connections is named', async () => {
  const { port, close } = await listen();
  close();
  assert.deepEqual(await unmetNeeds(source(port), () => 'set'), [
    `127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
  ]);
});
