/** Each encoding read for what it is; what is no text is reported with its place and its own bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecOf } from '../../../src/stage/parse/encoding.ts';
import type { Encoding } from '../../../src/stage/parse/format.ts';
import { delimited, parseRecords } from '../../../src/stage/parse/index.ts';
import { chunked, gather, parseAll } from '../../support/parsing.ts';

const bytes = (...parts: (string | Buffer | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const read = (source: Buffer, encoding: Encoding) => parseAll(source, delimited({ encoding }));
const be = (text: string) => Buffer.from(text, 'utf16le').swap16();

test('a byte order mark is no part of the first name, in UTF-8 and UTF-16', async () => {
  const text = 'id,name\n1,Zoë 😎\n';
  for (const [source, encoding] of [
    [Buffer.from(`\ufeff${text}`), 'utf-8'],
    [Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16'],
    [be(`\ufeff${text}`), 'utf-16'],
    [Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le'],
    [Buffer.from(text, 'utf16le'), 'utf-16le'],
    [be(text), 'utf-16be'],
  ] as const) {
    const { header, good, summary } = await read(source, encoding);
    assert.deepEqual(header?.names, ['id', 'name'], encoding);
    assert.deepEqual(good[0]?.cells, ['1', 'Zoë 😎']);
    assert.equal(summary.bytes, source.length);
  }
});

test('bad UTF-8 is reported with the byte where it begins, and never becomes U+FFFD', async () => {
  const bad: [name: string, sequence: number[]][] = [
    ['a latin-1 letter', [0xe9]],
    ['a continuation byte alone', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a cut character', [0xf0, 0x9f, 0x98]],
  ];
  for (const [name, sequence] of bad) {
    const line = bytes('2,é', sequence, 'x');
    const { good, damaged } = await read(bytes('id,name\n1,a\n', line, '\n3,b\n'), 'utf-8');
    assert.deepEqual(
      good.map(({ cells }) => cells[0]),
      ['1', '3'],
      name,
    );
    const [fault] = damaged;
    assert.deepEqual(
      [fault?.code, fault?.line, fault?.field, fault?.record],
      ['STAGE_ENCODING', 3, 'name', 2],
    );
    assert.match(fault?.reason ?? '', /^byte 5 of the record/, name);
    assert.deepEqual(fault?.raw, line);
  }
});

test('a U+FFFD that stands in the file is text like any other', async () => {
  assert.equal((await read(Buffer.from('a\n\ufffd\n'), 'utf-8')).good[0]?.cells[0], '\ufffd');
});

test('windows-1252 has a euro sign and five holes; ISO-8859-1 is not windows-1252', async () => {
  const source = bytes('a,b\n1,', [0x80, 0xe9, 0x93], '\n');
  assert.deepEqual((await read(source, 'windows-1252')).good[0]?.cells, ['1', '€é“']);
  assert.deepEqual((await read(source, 'iso-8859-1')).good[0]?.cells, ['1', '\x80é\x93']);
  for (const hole of [0x81, 0x8d, 0x8f, 0x90, 0x9d]) {
    const line = bytes([0xe9], ',x', [hole]);
    const { good, damaged } = await read(bytes('a,b\n', line, '\n1,2\n'), 'windows-1252');
    assert.deepEqual(
      good.map(({ cells }) => cells[0]),
      ['1'],
    );
    assert.deepEqual([damaged[0]?.code, damaged[0]?.field], ['STAGE_ENCODING', 'b']);
    assert.match(damaged[0]?.reason ?? '', /^byte 4 of the record .* \(hex [0-9a-f]{2}/);
    assert.deepEqual(damaged[0]?.raw, line);
    assert.equal((await read(bytes('a,b\n', line, '\n'), 'iso-8859-1')).damaged.length, 0);
  }
});

test('a lone surrogate in UTF-16 costs its record, which comes back in its own bytes', async () => {
  const line = Buffer.from('2,é\ud800x', 'utf16le');
  const source = Buffer.concat([
    Buffer.from('id,name\n', 'utf16le'),
    line,
    Buffer.from('\n3,😎\n', 'utf16le'),
  ]);
  const { good, damaged } = await read(source, 'utf-16le');
  assert.deepEqual(
    good.map(({ cells }) => cells),
    [['3', '😎']],
  );
  assert.deepEqual([damaged[0]?.code, damaged[0]?.bytes], ['STAGE_ENCODING', line.length]);
  assert.match(damaged[0]?.reason ?? '', /^byte 7 of the record/);
  assert.deepEqual(damaged[0]?.raw, line);
});

test('a UTF-16 file that ends inside a unit reports its last record', async () => {
  for (const wide of [(text: string) => Buffer.from(text, 'utf16le'), be]) {
    const source = Buffer.concat([wide('id,name\n1,a\n2,b'), Buffer.from([0x63])]);
    const { good, damaged, summary } = await read(source, wide === be ? 'utf-16be' : 'utf-16le');
    assert.equal(good.length, 1);
    assert.deepEqual(
      damaged.map(({ code, line }) => [code, line]),
      [['STAGE_ENCODING', 3]],
    );
    assert.deepEqual(damaged[0]?.raw, Buffer.concat([wide('2,b'), Buffer.from([0x63])]));
    assert.equal(summary.bytes, source.length);
  }
});

test('a NUL costs its record alone', async () => {
  const { good, damaged } = await read(bytes('a,b\n1,x\n"2\n2",y', [0], 'z\n3,w\n'), 'utf-8');
  assert.deepEqual(
    good.map(({ cells }) => cells[0]),
    ['1', '3'],
  );
  assert.deepEqual(
    damaged.map(({ code, line, lines, field }) => [code, line, lines, field]),
    [['STAGE_NUL', 3, 2, 'b']],
  );
  assert.match(damaged[0]?.reason ?? '', /^byte 8 of the record/);
});

test('bytes that are no text in the header refuse the file', async () => {
  await assert.rejects(read(bytes('a,b', [0xff], '\n1,2\n'), 'utf-8'), { code: 'STAGE_HEADER' });
  await assert.rejects(read(bytes('a,b', [0], '\n1,2\n'), 'utf-8'), { code: 'STAGE_HEADER' });
});

test('what a codec decodes it gives back, for every byte and every unit', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  for (const encoding of ['iso-8859-1', 'windows-1252'] as const) {
    const codec = codecOf(encoding);
    const inner = codec.decode(all, true);
    assert.deepEqual(codec.encode(inner), all);
    assert.equal(codec.size(inner), 256);
  }
  const units = Buffer.alloc(2 * 65_536);
  for (let i = 0; i < 65_536; i++) units.writeUInt16LE((i * 40_503) % 65_536, 2 * i);
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    const codec = codecOf(encoding);
    const source = Buffer.concat([units, Buffer.from([7])]);
    const inner = codec.decode(source, true);
    assert.ok(codec.encode(inner).equals(source));
    assert.equal(codec.size(inner), source.length);
  }
});

test('characters of UTF-16 may be cut anywhere on their way in', async () => {
  const text = `id,name\n${'1,a😎é\n'.repeat(1500)}`;
  for (const size of [1, 2, 3, 5]) {
    const source = Buffer.from(text, 'utf16le');
    const sizes = Array.from({ length: Math.ceil(source.length / size) }, () => size);
    const { good, damaged } = await gather(
      parseRecords(chunked(source, sizes), delimited({ encoding: 'utf-16le' })),
    );
    assert.deepEqual([good.length, damaged.length], [1500, 0]);
    assert.ok(good.every(({ cells }) => cells[1] === 'a😎é'));
  }
});

test('what is kept of a record that is too long are bytes of the file, in any encoding', async () => {
  for (const [encoding, cell] of [
    ['windows-1252', Buffer.alloc(80_001, 0x80)],
    ['utf-16le', Buffer.from('x😎'.repeat(30_000), 'utf16le')],
    ['utf-8', Buffer.from(`x${'€'.repeat(40_000)}`)],
  ] as const) {
    const write = (text: string) => Buffer.from(text, encoding === 'utf-16le' ? 'utf16le' : 'latin1');
    const source = Buffer.concat([write('a,b\n1,2\n'), cell, write('\n3,4\n')]);
    const { good, damaged } = await parseAll(source, delimited({ encoding, maxRecordSize: 70_000 }));
    const [fault] = damaged;
    assert.deepEqual([good.length, fault?.code, fault?.bytes], [2, 'STAGE_RECORD_TOO_LONG', cell.length]);
    const kept = fault?.raw ?? Buffer.alloc(0);
    assert.ok(kept.length > 20_000 && kept.equals(cell.subarray(0, kept.length)), encoding);
  }
});
