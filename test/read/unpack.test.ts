import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { brief, contentOf, filesOf, left, put, readLocal, tempFolder } from './support.ts';
import { zip } from './zip.ts';

const csv = 'id,points\n1,2\n';

test('each entry of a zip is a file of its own; the after action waits for the last', async (t) => {
  const base = await tempFolder(t);
  await put(base, {
    'in/day_20260511.zip': zip([
      { name: 'part10.csv', data: csv, stored: true },
      { name: 'sub/', data: '', stored: true },
      { name: 'sub/part2_20260510.csv', data: 'id\n7\n' },
      { name: '__MACOSX/._part10.csv', data: 'litter' },
    ]),
  });
  const outcomes = await readLocal(
    base,
    { path: 'in/*.zip', after: 'delete' },
    { businessDate: '_{yyyyMMdd}' },
  );
  assert.deepEqual(brief(outcomes), [
    'file day_20260511.zip/part10.csv',
    'file day_20260511.zip/sub/part2_20260510.csv',
  ]);
  const [first = assert.fail(), second = assert.fail()] = filesOf(outcomes);
  assert.equal(await contentOf(first), csv);
  assert.equal(await contentOf(second), 'id\n7\n');
  assert.deepEqual(
    { firstBusinessDateText: first.businessDateText, secondBusinessDateText: second.businessDateText },
    { firstBusinessDateText: '2026-05-11', secondBusinessDateText: '2026-05-10' },
  );
  assert.equal(await first.finish(), 'waits');
  assert.equal(await first.finish(), 'waits', 'the same entry twice is still one');
  assert.equal(await second.finish(), 'done');
  assert.deepEqual(await left(join(base, 'in')), []);
});

test('only the entries asked for are files', async (t) => {
  const base = await tempFolder(t);
  const entries = [
    { name: 'readme.txt', data: 'x', encrypted: true },
    { name: 'a.csv', data: csv },
  ];
  await put(base, { 'in/a.zip': zip(entries) });
  const outcomes = await readLocal(base, { path: 'in/*', unpack: { entries: '*.csv' } });
  assert.deepEqual(brief(outcomes), ['file a.zip/a.csv']);
});

test('zips that are damaged, hostile or protected are refused whole', async (t) => {
  const base = await tempFolder(t);
  const good = { name: 'a.csv', data: csv };
  const cases: Record<string, [string, Buffer]> = {
    cut: ['READ_PACKING', zip([good]).subarray(0, -30)],
    crc: ['READ_PACKING', zip([good, { name: 'b.csv', data: csv, crc: 1 }])],
    longer: ['READ_PACKING', zip([good, { name: 'b.csv', data: csv, size: 3 }])],
    shorter: ['READ_PACKING', zip([good, { name: 'b.csv', data: csv, size: 99 }])],
    method: ['READ_PACKING', zip([good, { name: 'b.csv', data: csv, method: 12 }])],
    empty: ['READ_PACKING', zip([])],
    twice: ['READ_PACKING', zip([good, { name: 'a.csv', data: 'other' }])],
    password: ['READ_ENCRYPTED', zip([good, { name: 'b.csv', data: csv, encrypted: true }])],
    escape: ['READ_NAME_REFUSED', zip([good, { name: '../../b.csv', data: csv }])],
    absolute: ['READ_NAME_REFUSED', zip([good, { name: '/etc/b.csv', data: csv }])],
    control: ['READ_NAME_REFUSED', zip([good, { name: 'b\u0007.csv', data: csv }])],
    link: ['READ_NOT_REGULAR', zip([good, { name: 'b.csv', data: '/etc/passwd', unixMode: 0o120777 }])],
    nested: ['READ_NESTED', zip([good, { name: 'b.csv', data: zip([good]) }])],
    gzInside: ['READ_NESTED', zip([{ name: 'b.csv.gz', data: gzipSync(csv) }])],
    xlsx: ['READ_SPREADSHEET', zip([{ name: '[Content_Types].xml', data: '<x/>' }, good])],
    overlap: ['READ_UNPACK_LIMIT', zip([good, { name: 'b.csv', data: csv, shared: true }])],
    bomb: ['READ_UNPACK_LIMIT', zip([good, { name: 'b.csv', data: Buffer.alloc(50_000_000) }])],
    many: [
      'READ_UNPACK_LIMIT',
      zip(Array.from({ length: 1_001 }, (_, i) => ({ name: `${i}.csv`, data: 'x' }))),
    ],
  };
  for (const [name, [code, bytes]] of Object.entries(cases)) {
    await put(base, { [`in/${name}.zip`]: bytes });
    const outcomes = await readLocal(base, { path: `in/${name}.zip` });
    assert.deepEqual(brief(outcomes), [`refused ${code} ${name}.zip`]);
  }
  assert.deepEqual(await left(join(base, '.work')), []);
});

