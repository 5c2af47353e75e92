import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { SftpSource } from '../../src/pipeline/source.ts';
import { type Outcome, type ReadContext, readFiles } from '../../src/read/files.ts';
import { createSource } from '../../src/read/registry.ts';
import { judge, knownKeys, parsePin } from '../../src/read/sftp/hostkeys.ts';
import { newHostKey, type Script, type SftpServer, startSftpServer } from '../support/sftp-server.ts';
import { brief, collect, contentOf, filesOf, left, tempFolder } from './support.ts';

interface Scene {
  readonly base: string;
  readonly server: SftpServer;
  read(change?: Partial<SftpSource>, context?: Partial<ReadContext>): Promise<Outcome[]>;
  options(change?: Partial<SftpSource>): SftpSource;
}

async function scene(t: TestContext, script: Script): Promise<Scene> {
  const base = await tempFolder(t);
  const server = await startSftpServer(script);
  t.after(() => server.close());
  const options = (change: Partial<SftpSource> = {}): SftpSource => ({
    kind: 'sftp',
    host: '127.0.0.1',
    port: server.port,
    user: 'partner',
    auth: { password: { env: 'PASSWORD' } },
    hostKeys: [server.fingerprint],
    path: '/in/*.csv',
    deadlines: { connect: '5s', stall: '300ms' },
    ...change,
  });
  const read = (change: Partial<SftpSource> = {}, context: Partial<ReadContext> = {}): Promise<Outcome[]> =>
    collect(
      readFiles(options(change), {
        workdir: join(base, '.work'),
        secrets: () => 'canary-password',
        ...context,
      }),
    );
  return { base, server, read, options };
}

const file = (content: string | Buffer): { content: Buffer } => ({ content: Buffer.from(content) });
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: { code?: unknown }) => error.code,
  );

test('a download that breaks off goes on where it ended, on a fresh connection', async (t) => {
  const content = randomBytes(3_000_000);
  const { server, read } = await scene(t, {
    files: { '/in/a.csv': file(content) },
    onRead: (_path, offset, connection) =>
      connection < 3 && offset > connection * 1_000_000 ? 'cut' : 'data',
  });
  const [a = assert.fail()] = filesOf(await read());
  const received = await a.open().toArray();
  assert.ok(Buffer.concat(received).equals(content));
  assert.equal(server.connections(), 3);
  // what was under way when the line broke is all that was sent twice
  assert.ok(server.sentBytes() < content.length + 2 * 2_200_000, `${server.sentBytes()} bytes sent`);
  assert.ok(server.sentBytes() >= content.length);
});

test('a server that answers with less than was asked for is asked for the rest', async (t) => {
  const content = randomBytes(200_000);
  const { read } = await scene(t, { files: { '/in/a.csv': file(content) }, onRead: () => 1_000 });
  const [a = assert.fail()] = filesOf(await read({ deadlines: { stall: '5s' } }));
  assert.ok(Buffer.concat(await a.open().toArray()).equals(content));
});

test('an early end is not a whole file, however often it is tried', async (t) => {
  const { base, server, read } = await scene(t, {
    files: { '/in/a.csv': file(Buffer.alloc(400_000)), '/in/b.csv': file('b') },
    onRead: (path, offset) => (path === '/in/a.csv' && offset >= 100_000 ? 'end' : 'data'),
  });
  const outcomes = await read({ attempts: 2 });
  assert.deepEqual(brief(outcomes), ['refused READ_TRUNCATED a.csv', 'file b.csv']);
  assert.ok(server.connections() >= 2);
  await filesOf(outcomes)[0]?.discard();
  assert.deepEqual(await left(join(base, '.work')), []);
});

test('a server that lies about a size is not believed in either direction', async (t) => {
  const { read } = await scene(t, {
    files: { '/in/less.csv': { ...file('abc'), size: 5 }, '/in/more.csv': { ...file('abcdef'), size: 3 } },
  });
  assert.deepEqual(brief(await read({ attempts: 2 })), [
    'refused READ_TRUNCATED less.csv',
    'unfinished READ_NOT_FINISHED more.csv',
  ]);
});

test('a file that changes during the download is not taken', async (t) => {
  const files: Script['files'] = { '/in/a.csv': file('first'), '/in/b.csv': file('first') };
  const { read } = await scene(t, {
    files,
    onRead: (path) => {
      if (path === '/in/a.csv') files['/in/a.csv'] = { content: Buffer.from('other'), mtime: 1_800_000_000 };
      if (path === '/in/b.csv') files['/in/b.csv'] = { content: Buffer.from('first and more') };
      return 'data';
    },
  });
  assert.deepEqual(brief(await read()), [
    'unfinished READ_NOT_FINISHED a.csv',
    'unfinished READ_NOT_FINISHED b.csv',
  ]);
});

