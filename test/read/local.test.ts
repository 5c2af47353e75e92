import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, link, readdir, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readFiles } from '../../src/read/files.ts';
import { brief, collect, contentOf, filesOf, left, put, readLocal, tempFolder } from './support.ts';

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

test('files come by business date, then name in natural order, with their facts', async (t) => {
  const base = await tempFolder(t);
  await put(base, {
    'in/b_20260512.csv': 'x\n',
    'in/a_20260512_10.csv': 'a\n1\n',
    'in/a_20260512_9.csv': 'a\n2\n',
    'in/z_20260511.csv': 'z',
    'in/notes.txt': 'no',
  });
  const outcomes = await readLocal(base, { path: 'in/*.csv' }, { businessDate: '_{yyyyMMdd}' });
  assert.deepEqual(brief(outcomes), [
    'file z_20260511.csv',
    'file a_20260512_9.csv',
    'file a_20260512_10.csv',
    'file b_20260512.csv',
  ]);
  const [z, nine] = filesOf(outcomes);
  assert.equal(z?.businessDateText, '2026-05-11');
  assert.equal(nine?.displayPath, 'in/a_20260512_9.csv');
  assert.equal(nine?.bytes, 4);
  assert.equal(nine?.sha256, sha256('a\n2\n'));
  assert.equal(nine?.contentSha256, sha256('a\n2'));
  assert.equal(await contentOf(nine ?? assert.fail()), 'a\n2\n');
});

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

test('links, pipes and hostile names are refused with a code, and never opened', async (t) => {
  const base = await tempFolder(t);
  await put(base, {
    'in/good.csv': 'a\n',
    'in/-rf.csv': 'a\n',
    'in/x\ny.csv': 'a\n',
    'in/sub.csv/inner.txt': '',
  });
  await put(base, { 'in/\u202evsc.csv': 'a\n' });
  await symlink('/etc/passwd', join(base, 'in/passwd.csv'));
  execFileSync('mkfifo', [join(base, 'in/pipe.csv')]);
  const outcomes = await readLocal(base, { path: 'in/*.csv' });
  assert.deepEqual(brief(outcomes).sort(), [
    'file good.csv',
    'refused READ_NAME_REFUSED -rf.csv',
    'refused READ_NAME_REFUSED \\u{202e}vsc.csv',
    'refused READ_NAME_REFUSED x\\u{a}y.csv',
    'refused READ_NOT_REGULAR passwd.csv',
    'refused READ_NOT_REGULAR pipe.csv',
  ]);
});

test('a folder with more names than maxListed is an error, not a part of it', async (t) => {
  const base = await tempFolder(t);
  await put(base, Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`in/${i}.txt`, ''])));
  await assert.rejects(readLocal(base, { path: 'in/*.csv', maxListed: 10 }), {
    code: 'READ_LISTING_TOO_LONG',
  });
  assert.deepEqual(await readLocal(base, { path: 'nowhere/*.csv' }), []);
});

test('patterns reach through folders; take and order choose which come first', async (t) => {
  const base = await tempFolder(t);
  await put(base, {
    'in/2026/05/a.csv': 'a',
    'in/2026/06/b.csv': 'b',
    'in/c.csv': 'c',
    'in/2026/05/d.txt': 'd',
  });
  const at = (minutes: number): Date => new Date(Date.UTC(2026, 4, 1, 0, minutes));
  for (const [i, name] of ['in/c.csv', 'in/2026/05/a.csv', 'in/2026/06/b.csv'].entries())
    await utimes(join(base, name), at(i), at(i));
  assert.deepEqual(brief(await readLocal(base, { path: 'in/**/*.csv' })), [
    'file a.csv',
    'file b.csv',
    'file c.csv',
  ]);
  assert.deepEqual(brief(await readLocal(base, { path: 'in/20*/0[56]/*.csv' })), [
    'file a.csv',
    'file b.csv',
  ]);
  assert.deepEqual(brief(await readLocal(base, { path: 'in/**/*.csv', take: 1 })), ['file c.csv']);
  const newest = await readLocal(base, { path: 'in/**/*.csv', take: 2, order: 'newest' });
  assert.deepEqual(brief(newest), ['file a.csv', 'file b.csv']);
});

