/**
 * What every source must do, whatever it reads from. `conformance.test.ts` runs it over each kind; a new kind adds a
 * `SourceWorld` there. What only one kind can do wrong (a login, a host key, a stall) has tests of its own.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { CommonSource, Source as SourceOptions } from '../../src/pipeline/source.ts';
import { type Outcome, type ReadContext, readFiles } from '../../src/read/files.ts';
import { createSource } from '../../src/read/registry.ts';
import type { Source } from '../../src/read/source.ts';
import { brief, collect, contentOf, filesOf } from './support.ts';

/** A place that a source reads from, as the partner sees it. Paths are relative to it. */
export interface SourceWorld {
  /** A source of it; `path` and the folders of `change` are relative too. */
  options(change: Partial<CommonSource> & { path: string }): SourceOptions;
  readonly context: ReadContext;
  /** How the source shows a path. */
  display(path: string): string;
  write(path: string, content: string | Buffer): Promise<void>;
  append(path: string, content: string): Promise<void>;
  truncate(path: string, size: number): Promise<void>;
  setTime(path: string, time: Date): Promise<void>;
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted. */
  list(folder: string): Promise<string[]>;
  read(path: string): Promise<string>;
  /** Left out by a place that has none. */
  link?(path: string, target: string): Promise<void>;
  pipe?(path: string): Promise<void>;
  /**
   * Takes away the right to read a file or folder, until what it returns is called. Left out where the test may read
   * everything.
   */
  forbid?(path: string): Promise<() => Promise<void>>;
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const day = (number: number): Date => new Date(Date.UTC(2026, 4, number, 12));
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: { code?: unknown }) => error.code,
  );

/** Registers the suite. `make` gives a world of its own to each test. */
export function conformsAsSource(
  kind: string,
  make: (t: TestContext) => Promise<SourceWorld>,
  skip: string | false,
): void {
  const it = (name: string, run: (world: SourceWorld, t: TestContext) => Promise<void>): void => {
    test(`${kind}: ${name}`, { skip }, async (t) => run(await make(t), t));
  };
  listing(it);
  changes(it);
  readiness(it);
  finishing(it);
  puttingBack(it);
}

type It = (name: string, run: (world: SourceWorld, t: TestContext) => Promise<void>) => void;

const readAll = (
  world: SourceWorld,
  change: Partial<CommonSource> & { path: string },
  context: Partial<ReadContext> = {},
): Promise<Outcome[]> => collect(readFiles(world.options(change), { ...world.context, ...context }));

async function opened(
  world: SourceWorld,
  t: TestContext,
  change: Partial<CommonSource> & { path: string },
): Promise<Source> {
  const source = await createSource(world.options(change), world.context);
  t.after(() => source.close());
  return source;
}

