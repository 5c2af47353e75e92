import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  choice,
  count,
  date,
  defaulted,
  file,
  files,
  flag,
  note,
  type Option,
  required,
  rowId,
  since,
  texts,
} from '../../src/cli/options.ts';
import { PointferryError } from '../../src/ground/errors.ts';

const at = { cwd: '/here', wrong: (reason: string) => new PointferryError('CONFIG_USAGE', `--x${reason}`) };
const read = <T>(option: Option<T>, typed?: string | boolean | string[]): T => option.read(typed, at);
const refuses = <T>(option: Option<T>, typed: string | undefined, message: string): void =>
  assert.throws(() => option.read(typed, at), { message });

test('what is not typed is undefined, false or empty', () => {
  assert.equal(read(count('', { expected: 'a number' })), undefined);
  assert.equal(read(flag('')), false);
  assert.deepEqual(read(files('')), []);
  assert.equal(read(defaulted(file(''), 'pipelines')), '/here/pipelines');
});

test('a count is a whole number within its range', () => {
  const port = count('', { expected: 'a port', most: 65_535 });
  assert.equal(read(port, '8080'), 8080);
  for (const typed of ['0', '65536', '1.5', '-1', 'many', '1e3', ''])
    refuses(port, typed, '--x: expected a port');
});

test('a choice, a day, a time and a row id name what they expect', () => {
  refuses(choice('', 'X', ['a', 'b', 'c']), 'd', '--x: expected a, b or c');
  refuses(date(''), '2026-02-30', '--x: expected a day, yyyy-mm-dd');
  refuses(since(''), 'soon', '--x: expected how long ago (2h), a date or an instant (2026-05-12T03:00:00Z)');
  refuses(rowId(''), '12', '--x: expected a row id such as 12-345, as errors.csv has it');
  assert.equal(read(since(''), '2026-05-12'), '2026-05-12T00:00:00.000Z');
  assert.deepEqual(read(rowId(''), '12-345'), { file: 12, record: 345 });
});

test('paths start from the folder of the command line; a variable holds one of several', () => {
  assert.deepEqual(read(files(''), ['a.csv', '/b.csv']), ['/here/a.csv', '/b.csv']);
  assert.deepEqual(read(texts('', 'X'), 'one'), ['one']);
});

test('a required note of blanks is missing', () => {
  refuses(required(note('')), '  ', '--x is missing');
  refuses(required(note(''), ': say why'), undefined, '--x: say why');
  assert.equal(read(required(note('')), ' seen '), 'seen');
});
