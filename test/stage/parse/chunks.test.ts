/** However a file is cut on its way in, what comes out is the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PointferryError } from '../../../src/ground/errors.ts';
import type { Encoding } from '../../../src/stage/parse/format.ts';
import { delimited, type ParseFormat, parseInBlocks, parseRecords } from '../../../src/stage/parse/index.ts';
import { chunked, gather, type Parsed } from '../../support/parsing.ts';

const bytes = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('1', 'a', ',', '\n', '"', '","', '\r\n', '"\n', '1,b\n', '2,"c",\n'),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('\r', '""', '\0', '\xff', '\xc3', '\xa9', '\xed\xa0\x80', '\xd8', 'TRL,'),
      },
    ),
    { maxLength: 80 },
  )
  .map((pieces) => Buffer.from(`x,y\n${pieces.join('')}`, 'latin1'));
const encodings: Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'iso-8859-1', 'windows-1252'];

async function outcome(source: Buffer, sizes: number[], format: ParseFormat, block?: number) {
  const stream = chunked(source, sizes);
  try {
    return await gather(
      block === undefined ? parseRecords(stream, format) : parseInBlocks(stream, format, block),
    );
  } catch (error) {
    if (error instanceof PointferryError) return { code: error.code, message: error.message };
    throw error;
  }
}

/** Half the files in the encoding stated, half whatever their bytes happen to be. */
function encoded(source: Buffer, encoding: Encoding, really: boolean): Buffer {
  if (!really || !encoding.startsWith('utf-16')) return source;
  const wide = Buffer.from(source.toString('latin1'), 'utf16le');
  return encoding === 'utf-16be' ? wide.swap16() : wide;
}

test('any chunks and any blocks give the same records, damage and counts', async () => {
  const property = fc.asyncProperty(
    bytes,
    fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom(...encodings),
    fc.boolean(),
    fc.constantFrom(8, 30, 1024),
    async (source, sizes, block, encoding, really, maxRecordSize) => {
      const file = encoded(source, encoding, really);
      const format = delimited({ encoding, maxRecordSize, trailer: { first: 'TRL' } });
      const whole = await outcome(file, [], format);
      assert.deepEqual(await outcome(file, sizes, format), whole);
      assert.deepEqual(await outcome(file, sizes, format, block), whole);
    },
  );
  const numRuns = Number(process.env.POINTFERRY_FUZZ ?? 1000);
  await fc.assert(property, { numRuns, seed: Number(process.env.POINTFERRY_SEED ?? 20260101) });
});

test('a file over many blocks has the same records as in one', async () => {
  const line = (i: number) => `${i},"a ""quoted"" cell, and\nanother line",${i * 3}\n${i}b,,\n`;
  const file = Buffer.from(`a,b,c\n${Array.from({ length: 20_000 }, (_, i) => line(i)).join('')}`);
  const one = await gather(parseInBlocks(chunked(file), delimited(), file.length + 1));
  const many = await gather(parseRecords(chunked(file), delimited()));
  assert.equal(many.good.length, 40_000);
  assert.deepEqual(many, one satisfies Parsed);
});