function listing(it: It): void {
  it('files come by business date, then by name in natural order, with size, time and hashes', async (world) => {
    for (const name of ['b_20260512', 'a_20260512_10', 'a_20260512_9', 'z_20260511'])
      await world.write(`in/${name}.csv`, `${name}\n`);
    await world.write('in/notes.txt', 'not asked for');
    await world.setTime('in/z_20260511.csv', day(3));
    const outcomes = await readAll(world, { path: 'in/*.csv' }, { businessDate: '_{yyyyMMdd}' });
    assert.deepEqual(brief(outcomes), [
      'file z_20260511.csv',
      'file a_20260512_9.csv',
      'file a_20260512_10.csv',
      'file b_20260512.csv',
    ]);
    const [first = assert.fail()] = filesOf(outcomes);
    const { displayPath, bytes, mtime, businessDateText } = first;
    assert.deepEqual(
      { displayPath, bytes, mtime, businessDateText, content: await contentOf(first) },
      {
        displayPath: world.display('in/z_20260511.csv'),
        bytes: 11,
        mtime: day(3),
        businessDateText: '2026-05-11',
        content: 'z_20260511\n',
      },
    );
    assert.equal(first.sha256, sha256('z_20260511\n'));
    assert.equal(first.contentSha256, sha256('z_20260511'));
  });

  it('wildcards reach through folders; order and take choose which files come', async (world) => {
    const files = ['in/c.csv', 'in/2026/05/a.csv', 'in/2026/06/b.csv'];
    for (const [index, path] of files.entries()) {
      await world.write(path, path);
      await world.setTime(path, day(index + 1));
    }
    await world.write('in/2026/05/d.txt', 'not asked for');
    const names = async (change: Partial<CommonSource> & { path: string }): Promise<string[]> =>
      filesOf(await readAll(world, change)).map(({ name }) => name);
    assert.deepEqual(await names({ path: 'in/**/*.csv' }), ['a.csv', 'b.csv', 'c.csv']);
    assert.deepEqual(await names({ path: 'in/20*/0[5]/*.{csv,txt}' }), ['a.csv', 'd.txt']);
    assert.deepEqual(await names({ path: 'in/?.csv' }), ['c.csv']);
    assert.deepEqual(await names({ path: 'in/**/*.csv', take: 1 }), ['c.csv'], 'the oldest');
    assert.deepEqual(await names({ path: 'in/**/*.csv', take: 1, order: 'newest' }), ['b.csv']);
  });

  it('a folder that is away and an empty one are no files, not an error', async (world) => {
    await world.write('in/other.txt', '');
    assert.deepEqual(await readAll(world, { path: 'nowhere/*.csv' }), []);
    assert.deepEqual(await readAll(world, { path: 'nowhere/*/deeper/*.csv' }), []);
    assert.deepEqual(await readAll(world, { path: 'in/*.csv' }), []);
  });

  it('a listing over maxListed names is an error, not a part of the folder', async (world) => {
    for (let i = 0; i < 12; i++) await world.write(`in/${i}.txt`, '');
    assert.equal(await codeOf(readAll(world, { path: 'in/*.csv', maxListed: 10 })), 'READ_LISTING_TOO_LONG');
  });

  it('odd names: spaces, quotes and other scripts are read; deceptive ones are refused', async (world) => {
    const odd = ['in/a b.csv', "in/it's.csv", 'in/größe.csv', 'in/売上.csv', 'in/$(x).csv', 'in/100%.csv'];
    for (const path of odd) await world.write(path, path);
    for (const path of ['in/-rf.csv', 'in/x\ny.csv', 'in/\u202evsc.csv']) await world.write(path, path);
    const outcomes = await readAll(world, { path: 'in/*.csv', after: 'delete' });
    assert.deepEqual(brief(outcomes.filter(({ kind }) => kind === 'refused')).sort(), [
      'refused READ_NAME_REFUSED -rf.csv',
      'refused READ_NAME_REFUSED \\u{202e}vsc.csv',
      'refused READ_NAME_REFUSED x\\u{a}y.csv',
    ]);
    const read: string[] = [];
    for (const file of filesOf(outcomes)) {
      read.push(await contentOf(file));
      assert.equal(await file.finish(), 'done');
    }
    assert.deepEqual(read.sort(), odd.sort());
    assert.equal((await world.list('in')).length, 3, 'the refused ones are left where they are');
  });

  it('links and pipes are refused and never opened; folders are no files', async (world, t) => {
    if (world.link === undefined || world.pipe === undefined) return t.skip('it has neither');
    await world.write('in/good.csv', 'a\n');
    await world.write('in/folder.csv/inner.txt', '');
    await world.link('in/link.csv', '/etc/passwd');
    await world.pipe('in/pipe.csv');
    assert.deepEqual(brief(await readAll(world, { path: 'in/*.csv' })).sort(), [
      'file good.csv',
      'refused READ_NOT_REGULAR link.csv',
      'refused READ_NOT_REGULAR pipe.csv',
    ]);
  });

  it('a file without permission is refused and the others are read; a folder without is an error', async (world, t) => {
    if (world.forbid === undefined) return t.skip('the test may read everything');
    await world.write('in/open.csv', 'a\n');
    await world.write('in/shut.csv', 'a\n');
    const allow = await world.forbid('in/shut.csv');
    const outcomes = await readAll(world, { path: 'in/*.csv' }).finally(allow);
    assert.deepEqual(brief(outcomes), ['file open.csv', 'refused READ_FAILED shut.csv']);
    const allowFolder = await world.forbid('in');
    assert.equal(await codeOf(readAll(world, { path: 'in/*.csv' }).finally(allowFolder)), 'READ_FAILED');
  });
}

