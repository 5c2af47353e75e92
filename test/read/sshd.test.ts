import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { SftpSource } from '../../src/pipeline/source.ts';
import { type Outcome, type ReadContext, readFiles } from '../../src/read/files.ts';
import { keygenLine, makeKey, type Sshd, skipWithoutSshd as skip, startSshd } from './sshd.ts';
import { brief, collect, contentOf, filesOf, put, tempFolder } from './support.ts';

interface House {
  readonly base: string;
  readonly sshd: Sshd;
  readonly hostKey: string;
  readonly userKey: string;
  options(change?: Partial<SftpSource>): SftpSource;
  read(change?: Partial<SftpSource>, context?: Partial<ReadContext>): Promise<Outcome[]>;
}

async function house(t: TestContext): Promise<House> {
  const base = await tempFolder(t);
  const hostKey = makeKey(base, 'host');
  const userKey = makeKey(base, 'user');
  const lockedKey = makeKey(base, 'locked', 'open sesame');
  const authorizedKeys = join(base, 'authorized');
  await writeFile(
    authorizedKeys,
    Buffer.concat([await readFile(`${userKey}.pub`), await readFile(`${lockedKey}.pub`)]),
  );
  const sshd = await startSshd(t, base, { hostKey, authorizedKeys });
  const texts: Record<string, string> = {
    KEY: await readFile(userKey, 'utf8'),
    LOCKED: await readFile(lockedKey, 'utf8'),
    PASS: 'open sesame',
    WRONG: 'canary',
  };
  const options = (change: Partial<SftpSource> = {}): SftpSource => ({
    kind: 'sftp',
    host: '127.0.0.1',
    port: sshd.port,
    user: sshd.user,
    auth: { key: { env: 'KEY' } },
    hostKeys: [keygenLine(hostKey)],
    path: `${base}/out/*.csv`,
    attempts: 1,
    ...change,
  });
  const read = (change: Partial<SftpSource> = {}, context: Partial<ReadContext> = {}): Promise<Outcome[]> =>
    collect(
      readFiles(options(change), {
        workdir: join(base, '.work'),
        secrets: ({ env }) => texts[env],
        ...context,
      }),
    );
  return { base, sshd, hostKey, userKey, options, read };
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: { code?: unknown }) => error.code,
  );

test('sshd: lists, fetches and verifies; links are refused; the original is moved', { skip }, async (t) => {
  const { base, read } = await house(t);
  await put(base, {
    'out/b.csv': 'b\n',
    'out/a.csv': `a\n${'1,2\n'.repeat(2_000_000)}`,
    'out/a.csv.sha256': '',
    'out/c.csv.gz': gzipSync('b'),
    'out/x.csv.part': 'half',
    'out/sub/d.csv': 'd',
  });
  await symlink('/etc/passwd', join(base, 'out/p.csv'));
  const after = { move: 'taken' };
  const started = performance.now();
  const outcomes = await read({ path: `${base}/out/*.{csv,csv.gz}`, after });
  assert.deepEqual(brief(outcomes), [
    'refused READ_NOT_REGULAR p.csv',
    'file a.csv',
    'file b.csv',
    'file c.csv.gz',
  ]);
  const [a = assert.fail(), b, c] = filesOf(outcomes);
  t.diagnostic(`${(a.bytes / 1e6).toFixed(1)} MB in ${((performance.now() - started) / 1000).toFixed(2)} s`);
  assert.equal(a.bytes, 8_000_002);
  assert.equal((await contentOf(a)).length, 8_000_002);
  assert.equal(b?.contentSha256, c?.contentSha256);
  assert.equal(await a.finish(), 'done');
  assert.equal(await a.finish(), 'gone');
  assert.deepEqual(await readdir(join(base, 'out/taken')), ['a.csv']);
  await put(base, { 'out/a.csv': 'another' });
  assert.equal(await filesOf(await read({ path: `${base}/out/**/a.csv`, after }))[0]?.finish(), 'done');
  assert.equal((await readdir(join(base, 'out/taken'))).length, 2, 'never over the one of the day before');
});

