/**
 * Every encoding is carried through the parser as UTF-8, so that one scanner serves all and csv-parse gets what it
 * decodes fastest. What is not text stays recognisable and can be turned back, byte by byte, for the error report:
 * bad UTF-8 is left as it is, a lone surrogate becomes its three bytes (WTF-8), a hole of windows-1252 its C1 control.
 * TextDecoder is not used: its 'iso-8859-1' is windows-1252, it lets holes through, and it gives no position.
 */
import { isUtf8 } from 'node:buffer';
import type { Encoding } from './format.ts';

/** 'utf-16' is settled by its BOM before a codec is made. */
export type SettledEncoding = Exclude<Encoding, 'utf-16'>;

export interface Codec {
  /** The next bytes of the file (any chunking gives the same whole); `last` with the final, perhaps empty, chunk. */
  readonly decode: (chunk: Buffer, last: boolean) => Buffer;
  /** Back to the file's own bytes. */
  readonly encode: (inner: Buffer) => Buffer;
  /** How many bytes of the file these are, wherever they were cut. */
  readonly size: (inner: Buffer) => number;
  /** Whether all of it is text (of whole records; a cut character is none). */
  readonly sound: (inner: Buffer) => boolean;
  /** Where the first fault begins, in inner bytes; -1 when sound. */
  readonly fault: (inner: Buffer) => number;
}

/** Makes the codec of one file: it holds the characters cut by a chunk's end. */
export function codecOf(encoding: SettledEncoding): Codec {
  switch (encoding) {
    case 'utf-8':
      return {
        decode: (chunk) => chunk,
        encode: (inner) => inner,
        size: (inner) => inner.length,
        sound: isUtf8,
        fault: utf8Fault,
      };
    case 'iso-8859-1':
      return singleByte(
        (chunk) => chunk.toString('latin1'),
        (text) => text,
      );
    case 'windows-1252':
      return {
        ...singleByte(fromWindows, toWindows),
        sound: (inner) => holeAt(inner) === -1,
        fault: holeAt,
      };
    case 'utf-16le':
    case 'utf-16be':
      return utf16(encoding === 'utf-16be');
  }
}

function singleByte(read: (chunk: Buffer) => string, write: (text: string) => string): Codec {
  return {
    decode: (chunk) => Buffer.from(read(chunk), 'utf8'),
    encode: (inner) => Buffer.from(write(inner.toString('utf8')), 'latin1'),
    size: (inner) => characters(inner).all,
    sound: () => true,
    fault: () => -1,
  };
}

/** 0x80 to 0x9f of windows-1252; a C1 control of the same number where the code page has a hole. */
const upper =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';
const lower = new Map([...upper].map((character, i) => [character, String.fromCharCode(0x80 + i)]));
const holes = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

const fromWindows = (chunk: Buffer) =>
  chunk.toString('latin1').replace(/[\x80-\x9f]/g, (c) => upper.charAt(c.charCodeAt(0) - 0x80));
const toWindows = (text: string) => text.replace(/[^\x00-\x7f\xa0-\xff]/g, (c) => lower.get(c) ?? c);

function holeAt(inner: Buffer): number {
  for (let i = inner.indexOf(0xc2); i !== -1; i = inner.indexOf(0xc2, i + 1)) {
    if (holes.has(inner[i + 1] ?? 0)) return i;
  }
  return -1;
}

/** Characters by their leading bytes: all of them, and those that are two units in UTF-16. */
function characters(inner: Buffer): { all: number; pairs: number } {
  let all = 0;
  let pairs = 0;
  for (const byte of inner) {
    if ((byte & 0xc0) !== 0x80) all++;
    if (byte >= 0xf0 && byte < 0xf8) pairs++;
  }
  return { all, pairs };
}

/** A last odd byte of a UTF-16 file: no character, so it travels behind a byte that UTF-8 never has. */
const ODD = 0xfe;

function utf16(bigEndian: boolean): Codec {
  let held: Buffer = Buffer.alloc(0);
  const decode = (chunk: Buffer, last: boolean): Buffer => {
    const whole = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let end = whole.length - (whole.length % 2);
    if (!last && end > 0 && isHigh(whole[bigEndian ? end - 2 : end - 1] ?? 0)) end -= 2;
    held = Buffer.from(whole.subarray(end));
    const units = bigEndian ? Buffer.from(whole.subarray(0, end)).swap16() : whole.subarray(0, end);
    const inner = fromUnits(units.toString('utf16le'));
    const odd = held[0];
    if (!last || odd === undefined) return inner;
    return Buffer.concat([inner, Buffer.from([ODD, 0x80 | (odd >> 4), 0x80 | (odd & 15)])]);
  };
  const encode = (inner: Buffer): Buffer => {
    const at = inner.indexOf(ODD);
    const units = Buffer.from(toUnits(at === -1 ? inner : inner.subarray(0, at)), 'utf16le');
    if (bigEndian) units.swap16();
    if (at === -1) return units;
    return Buffer.concat([
      units,
      Buffer.from([(((inner[at + 1] ?? 0) & 15) << 4) | ((inner[at + 2] ?? 0) & 15)]),
    ]);
  };
  const size = (inner: Buffer) => {
    const { all, pairs } = characters(inner);
    return 2 * (all + pairs) - (inner.includes(ODD) ? 1 : 0);
  };
  return { decode, encode, size, sound: isUtf8, fault: utf8Fault };
}

const isHigh = (byte: number) => byte >= 0xd8 && byte <= 0xdb;

function fromUnits(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const unit = character.codePointAt(0) ?? 0;
    const lone = unit >= 0xd800 && unit <= 0xdfff;
    parts.push(
      lone ? Buffer.from([0xed, 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63)]) : Buffer.from(character),
    );
  }
  return Buffer.concat(parts);
}

function toUnits(inner: Buffer): string {
  if (isUtf8(inner)) return inner.toString('utf8');
  let text = '';
  let from = 0;
  for (let i = inner.indexOf(0xed); i !== -1; i = inner.indexOf(0xed, i + 1)) {
    const second = inner[i + 1] ?? 0;
    if (second < 0xa0) continue;
    text += inner.subarray(from, i).toString('utf8');
    text += String.fromCharCode(0xd000 | ((second & 63) << 6) | ((inner[i + 2] ?? 0) & 63));
    from = i + 3;
  }
  return text + inner.subarray(from).toString('utf8');
}

/** Where the first byte stands that is not UTF-8 (RFC 3629: no overlong forms, no surrogates, to U+10FFFF). */
function utf8Fault(inner: Buffer): number {
  for (let i = 0; i < inner.length; ) {
    const length = sequence(inner, i);
    if (length === 0) return i;
    i += length;
  }
  return -1;
}

function sequence(inner: Buffer, i: number): number {
  const first = inner[i] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = inner[i + 1] ?? 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let k = 2; k < length; k++) if (((inner[i + k] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
