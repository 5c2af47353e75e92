/** Seeded mutations of files: whatever the bytes, no crash, no hang, and every physical line accounted for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PointferryError } from '../../../src/ground/errors.ts';
import { delimited, parseInBlocks } from '../../../src/stage/parse/index.ts';
import { bookFaults } from '../../support/accounting.ts';
import { chunked, gather } from '../../support/parsing.ts';
import { below, pick, random } from '../../support/random.ts';

const ROUNDS = Number(process.env.POINTFERRY_FUZZ ?? 1000);
const FIRST = Number(process.env.POINTFERRY_SEED ?? 20260101);

const samples = [
  'id,name,note\n1,Ann,plain\n2,"Bob, jr.",""\n3,Cas,"two\nlines"\n4,"D ""dd"" d",x\n5,Eva,\n',
  'id,amount\r\n1,2.50\r\n2,"3,50"\r\n\r\n# no row\r\n3,-1\r\nTRL,3\r\n',
  `a,b,c,d\n${Array.from({ length: 60 }, (_, i) => `${i},x${i},"q ${i}",2026-01-01`).join('\n')}\n`,
  'only\none\n"two"\n\n"three\nfour"\nfive',
  'é,ü\n"ß",€\n😎,x\n',
];
// parted by a blank, which stands for itself
const pieces = ['" "" , ,, \n \r \r\n "\n ," ", \0 \xff \x80 # TRL a 7 ; \\ \\" |'.split(' '), ' '].flat();
const dialects = [
  { delimiter: ',', quote: '"', escape: '"' },
  { delimiter: ',', quote: '"', escape: '"' },
  { delimiter: ',', quote: '"', escape: '\\' },
  { delimiter: ',', quote: null },
  { delimiter: '||', quote: "'", escape: "'" },
];

function mutated(next: () => number): string {
  let text = Buffer.from(pick(next, samples)).toString('latin1');
  for (let n = below(next, 6); n >= 0; n--) {
    const at = below(next, text.length + 1);
    const size = below(next, 8);
    const how = below(next, 4);
    if (how === 0) text = text.slice(0, at) + pick(next, pieces) + text.slice(at);
    else if (how === 1) text = text.slice(0, at) + text.slice(at + size);
    else if (how === 2) text = text.slice(0, at) + pick(next, pieces) + text.slice(at + 1);
    else text = text.slice(0, at) + text.slice(below(next, at + 1), at + size * 4) + text.slice(at);
  }
  return text;
}

test(`${ROUNDS} mutated files: each line is in a good record, reported, or counted as skipped`, async () => {
  const seen = { good: 0, damaged: 0, refused: 0 };
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
    const next = random(seed);
    const dialect = pick(next, dialects);
    const text = mutated(next)
      .replaceAll(',', dialect.delimiter)
      .replaceAll('"', dialect.quote ?? '"');
    const bytes = Buffer.from(text, 'latin1');
    const trailer = next() < 0.3 ? 'TRL' : null;
    const comment = next() < 0.3 ? '#' : null;
    const preamble = next() < 0.1 ? 1 : 0;
    const format = delimited({
      ...dialect,
      trailer: trailer === null ? null : { first: trailer },
      comment,
      preamble,
      header: pick(next, [true, true, true, false, ['x', 'y', 'z']]),
      multiline: pick(next, ['check', 'check', 'trust', 'refuse']),
      maxRecordSize: pick(next, [1024 * 1024, 64, 20]),
      finalNewline: pick(next, ['optional', 'required']),
    });
    const began = process.cpuUsage();
    try {
      const parsed = await gather(parseInBlocks(chunked(bytes), format, pick(next, [7, 64, 1000])));
      const faults = bookFaults(bytes, parsed, { ...dialect, preamble, comment, trailer });
      const twoWays = parsed.damaged.filter(({ reason }) => reason.includes('two ways'));
      assert.deepEqual(twoWays, [], `seed ${seed}: csv-parse reads otherwise than our scanner`);
      assert.deepEqual(faults, [], `seed ${seed}: ${JSON.stringify(bytes.toString('latin1'))}`);
      seen.good += parsed.good.length;
      seen.damaged += parsed.damaged.length;
    } catch (error) {
      if (!(error instanceof PointferryError)) throw error;
      assert.match(error.code, /^STAGE_(HEADER|NOT_CSV)$/);
      seen.refused++;
    }
    assert.ok(process.cpuUsage(began).user < 2_000_000, `seed ${seed} took too long`);
  }
  console.log(
    `fuzz: seeds ${FIRST}..${FIRST + ROUNDS - 1}: ${seen.good} good, ${seen.damaged} reported, ${seen.refused} files refused`,
  );
  assert.ok(seen.good > ROUNDS && seen.damaged > ROUNDS / 2);
});