test('a server that stops answering is left after the stall deadline, and tried afresh', async (t) => {
  const content = randomBytes(500_000);
  const once: Script = {
    files: { '/in/a.csv': file(content) },
    onRead: (_path, offset, connection) => (connection === 1 && offset > 200_000 ? 'stall' : 'data'),
  };
  const mended = await scene(t, once);
  const [a = assert.fail()] = filesOf(await mended.read());
  assert.ok(Buffer.concat(await a.open().toArray()).equals(content));
  assert.equal(mended.server.connections(), 2);

  const always = await scene(t, { files: { '/in/a.csv': file(content) }, onRead: () => 'stall' });
  const started = performance.now();
  await assert.rejects(always.read({ attempts: 2 }), { code: 'READ_STALLED', exitCode: 3 });
  assert.ok(performance.now() - started < 30_000);
  assert.equal(always.server.connections(), 2);
});

test('drips are ended by the total deadline', async (t) => {
  const { read } = await scene(t, { files: { '/in/a.csv': file(Buffer.alloc(100_000)) }, onRead: () => 1 });
  const started = performance.now();
  await assert.rejects(read({ deadlines: { stall: '5s', total: '300ms' } }), { code: 'READ_STALLED' });
  assert.ok(performance.now() - started < 30_000);
});

test('an abort ends a wait at once', async (t) => {
  const { read } = await scene(t, { files: { '/in/a.csv': file('abc') }, onRead: () => 'stall' });
  const controller = new AbortController();
  const reading = read({ deadlines: { stall: '60s' } }, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('told to stop')), 200);
  const started = performance.now();
  await assert.rejects(reading, /told to stop/);
  assert.ok(performance.now() - started < 30_000);
});

test('traps in a listing are refused with a code, and never asked for', async (t) => {
  const asked: string[] = [];
  const { base, read } = await scene(t, {
    files: { '/in/good.csv': file('id\n1\n') },
    traps: [
      { name: '../../PWNED.csv' },
      { name: '/etc/x.csv' },
      { name: 'a\\b.csv' },
      { name: '..' },
      { name: 'nul\0.csv' },
      { name: 'bell\u0007.csv' },
      { name: '-rf.csv' },
      { name: `${'x'.repeat(300)}.csv` },
      { name: 'link.csv', mode: 0o120777 },
      { name: 'pipe.csv', mode: 0o010644 },
      { name: 'device.csv', mode: 0o020644 },
      { name: 'folder.csv', mode: 0o040755 },
      { name: 'other.txt' },
    ],
    onRead: (path) => {
      asked.push(path);
      return 'data';
    },
  });
  const outcomes = await read();
  const name = (wanted: string): number =>
    outcomes.filter((o) => o.kind === 'refused' && o.code === wanted).length;
  assert.equal(name('READ_NAME_REFUSED'), 7);
  assert.equal(name('READ_NOT_REGULAR'), 3);
  assert.deepEqual(
    filesOf(outcomes).map((f) => f.name),
    ['good.csv'],
  );
  assert.deepEqual([...new Set(asked)], ['/in/good.csv']);
  assert.equal((await left(base)).length, 1, 'one file in the private folder, nothing beside it');
  assert.doesNotMatch(JSON.stringify(outcomes), /[\u0000-\u001f]/);
});

test('a listing without end is left at its cap', async (t) => {
  const traps = Array.from({ length: 100_000 }, (_, i) => ({ name: `${i}.txt` }));
  const { read } = await scene(t, { files: { '/in/a.csv': file('a') }, traps });
  assert.equal(await codeOf(read()), 'READ_LISTING_TOO_LONG');
  assert.equal(await codeOf(read({ maxListed: 200_000, deadlines: { stall: '20s' } })), 'none');
});

test('password by prompt, prompts in rounds, and a refusal without the secret', async (t) => {
  const wants: Record<string, string> = { 'Password: ': 'canary-password', 'Code: ': '123456' };
  const script: Script = {
    files: { '/in/a.csv': file('a') },
    login: (context) => {
      if (context.method !== 'keyboard-interactive') return false;
      context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
        if (answers[0] !== wants['Password: ']) return context.reject();
        context.prompt([{ prompt: 'Code: ', echo: true }], (more) =>
          more[0] === wants['Code: '] ? context.accept() : context.reject(),
        );
      });
      return null;
    },
  };
  const { read } = await scene(t, script);
  const texts: Record<string, string> = {
    PASSWORD: 'canary-password',
    CODE: '123456',
    WRONG: 'canary-wrong',
  };
  const secrets = { secrets: ({ env }: { env: string }) => texts[env] };
  const answers = (...names: string[]): Partial<SftpSource> => ({
    auth: { answers: names.map((env) => ({ env })) },
  });
  assert.equal((await read(answers('PASSWORD', 'CODE'), secrets)).length, 1);
  await assert.rejects(read(answers('WRONG'), secrets), (error: Error & { code: string }) => {
    assert.equal(error.code, 'READ_AUTH');
    assert.doesNotMatch(`${error.stack}`, /canary/);
    return true;
  });
  const plain = await scene(t, {
    files: { '/in/a.csv': file('a') },
    login: (context) => context.method === 'password' && context.password === 'canary-password',
  });
  assert.equal((await plain.read()).length, 1);
});

