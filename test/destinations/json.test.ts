import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decimalLiteral,
  exactNumber,
  isExactNumber,
  parseExact,
  writeJson,
} from '../../src/destinations/json.ts';

test('a decimal text becomes a JSON number with the same digits', () => {
  const cases = {
    '12.50': '12.50',
    '007.5': '7.5',
    '.75': '0.75',
    '5.': '5',
    '-0': '0',
    '-0.00': '0.00',
    '-01.10': '-1.10',
  };
  for (const [text, literal] of Object.entries(cases)) assert.equal(decimalLiteral(text), literal, text);
  assert.equal(writeJson({ a: exactNumber('12345678901234567890.1230') }), '{"a":12345678901234567890.1230}');
});

test('what is no plain decimal is refused', () => {
  for (const text of [
    '',
    '-',
    '.',
    '+1',
    '1e5',
    'NaN',
    'Infinity',
    '0x1F',
    '1_000',
    '1,5',
    ' 1',
    '1 ',
    '١',
  ]) {
    assert.throws(() => exactNumber(text), TypeError, text);
  }
});

test('a document read and written again has the same digits, keys and order', () => {
  const text =
    '{"b":1.10,"a":[1e400,-0.0,12345678901234567890],"__proto__":{"x":true},"n":null,"t":"\\u2028é"}';
  const value = parseExact(text);
  assert.equal(writeJson(value), text.replace('\\u2028', '\u2028'));
  assert.ok(typeof value === 'object' && value !== null && 'b' in value && isExactNumber(value.b));
});

test('a float never slips into a request', () => {
  assert.throws(() => writeJson({ value: 0.1 }), TypeError);
  assert.throws(() => writeJson({ value: Number.NaN }), TypeError);
  assert.throws(() => writeJson(undefined), TypeError);
  assert.equal(writeJson({ at: 1633887337 }), '{"at":1633887337}');
});
