import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Code } from '../../src/ground/catalogue.ts';
import { PointferryError } from '../../src/ground/errors.ts';
import { retrying } from '../../src/read/retrying.ts';
import type { Candidate, Source } from '../../src/read/source.ts';

const content = 'abcdefghij';
const candidate: Candidate = { name: 'a', path: 'a', size: content.length, mtime: new Date(0) };
const retries = { attempts: 3, totalMs: 60_000 };

/** A source whose acts fail with these codes, one a call, and then succeed; it notes what it was asked to do. */
function failing(codes: readonly Code[]): { source: Source; acts: string[] } {
  const acts: string[] = [];
  const left = [...codes];
  const act = <T>(name: string, result: T): T => {
    acts.push(name);
    const code = left.shift();
    if (code !== undefined) throw new PointferryError(code, 'it failed');
    return result;
  };
  const source: Source = {
    display: (path) => path,
    list: async () => act('list', { candidates: [], traps: [] }),
    look: async () => act('look', null),
    small: async () => act('small', null),
    finish: async () => act('finish', 'done'),
    async *open(_candidate, from) {
      yield Buffer.from(content.slice(from, from + 4));
      act(`open at ${from}`, null);
      yield Buffer.from(content.slice(from + 4));
    },
    putBack: async (_folder, _name, bytes) => {
      const received = await text(bytes());
      return act(`put ${received}`, 'path');
    },
    reset: async () => void acts.push('reset'),
    close: async () => void acts.push('close'),
  };
  return { source, acts };
}

test('an act is repeated on a new connection, as often as is allowed', async () => {
  const { source, acts } = failing(['READ_CONNECT', 'READ_STALLED']);
  await retrying(source, retries).list();
  assert.deepEqual(acts, ['list', 'reset', 'list', 'reset', 'list']);
  const hopeless = failing(['READ_CONNECT', 'READ_CONNECT', 'READ_STALLED']);
  await assert.rejects(retrying(hopeless.source, retries).look('a'), { code: 'READ_STALLED' });
  assert.deepEqual(hopeless.acts, ['look', 'reset', 'look', 'reset', 'look', 'reset']);
});

test('what a new connection cannot repair is not repeated', async () => {
  const { source, acts } = failing(['READ_AUTH']);
  await assert.rejects(retrying(source, retries).finish(candidate, '', null), { code: 'READ_AUTH' });
  assert.deepEqual(acts, ['finish']);
});

test('reading continues at the byte where it ended', async () => {
  const { source, acts } = failing(['READ_TRUNCATED']);
  const chunks: Uint8Array[] = [];
  for await (const chunk of retrying(source, retries).open(candidate, 1)) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), content.slice(1));
  assert.deepEqual(acts, ['open at 1', 'reset', 'open at 5']);
});

test('a file that takes longer than its total is given up, however many attempts are left', async () => {
  const { source, acts } = failing(['READ_TRUNCATED']);
  const reading = Readable.from(retrying(source, { ...retries, totalMs: -1 }).open(candidate, 0)).toArray();
  await assert.rejects(reading, { code: 'READ_STALLED' });
  assert.deepEqual(acts, []);
});

test('a report is written again from its beginning', async () => {
  const { source, acts } = failing(['READ_CONNECT']);
  await retrying(source, retries).putBack('in', 'errors.csv', () => Readable.from(['report']));
  assert.deepEqual(acts, ['put report', 'reset', 'put report']);
});

test('an abort ends the wait for the next attempt', async () => {
  const { source } = failing(['READ_CONNECT']);
  const signal = AbortSignal.abort();
  await assert.rejects(retrying(source, { ...retries, signal }).list(), { name: 'AbortError' });
});