function changes(it: It): void {
  const large = 'id,points\n'.repeat(200_000); // 2 MB: not in flight as a whole

  it('a file that grows, shrinks, is replaced or vanishes after the listing is left for a later run', async (world) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await world.write(`in/${name}.csv`, 'first\n');
    const found: string[] = [];
    for await (const outcome of readFiles(world.options({ path: 'in/*.csv' }), world.context)) {
      found.push(...brief([outcome]));
      if (found.length > 1) continue;
      await world.append('in/b.csv', 'more\n');
      await world.truncate('in/c.csv', 2);
      await world.write('in/d.csv', 'other\n');
      await world.setTime('in/d.csv', day(1));
      await world.remove('in/e.csv');
    }
    assert.deepEqual(found, [
      'file a.csv',
      ...['b', 'c', 'd'].map((name) => `unfinished READ_NOT_FINISHED ${name}.csv`),
      'unfinished READ_NOT_FINISHED e.csv',
    ]);
  });

  const whileRead =
    (change: (world: SourceWorld) => Promise<void>) => async (world: SourceWorld, t: TestContext) => {
      await world.write('in/a.csv', large);
      const source = await opened(world, t, { path: 'in/*.csv' });
      const [candidate = assert.fail()] = (await source.list()).candidates;
      const reading = async (): Promise<void> => {
        let isChanged = false;
        for await (const _chunk of source.open(candidate, 0)) {
          if (!isChanged) await change(world);
          isChanged = true;
        }
      };
      await assert.rejects(reading(), ({ code }: { code: string }) =>
        ['READ_NOT_FINISHED', 'READ_TRUNCATED'].includes(code),
      );
    };
  it(
    'a file that grows while it is read is not finished',
    whileRead((world) => world.append('in/a.csv', 'more\n')),
  );
  it(
    'a file that is truncated while it is read is not finished',
    whileRead((world) => world.truncate('in/a.csv', 1_000)),
  );
  it(
    'a file that is overwritten in place while it is read is not finished',
    whileRead(async (world) => {
      await world.write('in/a.csv', large.toUpperCase());
      await world.setTime('in/a.csv', day(1));
    }),
  );

  it('reading continues at an offset', async (world, t) => {
    await world.write('in/a.csv', large);
    const source = await opened(world, t, { path: 'in/*.csv' });
    const [candidate = assert.fail()] = (await source.list()).candidates;
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.open(candidate, 1_234_567)) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), large.slice(1_234_567));
  });
}

function readiness(it: It): void {
  it('a file that is quiet, old enough and not half-named is ready; the others are for a later run', async (world, t) => {
    await world.write('in/quiet.csv', 'a\n');
    await world.write('in/growing.csv', 'a\n');
    await world.write('in/upload.csv.part', 'a\n');
    const growing = setInterval(() => void world.append('in/growing.csv', 'b\n').catch(() => {}), 5);
    t.after(() => clearInterval(growing));
    const outcomes = await readAll(world, { path: 'in/*', ready: { stableFor: '200ms', looks: 4 } });
    clearInterval(growing);
    assert.deepEqual(brief(outcomes), ['unfinished READ_NOT_FINISHED growing.csv', 'file quiet.csv']);
    const rule = { path: 'in/quiet.csv', ready: { minAge: '10m' } } as const;
    assert.deepEqual(brief(await readAll(world, rule)), ['unfinished READ_NOT_FINISHED quiet.csv']);
    const later = { now: () => new Date(Date.now() + 11 * 60_000) };
    assert.deepEqual(brief(await readAll(world, rule, later)), ['file quiet.csv']);
  });

  it('a companion is waited for, and what it states is compared', async (world) => {
    await world.write('done/a.csv', 'id\n');
    await world.write('done/a.csv.done', '');
    await world.write('done/b.csv', 'id\n');
    await world.write('sum/a.csv', 'id\n');
    await world.write('sum/a.csv.sha256', `${sha256('id\n')}  a.csv\n`);
    await world.write('sum/b.csv', 'id\n');
    await world.write('sum/b.csv.sha256', `${sha256('other')}  b.csv\n`);
    await world.write('list/a.csv', 'id\n');
    await world.write('list/b.csv', 'id\n');
    await world.write('list/manifest.txt', 'a.csv 3\nb.csv 4\n');
    assert.deepEqual(brief(await readAll(world, { path: 'done/*', ready: { companion: '{name}.done' } })), [
      'unfinished READ_NOT_FINISHED b.csv',
      'file a.csv',
    ]);
    assert.deepEqual(
      brief(await readAll(world, { path: 'sum/*.csv', ready: { companion: '{name}.sha256' } })),
      ['file a.csv', 'refused READ_CHECKSUM b.csv'],
    );
    const manifest = { companion: 'manifest.txt', holds: ['size'] } as const;
    assert.deepEqual(brief(await readAll(world, { path: 'list/*.csv', ready: manifest })), [
      'unfinished READ_NOT_FINISHED b.csv',
      'file a.csv',
    ]);
  });

  it('a companion that is older than its file is left from an earlier one', async (world) => {
    await world.write('in/a.csv.done', '');
    await world.setTime('in/a.csv.done', day(1));
    await world.write('in/a.csv', 'new');
    const [outcome] = await readAll(world, { path: 'in/*.csv', ready: { companion: '{name}.done' } });
    assert.match(outcome?.kind === 'unfinished' ? outcome.message : '', /older than the file itself/);
  });
}

