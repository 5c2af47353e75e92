/** Whatever stands in a file: a guess comes out that has no mistakes of its own, or one sentence that says why not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PointferryError } from '../../src/ground/errors.ts';
import { random } from '../support/random.ts';
import { guessed } from './support.ts';

const folder = path.resolve(import.meta.dirname, '../../data-samples');
const kinds = ['hang.activity', 'hang.member', 'fabric.member', 'stickystreet.program'] as const;
const rounds = Number(process.env.POINTFERRY_FUZZ ?? 250);

/** What the written file says, without loading it as a module. */
function evaluated(text: string): unknown {
  const body = text
    .replace("import { definePipeline, local } from 'pointferry';", '')
    .replace('export default definePipeline(', 'return (');
  const local = (place: string): object => ({ kind: 'local', path: place });
  return new Function('local', body)(local);
}

test('mutated bytes never break a guess', async () => {
  const seed = Number(process.env.POINTFERRY_SEED ?? Date.now() % 1_000_000);
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const samples = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(csv|tsv|txt)$/.test(name))
    .map((name) => readFileSync(path.join(folder, name)));
  const odd = [
    '"',
    "'",
    ',',
    ';',
    '\t',
    '|',
    '\n',
    '\r',
    '\0',
    '#',
    '\\',
    '\u2028',
    'TODO',
    "'}",
    '\x80',
    '9'.repeat(80),
    '',
  ];
  const counts = { guessed: 0, refused: 0 };
  for (let round = 0; round < rounds; round++) {
    let bytes = Buffer.from(samples[below(samples.length)] ?? '');
    for (let n = below(12); n >= 0; n--) {
      const at = below(bytes.length + 1);
      const piece = Buffer.from(odd[below(odd.length)] ?? '');
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + below(20))]);
    }
    try {
      const { text, pipeline } = await guessed(bytes, kinds[round % kinds.length] ?? 'hang.activity');
      assert.deepEqual(evaluated(text), pipeline);
      counts.guessed++;
    } catch (error) {
      assert.ok(
        error instanceof PointferryError,
        `seed ${seed}, round ${round}: ${error instanceof Error ? error.stack : error}`,
      );
      counts.refused++;
    }
  }
  console.log(`seed ${seed}: ${counts.guessed} guessed, ${counts.refused} refused`);
  assert.ok(counts.guessed > rounds / 2);
});
