/** Huge hostile files, each in a process of its own: little memory, and time that grows with the file only. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fillings } from '../../support/hostile.ts';

const script = resolve(import.meta.dirname, '../../support/parse-memory.ts');

interface Took {
  readonly live: number;
  readonly rss: number;
  readonly seconds: number;
  readonly records: number;
  readonly damaged: number;
  readonly first: {
    readonly code: string;
    readonly raw: number;
    readonly bytes: number;
    readonly line: number;
  };
}

async function parse(kind: string, megabytes: number): Promise<Took> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--expose-gc', script, kind, String(megabytes)], {
    timeout: 240_000,
  });
  const took = JSON.parse(stdout) as Took;
  console.log(`${kind}, ${megabytes} MB: ${took.live} MiB in use, RSS + ${took.rss} MiB, ${took.seconds} s`);
  return took;
}

test('a field of 500 MB is reported as too long and costs less than 20 MiB', async () => {
  const { live, rss, records, damaged, first } = await parse('one field without end', 500);
  const bytes = 500 * 1024 * 1024 + 2;
  assert.deepEqual(first, { code: 'STAGE_RECORD_TOO_LONG', raw: 65_536, bytes, line: 3 });
  assert.deepEqual([records, damaged], [3, 1]);
  assert.ok(live < 20 && rss < 150, `${live} MiB in use, RSS + ${rss} MiB`);
});

for (const kind of Object.keys(fillings)) {
  test(`8 MB of ${kind} need little memory and no unusual time`, async () => {
    const { live, records, damaged } = await parse(kind, 8);
    assert.ok(live < 20, `${live} MiB in use`);
    // the two records around it are read
    assert.ok(records - damaged >= 2 || kind === 'clean');
  });
}