function finishing(it: It): void {
  const finishTwice = async (
    world: SourceWorld,
    change: Partial<CommonSource> & { path: string },
  ): Promise<string[]> => {
    const results: string[] = [];
    for (const file of filesOf(await readAll(world, change)))
      results.push(await file.finish(), await file.finish());
    return results;
  };
  const ready = { companion: '{name}.done' };

  it('a file that is left is there again in the next run', async (world) => {
    await world.write('in/a.csv', 'one');
    assert.deepEqual(await finishTwice(world, { path: 'in/*.csv', after: 'leave' }), ['done', 'done']);
    assert.deepEqual(await finishTwice(world, { path: 'in/*.csv' }), ['done', 'done']);
  });

  it('a file is moved once, with its companion, and never over another', async (world) => {
    const move = { path: 'in/**/*.csv', ready, after: { move: 'taken' } };
    await world.write('in/a.csv', 'one');
    await world.write('in/a.csv.done', '');
    assert.deepEqual(await finishTwice(world, move), ['done', 'gone']);
    assert.deepEqual(await world.list('in/taken'), ['a.csv', 'a.csv.done']);
    await world.write('in/a.csv', 'two');
    await world.write('in/a.csv.done', '');
    assert.deepEqual(await finishTwice(world, move), ['done', 'gone'], 'the moved one is not met again');
    const digits = sha256('two').slice(0, 8);
    assert.deepEqual(
      await world.list('in/taken'),
      ['a.csv', `a.csv.${digits}`, 'a.csv.done', `a.csv.done.${digits}`].sort(),
    );
    assert.equal(await world.read('in/taken/a.csv'), 'one');
    assert.equal(await world.read(`in/taken/a.csv.${digits}`), 'two');
    assert.deepEqual(await world.list('in'), ['taken']);
  });

  it('a file is renamed once', async (world) => {
    await world.write('in/a.csv', 'one');
    const rename = { path: 'in/*.csv', after: { rename: '{stem}.taken' } };
    assert.deepEqual(await finishTwice(world, rename), ['done', 'gone']);
    assert.deepEqual(await world.list('in'), ['a.taken']);
  });

  it('a file is deleted once, with its companion', async (world) => {
    await world.write('in/a.csv', 'one');
    await world.write('in/a.csv.done', '');
    const remove = { path: 'in/*.csv', ready, after: 'delete' } as const;
    assert.deepEqual(await finishTwice(world, remove), ['done', 'gone']);
    assert.deepEqual(await world.list('in'), []);
  });

  it('a file that was overwritten after it was read is left alone', async (world) => {
    for (const after of ['delete', { move: 'taken' }, { rename: '{name}.taken' }] as const) {
      await world.write('in/a.csv', 'one');
      const [file = assert.fail()] = filesOf(await readAll(world, { path: 'in/*.csv', after }));
      await world.write('in/a.csv', 'another content');
      assert.equal(await file.finish(), 'changed');
      assert.equal(await world.read('in/a.csv'), 'another content');
    }
  });

  it('a file that vanished after it was read is gone', async (world) => {
    for (const after of ['delete', { move: 'taken' }] as const) {
      await world.write('in/a.csv', 'one');
      const [file = assert.fail()] = filesOf(await readAll(world, { path: 'in/*.csv', after }));
      await world.remove('in/a.csv');
      assert.equal(await file.finish(), 'gone');
    }
  });
}

function puttingBack(it: It): void {
  it('a report is put back whole, over an earlier one, and leaves no temporary name', async (world, t) => {
    const source = await opened(world, t, { path: 'in/*.csv' });
    const report = 'row,reason\n'.repeat(100_000);
    const folder = world.options({ path: 'in/reports' }).path;
    const put = (content: () => Readable): Promise<string> => source.putBack(folder, 'errors.csv', content);
    for (const content of ['of yesterday', report]) await put(() => Readable.from([Buffer.from(content)]));
    assert.equal(await world.read('in/reports/errors.csv'), report);
    const broken = (): Readable =>
      Readable.from(
        (async function* () {
          yield Buffer.from('half');
          throw new Error('the report could not be made');
        })(),
      );
    await assert.rejects(put(broken));
    assert.equal(await world.read('in/reports/errors.csv'), report);
    assert.deepEqual(await world.list('in/reports'), ['errors.csv']);
  });
}
