import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Code, catalogue } from '../../src/ground/catalogue.ts';
import { perBucket } from '../../src/ledger/buckets.ts';
import { adviceFor } from '../../src/report/findings/advice.ts';
import type { ErrorGroup } from '../../src/report/findings/groups.ts';

const verbs = readdirSync(path.join(import.meta.dirname, '../../src/cli/verbs')).map((name) =>
  name.slice(0, -3),
);

const advise = (code: Code) =>
  adviceFor(
    'r7k2m',
    { number: 3, code, hint: catalogue[code].hint, buckets: perBucket(() => 0) } as unknown as ErrorGroup,
    null,
  );

test('what is advised for a group is what the catalogue says of its code', () => {
  for (const code of Object.keys(catalogue) as Code[]) {
    const { do: words, command, afterwards } = advise(code);
    assert.equal(words, catalogue[code].hint);
    assert.ok(catalogue[code].family !== 'row' || words.length <= 89, `${code}: fits on a screen`);
    assert.equal(command === null, catalogue[code].command === null, code);
    const typed = [
      ...`${words} ${command ?? ''} ${afterwards ?? ''}`.matchAll(/pointferry ([a-z][a-z-]*)( [a-z]+)?/g),
    ];
    for (const [, verb = '', word = ''] of typed)
      assert.ok(verbs.includes(verb) || verbs.includes(`${verb}-${word.trim()}`), `${code}: ${verb}`);
  }
});

test('commands name the run and the group', () => {
  assert.equal(advise('NORMALIZE_REQUIRED').command, 'pointferry rerun r7k2m --group 3');
  assert.deepEqual(advise('STAGE_QUOTE_STRAY'), {
    do: 'quote the cell and double the quote in column _raw',
    command: 'pointferry errors r7k2m --group 3 --out fix.csv',
    afterwards: 'pointferry rerun r7k2m --from fix.csv --dry-run',
  });
});

test('the way out of a group beside a damaged record is named: fix the record, or rerun the code', () => {
  assert.deepEqual(advise('NORMALIZE_GROUP_UNCERTAIN'), {
    do: 'fix the damaged record named; if the group is whole without it, rerun this code',
    command: 'pointferry rerun r7k2m --code NORMALIZE_GROUP_UNCERTAIN',
    afterwards: null,
  });
});
