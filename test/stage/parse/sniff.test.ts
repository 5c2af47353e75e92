/** Files that are no text table are refused at once, and told what they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { delimited } from '../../../src/stage/parse/index.ts';
import { parseAll } from '../../support/parsing.ts';

const refused: [what: string, bytes: Buffer | string, message: RegExp][] = [
  ['a spreadsheet', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(100)]), /xlsx/],
  ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1aabb', 'hex'), /xls/],
  ['gzip', gzipSync('a,b\n1,2\n'), /gzip/],
  ['a PDF', '%PDF-1.7\n', /PDF/],
  ['an HTML page', '\n <!DOCTYPE html><html><body>Sign in', /HTML/],
  ['XML', '<?xml version="1.0"?><rows/>', /XML/],
  ['JSON', '[{"a":1}]', /JSON/],
  ['PGP', '-----BEGIN PGP MESSAGE-----\n', /PGP/],
  ['UTF-16 with a mark', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), /utf-16le/],
  ['UTF-16 without a mark', Buffer.from('id,name\n1,x\n', 'utf16le'), /UTF-16/],
  ['big-endian UTF-16', Buffer.from('id,name\n1,x\n', 'utf16le').swap16(), /utf-16be/],
  ['binary', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 31) % 256)), /binary/],
];

for (const [what, bytes, message] of refused) {
  test(`${what} is refused as no text table`, async () => {
    await assert.rejects(parseAll(Buffer.from(bytes), delimited()), { code: 'STAGE_NOT_CSV', message });
  });
}

test('a mark that contradicts the stated encoding refuses the file', async () => {
  const marked = Buffer.from('\ufeffa,b\n1,2\n');
  await assert.rejects(parseAll(marked, delimited({ encoding: 'windows-1252' })), {
    code: 'STAGE_NOT_CSV',
    message: /byte order mark of utf-8/,
  });
  await assert.rejects(parseAll('a,b\n', delimited({ encoding: 'utf-16' })), { code: 'STAGE_NOT_CSV' });
});

test('a few NULs and controls do not make a file binary', async () => {
  const { good, damaged } = await parseAll('id,name\n1,a\0b\n2,\x1fc\n3,d\n', delimited());
  assert.deepEqual([good.length, damaged[0]?.code], [2, 'STAGE_NUL']);
});

test('an empty file has neither names nor rows, whatever its encoding', async () => {
  for (const encoding of ['utf-8', 'utf-16', 'windows-1252'] as const) {
    const { header, summary } = await parseAll('', delimited({ encoding }));
    assert.deepEqual([header, summary.records, summary.lines], [null, 0, 0]);
  }
});