test('a file that grows between the looks, is too young or half-named is not taken', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'in/quiet.csv': 'a\n', 'in/growing.csv': 'a\n', 'in/upload.csv.part': 'a\n' });
  const growing = setInterval(() => void appendFile(join(base, 'in/growing.csv'), 'b\n'), 5);
  t.after(() => clearInterval(growing));
  const outcomes = await readLocal(base, { path: 'in/*', ready: { stableFor: '200ms', looks: 4 } });
  assert.deepEqual(brief(outcomes), ['unfinished READ_NOT_FINISHED growing.csv', 'file quiet.csv']);
  clearInterval(growing);
  const young = await readLocal(base, { path: 'in/quiet.csv', ready: { minAge: '10m' } });
  assert.deepEqual(brief(young), ['unfinished READ_NOT_FINISHED quiet.csv']);
  const later = { now: () => new Date(Date.now() + 11 * 60_000) };
  assert.deepEqual(brief(await readLocal(base, { path: 'in/quiet.csv', ready: { minAge: '10m' } }, later)), [
    'file quiet.csv',
  ]);
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

test('a marker left from an earlier file of that name does not vouch for the next one', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'in/a.csv': 'new', 'in/a.csv.done': '' });
  const earlier = new Date(Date.now() - 60_000);
  await utimes(join(base, 'in/a.csv.done'), earlier, earlier);
  const [outcome] = await readLocal(base, { path: 'in/*.csv', ready: { companion: '{name}.done' } });
  assert.match(outcome?.kind === 'unfinished' ? outcome.message : '', /older than the file itself/);
});

test('a file that changes after it was listed is not taken', async (t) => {
  const base = await tempFolder(t);
  await put(base, { 'in/a.csv': 'first\n', 'in/b.csv': 'first\n', 'in/c.csv': 'first\n' });
  const found: string[] = [];
  for await (const outcome of readFiles(
    { kind: 'local', path: 'in/*.csv' },
    { workdir: join(base, '.work'), base },
  )) {
    found.push(...brief([outcome]));
    if (found.length > 1) continue;
    await appendFile(join(base, 'in/b.csv'), 'more\n');
    await rename(join(base, 'in/c.csv'), join(base, 'in/gone'));
  }
  assert.deepEqual(found, [
    'file a.csv',
    'unfinished READ_NOT_FINISHED b.csv',
    'unfinished READ_NOT_FINISHED c.csv',
  ]);
});

test('after: move, rename and delete, safe to repeat and never over another file', async (t) => {
  const base = await tempFolder(t);
  const finishAll = async (options: Parameters<typeof readLocal>[1]): Promise<string[]> => {
    const files = filesOf(await readLocal(base, options));
    const results: string[] = [];
    for (const file of files) results.push(await file.finish(), await file.finish());
    return results;
  };
  await put(base, { 'in/a.csv': 'one', 'in/a.csv.done': '' });
  const move = {
    path: 'in/**/*.csv',
    ready: { companion: '{name}.done' },
    after: { move: 'taken' },
  } as const;
  assert.deepEqual(await finishAll(move), ['done', 'gone']);
  assert.deepEqual((await readdir(join(base, 'in/taken'))).sort(), ['a.csv', 'a.csv.done']);
  await put(base, { 'in/a.csv': 'two', 'in/a.csv.done': '' });
  assert.deepEqual(await finishAll(move), ['done', 'gone'], 'the moved one is not met again');
  const tail = sha256('two').slice(0, 8);
  assert.deepEqual(
    (await readdir(join(base, 'in/taken'))).sort(),
    ['a.csv', `a.csv.${tail}`, 'a.csv.done', `a.csv.done.${tail}`].sort(),
  );
  assert.deepEqual(await readdir(join(base, 'in')), ['taken']);

  await put(base, { 'up/a.csv': 'one' });
  assert.deepEqual(await finishAll({ path: 'up/*.csv', after: { rename: '{name}.taken' } }), [
    'done',
    'gone',
  ]);
  assert.deepEqual(await readdir(join(base, 'up')), ['a.csv.taken']);

  await put(base, { 'rm/a.csv': 'one', 'rm/b.csv': 'one' });
  const files = filesOf(await readLocal(base, { path: 'rm/*.csv', after: 'delete' }));
  await writeFile(join(base, 'rm/b.csv'), 'overwritten by the partner');
  const results: string[] = [];
  for (const file of files) results.push(await file.finish());
  assert.deepEqual(results, ['done', 'changed']);
  assert.deepEqual(await readdir(join(base, 'rm')), ['b.csv']);
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