test('zstd: every frame is read, and a cut one is noticed', async (t) => {
  const base = await tempFolder(t);
  const frame = zstdCompressSync('id,points\n');
  const more = zstdCompressSync(Buffer.alloc(400_000, '1,2\n'));
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  await put(base, {
    'in/two.csv.zst': Buffer.concat([frame, skippable, more]),
    'in/cut.csv.zst': Buffer.concat([frame, more.subarray(0, -1)]),
    'in/cut-header.csv.zst': Buffer.concat([frame, more.subarray(0, 6)]),
    'in/garbage.csv.zst': Buffer.concat([frame, Buffer.from('garbage')]),
    'in/bomb.csv.zst': zstdCompressSync(Buffer.alloc(200_000_000)),
  });
  const outcomes = await readLocal(base, { path: 'in/*' });
  assert.deepEqual(brief(outcomes), [
    'refused READ_UNPACK_LIMIT bomb.csv.zst',
    'refused READ_PACKING cut-header.csv.zst',
    'refused READ_PACKING cut.csv.zst',
    'refused READ_PACKING garbage.csv.zst',
    'file two.csv.zst',
  ]);
  const [two = assert.fail()] = filesOf(outcomes);
  assert.equal(await contentOf(two), `id,points\n${'1,2\n'.repeat(100_000)}`);
});

test('every cut of a zstd file is noticed', async (t) => {
  const base = await tempFolder(t);
  const whole = Buffer.concat([zstdCompressSync('id,points\n'), zstdCompressSync(csv.repeat(50))]);
  const first = zstdCompressSync('id,points\n').length;
  for (let length = 1; length < whole.length; length++) {
    // Cut between two frames it is a whole file, as with gzip: a count or a companion can tell.
    if (length === first) continue;
    await put(base, { 'in/x.zst': whole.subarray(0, length) });
    assert.deepEqual(
      brief(await readLocal(base, { path: 'in/*' })),
      ['refused READ_PACKING x.zst'],
      `${length}`,
    );
  }
});

test('packings that are not unpacked here are named', async (t) => {
  const base = await tempFolder(t);
  await put(base, {
    'in/a.csv': Buffer.from('BZh91AY&SY'),
    'in/b.csv': Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]),
    'in/c.csv': '\u0089text',
  });
  const outcomes = await readLocal(base, { path: 'in/*' });
  assert.deepEqual(brief(outcomes), [
    'refused READ_PACKING a.csv',
    'refused READ_SPREADSHEET b.csv',
    'file c.csv',
  ]);
});

test('a flipped byte gives the same content or none', async (t) => {
  const base = await tempFolder(t);
  const content = Buffer.from(Array.from({ length: 300 }, (_, i) => `${i},member ${i * 7919}\n`).join(''));
  const packings: Record<string, Buffer> = {
    'x.csv.gz': gzipSync(content),
    'x.zip': zip([{ name: 'x.csv', data: content }]),
    'x.csv.zst': zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  };
  const seed = Number(process.env.SEED ?? 20260511);
  const counts: Record<string, number> = {};
  for (const [name, whole] of Object.entries(packings)) {
    for (let i = 0; i < 120; i++) {
      const at = (seed + i * 7_919) % whole.length;
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (i % 8));
      await put(base, { [`in/${name}`]: bytes });
      const [outcome = assert.fail('neither taken nor refused')] = await readLocal(base, { path: 'in/*' });
      counts[`${name} ${outcome.kind}`] = (counts[`${name} ${outcome.kind}`] ?? 0) + 1;
      if (outcome.kind !== 'file') continue;
      assert.ok(
        Buffer.concat(await outcome.open().toArray()).equals(content),
        `${name}, byte ${at}, seed ${seed}`,
      );
      await outcome.discard();
    }
    await rm(join(base, 'in', name));
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`);
});
