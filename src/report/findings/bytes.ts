/** Bytes of a record that could not be parsed, as text: decoded if possible, else `\xHH`, with backslashes doubled. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'iso-8859-1' | 'windows-1252';

/** Names as pipelines write them; an unknown one is read as UTF-8, whose wrong bytes show as `\xHH`. */
export function encodingOf(name: unknown): Encoding {
  const plain = String(name ?? '')
    .toLowerCase()
    .replaceAll('_', '-');
  if (plain === 'utf-16' || plain === 'utf-16le') return 'utf-16le';
  if (plain === 'utf-16be' || plain === 'iso-8859-1' || plain === 'windows-1252') return plain;
  return plain === 'latin1' ? 'iso-8859-1' : 'utf-8';
}

const hex = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** NUL and the like would be cut or hidden by a spreadsheet; tab and line ends are kept. */
const shown = (character: string): string =>
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/.test(character)
    ? hex(character.charCodeAt(0))
    : character === '\\'
      ? '\\\\'
      : character;

/** The bytes as text; `parseBytes` returns exactly these bytes. */
export function showBytes(bytes: Buffer, encoding: Encoding): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at, encoding);
    if (length === 0) {
      // a wrong unit of UTF-16 is two bytes: continuing after one would misread all that follows
      const wrong = bytes.subarray(at, at + (encoding.startsWith('utf-16') ? 2 : 1));
      text += [...wrong].map(hex).join('');
      at += wrong.length;
    } else {
      text += controlled(decode(bytes.subarray(at, at + length), encoding), bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** A control character of two bytes (UTF-16) shows both, so that reading back returns both. */
const controlled = (character: string, bytes: Buffer): string => {
  const one = shown(character);
  return one.startsWith('\\x') ? [...bytes].map(hex).join('') : one;
};

/** Bytes of the character that begins at `at`, or 0 if none does. */
function characterLength(bytes: Buffer, at: number, encoding: Encoding): number {
  const first = bytes[at] ?? 0;
  if (encoding === 'iso-8859-1') return 1;
  if (encoding === 'windows-1252') return [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(first) ? 0 : 1;
  if (encoding === 'utf-8') return utf8Length(bytes, at);
  if (at + 1 >= bytes.length) return 0;
  const unit = (offset: number): number =>
    encoding === 'utf-16le' ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);
  const high = unit(at);
  if (high < 0xd800 || high > 0xdfff) return 2;
  if (high > 0xdbff || at + 3 >= bytes.length) return 0;
  const low = unit(at + 2);
  return low >= 0xdc00 && low <= 0xdfff ? 4 : 0;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Length(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

const windows1252 = new TextDecoder('windows-1252');

function decode(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'utf-8') return bytes.toString('utf8');
  if (encoding === 'iso-8859-1') return bytes.toString('latin1');
  if (encoding === 'windows-1252') return windows1252.decode(bytes);
  return encoding === 'utf-16le'
    ? bytes.toString('utf16le')
    : Buffer.from(bytes).swap16().toString('utf16le');
}

let from1252: ReadonlyMap<string, number> | undefined;
function encode1252(character: string): Buffer {
  from1252 ??= new Map(
    Array.from({ length: 256 }, (_, byte) => [windows1252.decode(Uint8Array.of(byte)), byte] as const),
  );
  return Buffer.from([from1252.get(character) ?? 0x3f]);
}

function encode(character: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(character, 'utf8');
  if (encoding === 'iso-8859-1') return Buffer.from(character, 'latin1');
  if (encoding === 'windows-1252') return encode1252(character);
  const little = Buffer.from(character, 'utf16le');
  return encoding === 'utf-16le' ? little : little.swap16();
}

/** The bytes of a text that `showBytes` made, possibly edited. */
export function parseBytes(text: string, encoding: Encoding): Buffer {
  const parts: Buffer[] = [];
  for (const match of text.matchAll(/\\x([0-9A-Fa-f]{2})|\\\\|[\s\S]/gu)) {
    if (match[1] !== undefined) parts.push(Buffer.from([Number.parseInt(match[1], 16)]));
    else parts.push(encode(match[0] === '\\\\' ? '\\' : match[0], encoding));
  }
  return Buffer.concat(parts);
}
