import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { PgpRules } from '../../src/pipeline/source.ts';
import { brief, contentOf, filesOf, left, put, readLocal, tempFolder } from './support.ts';

const hasGpg = ['/usr/bin/gpg', '/usr/local/bin/gpg'].some((path) => existsSync(path));
const skip = hasGpg || process.env.CI === 'true' ? false : 'gpg is not installed';
const csv = `id,points\n${'1,2\n'.repeat(1_000)}`;

let home = '';
const secrets = new Map<string, string>();
/** Only what reads its input is given one: gpg may be gone before it is written (EPIPE). */
const gpgOf = (input: string | undefined, args: readonly string[]): Buffer =>
  execFileSync(
    'gpg',
    ['--batch', '--yes', '--quiet', '--trust-model', 'always', '--pinentry-mode', 'loopback', ...args],
    {
      env: { ...process.env, GNUPGHOME: home },
      ...(input === undefined ? {} : { input }),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    },
  );
const gpg = (...args: string[]): Buffer => gpgOf(undefined, args);
const fingerprint = (who: string): string =>
  /^fpr:+([0-9A-F]+):/m.exec(gpg('--list-keys', '--with-colons', who).toString())?.[1] ?? assert.fail();
const sealed = (signer: string, ...args: string[]): Buffer =>
  gpgOf(csv, ['-u', signer, '-r', 'receiver@example.com', '--sign', '--encrypt', ...args]);

before(async () => {
  if (skip !== false) return;
  home = await mkdtemp(join(tmpdir(), 'pf-gpg-'));
  const make = (who: string, passphrase = '', from = '20190101T000000', expires = 'never'): unknown =>
    gpg(
      ...['--faked-system-time', from, '--passphrase', passphrase],
      ...['--quick-generate-key', who, 'future-default', 'default', expires],
    );
  for (const who of ['sender', 'next', 'stranger', 'receiver']) make(`${who}@example.com`);
  make('locked@example.com', 'open sesame');
  make('old@example.com', '', '20200101T000000', '30d');
  secrets.set('KEY', gpg('--armor', '--export-secret-keys', 'receiver@example.com').toString());
  secrets.set(
    'LOCKED',
    gpg('--armor', '--passphrase', 'open sesame', '--export-secret-keys', 'locked@example.com').toString(),
  );
  secrets.set('PASS', 'open sesame');
  secrets.set('WRONG', 'wrong canary passphrase');
  secrets.set(
    'SIGNERS',
    gpg(
      '--armor',
      '--export',
      'sender@example.com',
      'next@example.com',
      'stranger@example.com',
      'old@example.com',
    ).toString(),
  );
});

after(async () => {
  if (home === '') return;
  execFileSync('gpgconf', ['--kill', 'gpg-agent'], { env: { ...process.env, GNUPGHOME: home } });
  await rm(home, { recursive: true, force: true });
});

const rules = (change: Partial<PgpRules> = {}): PgpRules => ({
  key: { env: 'KEY' },
  signers: { env: 'SIGNERS' },
  fingerprints: [
    fingerprint('sender@example.com'),
    fingerprint('next@example.com'),
    fingerprint('old@example.com'),
  ],
  ...change,
});
const reading = { secrets: ({ env }: { env: string }): string | undefined => secrets.get(env) };

test('binary and armored, from each of the signers stated', { skip }, async (t) => {
  const base = await tempFolder(t);
  await put(base, {
    'in/1.csv.gpg': sealed('sender@example.com'),
    'in/2.csv.asc': sealed('next@example.com', '--armor'),
    'in/3.csv': sealed('sender@example.com', '--compress-algo', 'none'),
  });
  const outcomes = await readLocal(base, { path: 'in/*', unpack: { pgp: rules() } }, reading);
  assert.deepEqual(brief(outcomes), ['file 1.csv.gpg', 'file 2.csv.asc', 'file 3.csv']);
  for (const file of filesOf(outcomes)) assert.equal(await contentOf(file), csv);
});

