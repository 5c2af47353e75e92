import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, link, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readFiles } from '../../src/read/files.ts';
import { brief, collect, contentOf, filesOf, left, put, readLocal, tempFolder } from './support.ts';

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

test('files discarded one by one leave nothing, not even the folder', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'in/a.csv': 'a', 'in/b.csv': 'b', 'in/c.csv': 'c' });
  const contents: string[] = [];
  const context = { workdir: join(base, '.work'), base };
  for await (const file of readFiles({ kind: 'local', path: 'in/*' }, context)) {
    if (file.kind !== 'file') continue;
    contents.push(await contentOf(file));
    await file.discard();
  }
  assert.deepEqual(contents, ['a', 'b', 'c']);
  const [owner = assert.fail()] = await readdir(join(base, '.work/tmp'));
  assert.deepEqual(await readdir(join(base, '.work/tmp', owner)), []);
});

test('one content has one contentSha256, whatever its packing and its last line ends', async (t) => {
  const base = await tempFolder(t);
  const content = 'id,points\r\n1,2\r\n';
  const member = (text: string): Buffer => gzipSync(text);
  await put(base, {
    'in/1.csv': content,
    'in/2.csv': 'id,points\r\n1,2',
    'in/3.csv': `${content}\n\r\n`,
    'in/4.csv.gz': member(content),
    'in/5.csv.gz': Buffer.concat([member('id,points\r\n'), member('1,2\r\n\n'), Buffer.alloc(1024)]),
    'in/6.csv': member(content.trimEnd()),
  });
  const outcomes = await readLocal(base, { path: 'in/*' });
  assert.deepEqual(
    brief(outcomes).filter((line) => !line.startsWith('file')),
    [],
  );
  const files = filesOf(outcomes);
  assert.equal(files.length, 6);
  assert.deepEqual([...new Set(files.map((file) => file.contentSha256))], [sha256('id,points\r\n1,2')]);
  assert.equal(new Set(files.map((file) => file.sha256)).size, 6);
});

test('a damaged gzip is refused, and nothing of it stays in the private folder', async (t) => {
  const base = await tempFolder(t);
  const whole = gzipSync(Buffer.alloc(300_000, 'abc,def\n'));
  const half = gzipSync('good,row\n');
  await put(base, {
    'in/cut.csv.gz': whole.subarray(0, -9),
    'in/empty.csv.gz': '',
    'in/plain.csv.gz': 'id,points\n1,2\n',
    'in/tail.csv.gz': Buffer.concat([half, Buffer.from('garbage')]),
    'in/zeros-then-member.csv.gz': Buffer.concat([half, Buffer.alloc(5), half]),
    'in/good.csv.gz': half,
  });
  const outcomes = await readLocal(base, { path: 'in/*.gz' });
  assert.deepEqual(brief(outcomes), [
    'refused READ_PACKING cut.csv.gz',
    'refused READ_PACKING empty.csv.gz',
    'file good.csv.gz',
    'refused READ_PACKING plain.csv.gz',
    'refused READ_PACKING tail.csv.gz',
    'refused READ_PACKING zeros-then-member.csv.gz',
  ]);
  assert.equal((await left(join(base, '.work'))).length, 1);
  for (const file of filesOf(outcomes)) await file.discard();
  assert.deepEqual(await left(join(base, '.work')), []);
});

test('a 200 MB bomb is stopped at its limit', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'in/bomb.csv.gz': gzipSync(Buffer.alloc(200_000_000)) });
  const [byRatio] = await readLocal(base, { path: 'in/*' });
  assert.equal(byRatio?.kind === 'refused' && byRatio.code, 'READ_UNPACK_LIMIT');
  assert.match(byRatio?.kind === 'refused' ? byRatio.message : '', /200 times/);
  const [byBytes] = await readLocal(base, {
    path: 'in/*',
    unpack: { limits: { ratio: 10_000, outputBytes: 1_000_000 } },
  });
  assert.match(byBytes?.kind === 'refused' ? byBytes.message : '', /1000000 bytes/);
  const [byTime] = await readLocal(base, {
    path: 'in/*',
    unpack: { limits: { ratio: 10_000, time: '20ms' } },
  });
  assert.match(byTime?.kind === 'refused' ? byTime.message : '', /longer than 20ms/);
  assert.deepEqual(await left(join(base, '.work')), []);
});