test('sshd: logs in with a key, a locked key, an agent; says whom it refuses', { skip }, async (t) => {
  const { base, read } = await house(t);
  await put(base, { 'out/a.csv': 'a' });
  const locked = { key: { env: 'LOCKED' } };
  assert.equal((await read({ auth: { ...locked, passphrase: { env: 'PASS' } } })).length, 1);
  assert.equal(await codeOf(read({ auth: { ...locked, passphrase: { env: 'WRONG' } } })), 'CONFIG_INVALID');
  assert.equal(await codeOf(read({ auth: locked })), 'CONFIG_INVALID');
  assert.equal(await codeOf(read({ auth: { key: { env: 'ABSENT' } } })), 'CONFIG_MISSING_ENV');
  await assert.rejects(read({ auth: { password: { env: 'WRONG' } } }), (error: Error & { code: string }) => {
    assert.equal(error.code, 'READ_AUTH');
    assert.doesNotMatch(error.message, /canary/);
    return true;
  });
  const socket = join(base, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => agent.kill());
  await once(agent.stdout, 'data');
  execFileSync('ssh-add', ['-q', join(base, 'user')], {
    env: { ...process.env, SSH_AUTH_SOCK: socket },
    stdio: 'ignore',
  });
  assert.equal((await read({ auth: { agent: socket } })).length, 1);
});

test('sshd: an unknown host key is refused with how to pin it, a changed one until both are pinned', {
  skip,
}, async (t) => {
  const { base, read, sshd, hostKey } = await house(t);
  await put(base, { 'out/a.csv': 'a' });
  const print = /SHA256:\S+/.exec(keygenLine(hostKey))?.[0] ?? assert.fail();
  await assert.rejects(read({ hostKeys: [] }), (error: Error & { code: string; hint: string }) => {
    assert.equal(error.code, 'READ_HOST_KEY');
    assert.ok(error.message.includes(print) && error.hint.includes(`hostKeys: ['ssh-ed25519 ${print}']`));
    return true;
  });
  const known = join(base, 'known_hosts');
  await writeFile(known, `[127.0.0.1]:${sshd.port} ${await readFile(`${hostKey}.pub`, 'utf8')}`);
  assert.equal((await read({ hostKeys: [], knownHosts: known })).length, 1);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', known], { stdio: 'ignore' });
  assert.match(await readFile(known, 'utf8'), /^\|1\|/);
  assert.equal((await read({ hostKeys: [], knownHosts: known })).length, 1, 'hashed names');

  await sshd.stop();
  const next = makeKey(base, 'next-host');
  const port = sshd.port;
  await startSshd(t, base, { hostKey: next, authorizedKeys: join(base, 'authorized'), port });
  await assert.rejects(read(), { code: 'READ_HOST_KEY', message: /pinned are ssh-ed25519 SHA256:/ });
  assert.equal(await codeOf(read({ hostKeys: [], knownHosts: known })), 'READ_HOST_KEY');
  assert.equal((await read({ hostKeys: [print, keygenLine(next)] })).length, 1);
});

test('sshd: a partner who uploads as .part and renames is never met half-way', { skip }, async (t) => {
  const { base, read } = await house(t);
  const part = join(base, 'out/a.csv.part');
  await put(base, { 'out/a.csv.part': 'id\n' });
  assert.deepEqual(brief(await read({ path: `${base}/out/*` })), []);
  await appendFile(part, '1\n');
  await rename(part, join(base, 'out/a.csv'));
  const [file] = filesOf(await read({ path: `${base}/out/*`, ready: { stableFor: '60ms' } }));
  assert.equal(await contentOf(file ?? assert.fail()), 'id\n1\n');
});
