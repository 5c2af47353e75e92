import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { businessDateOf } from '../../src/read/date.ts';
import { ContentHash } from '../../src/read/hash.ts';
import { nameFault, naturalCompare } from '../../src/read/names.ts';

test('names that could mean something else than a file here are refused', () => {
  for (const name of [
    '..',
    '.',
    '',
    '../x',
    'a/b',
    'a\\b',
    'a\0b',
    'a\u0085b',
    '-x',
    'x'.repeat(256),
    'a\ufffd',
  ])
    assert.notEqual(nameFault(name), null, JSON.stringify(name));
  for (const name of ['a b.csv', 'Umsätze_2026.csv', '会員.csv', '.hidden', 'a..b', 'x'.repeat(255)])
    assert.equal(nameFault(name), null, name);
});

test('natural order counts, and is a total order', () => {
  const names = ['part10.csv', 'part2.csv', 'part02.csv', 'Part1.csv', 'part.csv', 'part2a.csv'];
  assert.deepEqual([...names].sort(naturalCompare), [
    'Part1.csv',
    'part02.csv',
    'part2.csv',
    'part2a.csv',
    'part10.csv',
    'part.csv',
  ]);
  const name = fc.stringMatching(/^[a-b0-2]{0,6}$/);
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      assert.equal(Math.sign(naturalCompare(a, b)), -Math.sign(naturalCompare(b, a)) + 0);
      assert.equal(naturalCompare(a, b) === 0, a === b);
      if (naturalCompare(a, b) < 0 && naturalCompare(b, c) < 0) assert.ok(naturalCompare(a, c) < 0);
    }),
  );
});

test('the content hash leaves out exactly the line ends at the end, however the bytes are cut', () => {
  const bytes = fc.array(fc.constantFrom(0x61, 0x0a, 0x0d, 0x00), { maxLength: 40 });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 7 }), (array, size) => {
      const whole = Buffer.from(array);
      const hash = new ContentHash();
      for (let i = 0; i < whole.length; i += size) hash.update(whole.subarray(i, i + size));
      const plain = Buffer.from(whole.toString('latin1').replace(/[\r\n]+$/, ''), 'latin1');
      const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
      assert.deepEqual(hash.digest(), {
        bytes: whole.length,
        sha256: sha256(whole),
        contentSha256: sha256(plain),
      });
    }),
  );
});

test('in UTF-16, too, the line ends at the end do not count', () => {
  const contentOf = (text: string, size: number): string => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const hash = new ContentHash();
    for (let i = 0; i < bytes.length; i += size) hash.update(bytes.subarray(i, i + size));
    return hash.digest().contentSha256;
  };
  for (const size of [1, 2, 3, 100])
    for (const text of ['a\r\nb\r\n', 'a\r\nb\n\n'])
      assert.equal(contentOf(text, size), contentOf('a\r\nb', 7));
  assert.notEqual(contentOf('a\nb', 9), contentOf('a\nc', 9));
});

test('business dates come from names, and only days of the calendar', () => {
  assert.equal(businessDateOf('transactions_20260511.csv.gz', 'transactions_{yyyyMMdd}'), '2026-05-11');
  assert.equal(businessDateOf('11-05-26_members.csv', '{dd-MM-yy}_members'), '2026-05-11');
  assert.equal(businessDateOf('transactions_20260231.csv', 'transactions_{yyyyMMdd}'), null);
  assert.equal(businessDateOf('members.csv', 'members_{yyyyMMdd}'), null);
  assert.equal(businessDateOf('a.b_20260511-all.csv', 'a.b_{yyyyMMdd-all}'), '2026-05-11');
  assert.equal(businessDateOf('axb_20260511-all.csv', 'a.b_{yyyyMMdd-all}'), null);
  assert.throws(() => businessDateOf('x', 'members_{yyyy}'), { code: 'CONFIG_INVALID' });
});