test('nothing of a message is given out unless it is whole, sealed and signed by one of them', {
  skip,
}, async (t) => {
  const base = await tempFolder(t);
  const whole = sealed('sender@example.com', '--compress-algo', 'none');
  const tampered = Buffer.from(whole);
  tampered[whole.length >> 1] = (tampered[whole.length >> 1] ?? 0) ^ 1;
  const notMine = gpgOf(csv, [
    '-u',
    'sender@example.com',
    '-r',
    'stranger@example.com',
    '--sign',
    '--encrypt',
  ]);
  await put(base, {
    'in/cut.gpg': whole.subarray(0, -5),
    'in/expired.gpg': sealed('old@example.com', '--faked-system-time', '20200110T000000!'),
    'in/garbage-behind.gpg': Buffer.concat([whole, Buffer.from('garbage')]),
    'in/no-mdc.gpg': sealed('sender@example.com', '--rfc2440', '--disable-mdc'),
    'in/not-encrypted.gpg': gpgOf(csv, ['-u', 'sender@example.com', '--sign']),
    'in/not-for-us.gpg': notMine,
    'in/not-pgp.csv': csv,
    'in/stranger.gpg': sealed('stranger@example.com'),
    'in/tampered.gpg': tampered,
    'in/twice.gpg': Buffer.concat([whole, whole]),
    'in/unsigned.gpg': gpgOf(csv, ['-r', 'receiver@example.com', '--encrypt']),
  });
  const outcomes = await readLocal(base, { path: 'in/*', unpack: { pgp: rules() } }, reading);
  assert.deepEqual(brief(outcomes), [
    'refused READ_DECRYPT cut.gpg',
    'refused READ_SIGNATURE expired.gpg',
    'refused READ_DECRYPT garbage-behind.gpg',
    'refused READ_DECRYPT no-mdc.gpg',
    'refused READ_DECRYPT not-encrypted.gpg',
    'refused READ_DECRYPT not-for-us.gpg',
    'refused READ_DECRYPT not-pgp.csv',
    'refused READ_SIGNATURE stranger.gpg',
    'refused READ_DECRYPT tampered.gpg',
    'refused READ_DECRYPT twice.gpg',
    'refused READ_SIGNATURE unsigned.gpg',
  ]);
  assert.deepEqual(await left(join(base, '.work')), []);
});

test('a bomb inside a message is stopped, and a packing inside it is unpacked', { skip }, async (t) => {
  const base = await tempFolder(t);
  await mkdir(join(base, 'in'));
  await writeFile(join(base, 'zeros'), Buffer.alloc(100_000_000));
  await writeFile(join(base, 'a.csv'), csv);
  execFileSync('gzip', ['-k', join(base, 'a.csv')]);
  for (const [from, to] of [
    ['zeros', 'bomb.gpg'],
    ['a.csv.gz', 'a.csv.gz.gpg'],
  ] as const)
    sealed('sender@example.com', '-o', join(base, 'in', to), join(base, from));
  const outcomes = await readLocal(base, { path: 'in/*', unpack: { pgp: rules() } }, reading);
  assert.deepEqual(brief(outcomes), ['file a.csv.gz.gpg', 'refused READ_UNPACK_LIMIT bomb.gpg']);
  assert.equal(await contentOf(filesOf(outcomes)[0] ?? assert.fail()), csv);
});

test('keys: a passphrase opens them, mistakes in them are configuration errors without the secret', {
  skip,
}, async (t) => {
  const base = await tempFolder(t);
  await put(base, {
    'in/a.gpg': gpgOf(csv, ['-u', 'sender@example.com', '-r', 'locked@example.com', '--sign', '--encrypt']),
  });
  const read = (change: Partial<PgpRules>): Promise<unknown> =>
    readLocal(base, { path: 'in/*', unpack: { pgp: rules(change) } }, reading).then(brief);
  const key = { env: 'LOCKED' };
  assert.deepEqual(await read({ key, passphrase: { env: 'PASS' } }), ['file a.gpg']);
  await assert.rejects(read({ key, passphrase: { env: 'WRONG' } }), (error: Error & { code: string }) => {
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.doesNotMatch(error.message, /canary/);
    return true;
  });
  await assert.rejects(read({ key }), { code: 'CONFIG_INVALID', message: /needs pgp\.passphrase/ });
  await assert.rejects(read({ key: { env: 'ABSENT' } }), { code: 'CONFIG_MISSING_ENV' });
  await assert.rejects(read({ fingerprints: ['00'.repeat(20)] }), { code: 'CONFIG_INVALID' });
  assert.deepEqual(brief(await readLocal(base, { path: 'in/*' }, reading)), ['refused READ_DECRYPT a.gpg']);
  assert.match((await readFile(join(base, 'in/a.gpg'))).toString('hex'), /^8/);
});