test('a key that changes between two sessions is refused in the middle of a file', async (t) => {
  const files = { '/in/a.csv': file(randomBytes(3_000_000)) };
  const first = await scene(t, { files, onRead: (_path, offset) => (offset > 1_000_000 ? 'stall' : 'data') });
  const { port } = first.server;
  const reading = first.read({ deadlines: { stall: '1s' } });
  const rejected = assert.rejects(reading, { code: 'READ_HOST_KEY' });
  while (first.server.sentBytes() < 500_000) await new Promise((resolve) => setTimeout(resolve, 10));
  await first.server.close();
  const impostor = await startSftpServer({ files, hostKey: newHostKey() }, port);
  t.after(() => impostor.close());
  await rejected;
  assert.equal(impostor.sentBytes(), 0);
});

test('after actions work on servers without posix-rename', async (t) => {
  const files: Script['files'] = { '/in/a.csv': file('one'), '/in/taken/a.csv': file('yesterday') };
  const { read, options } = await scene(t, { files });
  const [a] = filesOf(await read({ after: { move: 'taken' } }));
  assert.equal(await a?.finish(), 'done');
  assert.equal(await a?.finish(), 'gone');
  assert.deepEqual(Object.keys(files).sort(), ['/in/taken/a.csv', '/in/taken/a.csv.7692c3ad']);
  const source = await createSource(options(), { secrets: () => 'canary-password' });
  t.after(() => source.close());
  files['/in/errors.csv'] = file('of yesterday');
  await source.putBack('/in', 'errors.csv', () => Readable.from([Buffer.from('report')]));
  assert.equal(files['/in/errors.csv']?.content.toString(), 'report');
  assert.equal(files['/in/errors.csv.part'], undefined);
});

test('companions are read over the wire', async (t) => {
  const { read } = await scene(t, {
    files: {
      '/in/a.csv': file('a'),
      '/in/a.csv.md5': file('0cc175b9c0f1b6a831c399e269772661\n'),
      '/in/b.csv': file('b'),
    },
  });
  const outcomes = await read({ ready: { companion: '{name}.md5' } });
  assert.deepEqual(brief(outcomes), ['unfinished READ_NOT_FINISHED b.csv', 'file a.csv']);
  assert.equal(await contentOf(filesOf(outcomes)[0] ?? assert.fail()), 'a');
});

test('nobody there, and nobody who speaks SSH, is an error of the source', async (t) => {
  const { read, server } = await scene(t, { files: {} });
  assert.deepEqual(await read(), []);
  await server.close();
  await assert.rejects(read({ attempts: 2 }), { code: 'READ_CONNECT', message: /ECONNREFUSED/ });
});

test('known_hosts: ports, wildcards, exceptions and revoked keys', async () => {
  const key = `AAAAC3NzaC1lZDI1NTE5${randomBytes(32).toString('base64')}`;
  const lines = [
    '# a comment',
    `*.example.com,!bad.example.com ssh-ed25519 ${key}`,
    `[sftp.partner.net]:2222 ssh-ed25519 ${key}`,
    `@cert-authority * ssh-ed25519 ${key}`,
    `@revoked old.partner.net ssh-ed25519 ${key}`,
  ].join('\n');
  const pins = (host: string, port = 22): number => knownKeys(lines, host, port).pins.length;
  assert.deepEqual(
    [
      pins('a.example.com'),
      pins('bad.example.com'),
      pins('sftp.partner.net'),
      pins('SFTP.partner.net', 2222),
    ],
    [1, 0, 0, 1],
  );
  const trust = knownKeys(lines, 'old.partner.net', 22);
  assert.equal(judge(Buffer.from(key, 'base64'), trust), 'revoked');
  assert.equal(parsePin(`ssh-ed25519 ${key} name`).fingerprint, trust.revoked[0]?.fingerprint);
  assert.throws(() => parsePin('MD5:aa:bb'), { code: 'CONFIG_INVALID' });
});

test('a known_hosts file that is not there is a mistake of the pipeline', async (t) => {
  const { base, read } = await scene(t, { files: {} });
  assert.equal(await codeOf(read({ hostKeys: [], knownHosts: join(base, 'none') })), 'CONFIG_INVALID');
  await writeFile(join(base, 'empty'), '');
  assert.equal(await codeOf(read({ hostKeys: [], knownHosts: join(base, 'empty') })), 'READ_HOST_KEY');
});
