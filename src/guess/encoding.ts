/** Which encoding the bytes of a sample are in, as far as they can tell. */
import type { Encoding } from '../pipeline/format.ts';

export interface EncodingGuess {
  readonly encoding: Encoding;
  /** For people; null where the bytes leave no doubt. */
  readonly doubt: string | null;
}

/** Byte order mark, UTF-16 without one, UTF-8, else a single-byte one. */
export function guessEncoding(bytes: Buffer): EncodingGuess {
  const sure = (encoding: Encoding): EncodingGuess => ({ encoding, doubt: null });
  if (bytes.subarray(0, 3).toString('hex') === 'efbbbf') return sure('utf-8');
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return sure('utf-16');
  const wide = utf16Of(bytes.subarray(0, 4096));
  if (wide !== null) return sure(wide);
  const { beyond, wrong, open1252 } = look(bytes);
  if (beyond === 0) return sure('utf-8');
  // a few bad bytes in much good UTF-8 are damage of their rows, not another encoding
  if (wrong * 20 < beyond)
    return {
      encoding: 'utf-8',
      doubt:
        wrong === 0
          ? null
          : `${wrong} of ${beyond} letters beyond ASCII are no UTF-8: their rows will be rejected`,
    };
  return {
    encoding: open1252 > 0 ? 'iso-8859-1' : 'windows-1252',
    doubt: 'not UTF-8: a single-byte encoding, which bytes alone cannot name for sure',
  };
}

function utf16Of(head: Buffer): Encoding | null {
  let even = 0;
  let odd = 0;
  for (const [at, byte] of head.entries()) {
    if (byte !== 0) continue;
    if (at % 2 === 0) even++;
    else odd++;
  }
  const half = head.length / 2;
  if (head.length >= 8 && odd > half * 0.4 && even < half * 0.1) return 'utf-16le';
  if (head.length >= 8 && even > half * 0.4 && odd < half * 0.1) return 'utf-16be';
  return null;
}

interface Look {
  /** Sequences that begin with a byte beyond ASCII. */
  readonly beyond: number;
  /** Of them: no UTF-8. */
  readonly wrong: number;
  /** Bytes that windows-1252 leaves open. */
  readonly open1252: number;
}

const openBytes = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

function look(bytes: Buffer): Look {
  let [beyond, wrong, open1252] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) continue;
    beyond++;
    if (openBytes.has(byte)) open1252++;
    const more = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
    const rest = bytes.subarray(at + 1, at + 1 + more);
    // the sample may end within a letter
    const good = more > 0 && byte < 0xf5 && rest.every((next) => next >= 0x80 && next <= 0xbf);
    if (good) at += rest.length;
    else wrong++;
  }
  return { beyond, wrong, open1252 };
}

/** As text, for looking at lines; what is no text becomes U+FFFD here and nowhere else. */
export function textOf(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'iso-8859-1' || encoding === 'windows-1252') return bytes.toString('latin1');
  const big = encoding === 'utf-16be' || (encoding === 'utf-16' && bytes[0] === 0xfe);
  const label = encoding === 'utf-8' ? 'utf-8' : big ? 'utf-16be' : 'utf-16le';
  return new TextDecoder(label).decode(bytes);
}
