import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { catalogue } from '../../src/ground/catalogue.ts';

const file = path.join(import.meta.dirname, '../../docs/errors.md');

const families = {
  fatal: 'stops the file or the run',
  wait: 'goes on by itself',
  row: 'marks the row',
} as const;
const again = { 'as-is': 'as it is', 'after-edit': 'after an edit', no: 'no' } as const;

/** The page of all codes. After a change of the catalogue: ERRORS=write node --test test/ground/errors.test.ts */
function page(): string {
  const rows = Object.entries(catalogue).map(
    ([code, { family, text, hint, retryable }]) =>
      `| \`${code}\` | ${text} | ${families[family]} | ${family === 'row' ? again[retryable] : ''} | ${hint} |`,
  );
  return [
    '# Error codes',
    '',
    'Stable. The prefix is the stage; `CONFIG_` is what a person wrote, `RUN_` who holds a run, `LEDGER_` the ledger as a whole. Made from `catalogue.ts`, held to it by a test.',
    '',
    '| code | what it means | what follows | send again | do |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

test('docs/errors.md says what the catalogue says', () => {
  if (process.env.ERRORS === 'write') writeFileSync(file, page());
  assert.equal(readFileSync(file, 'utf8'), page());
});

test('every code has a prefix that is known, a text and a hint without secrets or line ends', () => {
  for (const [code, { text, hint }] of Object.entries(catalogue)) {
    assert.match(code, /^(CONFIG|RUN|LEDGER|READ|STAGE|NORMALIZE|PUSH|REPORT)_[A-Z0-9_]+$/);
    for (const words of [text, hint]) assert.match(words, /^[^\n|]+$/, code);
  }
});

test('every code of the catalogue is used somewhere', () => {
  const pattern = '(CONFIG|RUN|LEDGER|READ|STAGE|NORMALIZE|PUSH|REPORT)_[A-Z][A-Z0-9_]+';
  const found = execFileSync('git', ['grep', '-hoE', pattern, '--', 'src/*.ts', 'sql'], {
    cwd: path.join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  }).split('\n');
  const times = (code: string): number => found.filter((word) => word === code).length;
  // once is the catalogue's own line
  assert.deepEqual(
    Object.keys(catalogue).filter((code) => times(code) < 2),
    [],
  );
});
