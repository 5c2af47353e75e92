import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Encoding, encodingOf, parseBytes, showBytes } from '../../src/report/findings/bytes.ts';

const encodings: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'iso-8859-1', 'windows-1252'];

describe('bytes of a damaged record', () => {
  it('come back exactly, whatever they are', () => {
    for (const encoding of encodings) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), (array) => {
          const bytes = Buffer.from(array);
          assert.deepEqual(parseBytes(showBytes(bytes, encoding), encoding), bytes);
        }),
        { numRuns: 400 },
      );
    }
  });

  it('are text where they are text', () => {
    assert.equal(showBytes(Buffer.from('a\\b\té€😀\r\n'), 'utf-8'), 'a\\\\b\té€😀\r\n');
    assert.equal(showBytes(Buffer.from([0x80, 0x81, 0xe9]), 'windows-1252'), '€\\x81é');
    assert.equal(showBytes(Buffer.from([0x80, 0xe9]), 'iso-8859-1'), '\u0080é');
    assert.equal(
      showBytes(Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80]), 'utf-8'),
      '\\xC0\\xAF\\xED\\xA0\\x80',
    );
  });

  it('keep to their units in UTF-16: one wrong unit does not spoil what follows', () => {
    const bytes = Buffer.concat([
      Buffer.from('Be', 'utf16le'),
      Buffer.from([0x00, 0xd8]),
      Buffer.from('n!', 'utf16le'),
    ]);
    assert.equal(showBytes(bytes, 'utf-16le'), 'Be\\x00\\xD8n!');
    assert.equal(showBytes(bytes.subarray(0, 5), 'utf-16le'), 'Be\\x00');
  });

  it('of an encoding that is not known are read as UTF-8', () => {
    assert.deepEqual(['UTF-16', 'latin1', 'Windows-1252', undefined, 'x'].map(encodingOf), [
      'utf-16le',
      'iso-8859-1',
      'windows-1252',
      'utf-8',
      'utf-8',
    ]);
  });
});