test('companions: a marker, a checksum, a manifest', async (t) => {
  const base = await tempFolder(t);
  const good = 'id\n1\n';
  await put(base, {
    'done/a.csv': good,
    'done/a.csv.done': '',
    'done/b.csv': good,
    'sum/a.csv': good,
    'sum/a.csv.sha256': `${sha256(good)}  a.csv\n`,
    'sum/b.csv': good,
    'sum/b.csv.sha256': `${sha256('other')} *b.csv\n`,
    'sum/c.csv': good,
    'sum/c.csv.sha256': '',
    'md5/a.csv': good,
    'md5/a.md5': `${createHash('md5').update(good).digest('hex')}\n`,
    'list/a.csv': good,
    'list/b.csv': good,
    'list/c.csv': good,
    'list/manifest.csv': `file;bytes\n"a.csv";${good.length}\nb.csv;999\n`,
  });
  const done = await readLocal(base, { path: 'done/*', ready: { companion: '{name}.done' } });
  assert.deepEqual(brief(done), ['unfinished READ_NOT_FINISHED b.csv', 'file a.csv']);
  const sum = await readLocal(base, { path: 'sum/*.csv', ready: { companion: '{name}.sha256' } });
  assert.deepEqual(brief(sum), [
    'unfinished READ_NOT_FINISHED c.csv',
    'file a.csv',
    'refused READ_CHECKSUM b.csv',
  ]);
  assert.deepEqual(brief(await readLocal(base, { path: 'md5/*.csv', ready: { companion: '{stem}.md5' } })), [
    'file a.csv',
  ]);
  const list = await readLocal(base, {
    path: 'list/*.csv',
    ready: { companion: 'manifest.csv', holds: ['size'] },
  });
  assert.deepEqual(brief(list), [
    'unfinished READ_NOT_FINISHED b.csv',
    'unfinished READ_NOT_FINISHED c.csv',
    'file a.csv',
  ]);
});

test('a move that a crash left half done is completed', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'in/a.csv': 'one', 'in/taken/x': '' });
  await link(join(base, 'in/a.csv'), join(base, 'in/taken/a.csv'));
  const [a] = filesOf(await readLocal(base, { path: 'in/*.csv', after: { move: 'taken' } }));
  assert.equal(await a?.finish(), 'done');
  assert.deepEqual((await readdir(join(base, 'in/taken'))).sort(), ['a.csv', 'x']);
  assert.deepEqual(await readdir(join(base, 'in')), ['taken']);
});

test('a full disk stops the run, and no part of the file stays', async (t) => {
  const base = await tempFolder(t);
  const small = join(base, '.work');
  await put(base, {
    'in/a.csv': Buffer.alloc(3_000_000),
    'in/b.csv.gz': gzipSync(Buffer.alloc(3_000_000)),
    '.work/x': '',
  });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    return t.skip('no right to mount a small disk');
  }
  try {
    for (const path of ['in/a.csv', 'in/b.csv.gz'])
      await assert.rejects(readLocal(base, { path }), { code: 'READ_DISK_FULL', exitCode: 3 });
    assert.deepEqual(await left(small), []);
  } finally {
    execFileSync('umount', [small]);
  }
  await assert.rejects(readLocal(base, { path: 'in/*' }, { workdir: '/dev/null/x' }), {
    code: 'READ_WORKDIR',
  });
});

test('files named by a person are taken as they are and left where they are', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'x/a.csv.part': 'a\n' });
  const only = [join(base, 'x/a.csv.part')];
  const [file] = filesOf(
    await readLocal(base, { path: 'in/*', after: 'delete', ready: { minAge: '1h' } }, { only }),
  );
  assert.equal(await file?.finish(), 'done');
  assert.deepEqual(await readdir(join(base, 'x')), ['a.csv.part']);
  await assert.rejects(readLocal(base, { path: 'in/*' }, { only: [join(base, 'x/no.csv')] }), {
    code: 'READ_NO_INPUT',
    exitCode: 66,
  });
});

test('the private folder is private, and swept of dead processes only', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'in/a.csv': 'secret\n' });
  const script = `
    import { readFiles } from ${JSON.stringify(join(import.meta.dirname, '../../src/read/files.ts'))};
    for await (const file of readFiles({ kind: 'local', path: 'in/*' }, { workdir: '.work' })) process.kill(process.pid, 'SIGKILL');`;
  assert.throws(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: base }));
  const [orphan = assert.fail('the killed process left its file')] = await left(join(base, '.work'));
  assert.equal((await stat(orphan)).mode & 0o777, 0o600);
  await chmod(join(base, '.work/tmp'), 0o755);
  const living = readFiles({ kind: 'local', path: 'in/*' }, { workdir: join(base, '.work'), base });
  await living.next();
  await collect(readFiles({ kind: 'local', path: 'nothing' }, { workdir: join(base, '.work'), base }));
  const kept = await left(join(base, '.work'));
  assert.equal(kept.length, 1, 'that of the living process stays');
  assert.notEqual(kept[0], orphan);
  assert.equal((await stat(join(base, '.work/tmp'))).mode & 0o777, 0o700);
  await living.return(undefined);
});
