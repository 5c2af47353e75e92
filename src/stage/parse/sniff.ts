/** The first bytes of a file: refuses what is no text table, and settles the encoding where a BOM does. */
import { PointferryError } from '../../ground/errors.ts';
import type { SettledEncoding } from './encoding.ts';
import type { ParseFormat } from './format.ts';

/** As many bytes as are looked at. */
export const HEAD = 4096;

const magics: readonly (readonly [hex: string, what: string])[] = [
  ['504b0304', 'a zip archive or a spreadsheet (.xlsx)'],
  ['504b0506', 'an empty zip archive'],
  ['d0cf11e0a1b11ae1', 'an old spreadsheet (.xls)'],
  ['1f8b', 'gzip-packed'],
  ['28b52ffd', 'zstd-packed'],
  ['425a68', 'bzip2-packed'],
  ['fd377a585a00', 'xz-packed'],
  ['377abcaf271c', 'a 7z archive'],
  ['25504446', 'a PDF'],
  ['50415231', 'a Parquet file'],
];
const boms = { utf8: 'efbbbf', le: 'fffe', be: 'feff' };

/** The encoding, and how many bytes of BOM to leave out. Throws STAGE_NOT_CSV for anything that is no text table. */
export function sniff(head: Buffer, format: ParseFormat): { encoding: SettledEncoding; bom: number } {
  const hex = head.subarray(0, 8).toString('hex');
  const magic = magics.find(([bytes]) => hex.startsWith(bytes));
  if (magic !== undefined) refuse(`the file is ${magic[1]}`);
  const settled = settle(hex, format);
  const wide = settled.encoding.startsWith('utf-16');
  if (!wide) refuseNulls(head);
  const text = wide ? wideText(head, settled.encoding) : head.subarray(settled.bom).toString('latin1');
  refuseMarkup(text);
  const delimiter = format.kind === 'delimited' ? format.delimiter : '';
  const controls = text.replaceAll(delimiter, '').match(/[\x01-\x08\x0e-\x19\x7f]/g)?.length ?? 0;
  if (text.length >= 32 && controls * 20 > text.length) refuse('the file is binary');
  return settled;
}

function settle(hex: string, format: ParseFormat): { encoding: SettledEncoding; bom: number } {
  const { encoding } = format;
  const bom = hex.startsWith(boms.utf8)
    ? 'utf-8'
    : hex.startsWith(boms.le)
      ? 'utf-16le'
      : hex.startsWith(boms.be)
        ? 'utf-16be'
        : null;
  if (encoding === 'utf-16') {
    if (bom === 'utf-16le' || bom === 'utf-16be') return { encoding: bom, bom: 2 };
    if (hex === '') return { encoding: 'utf-16le', bom: 0 };
    return refuse('the encoding is stated as utf-16, but the file begins without a byte order mark');
  }
  if (bom === null) return { encoding, bom: 0 };
  if (bom === encoding) return { encoding, bom: bom === 'utf-8' ? 3 : 2 };
  return refuse(`the file begins with the byte order mark of ${bom}, the encoding is stated as ${encoding}`);
}

function refuseNulls(head: Buffer): void {
  const at = [0, 0];
  for (const [i, byte] of head.entries()) if (byte === 0) at[i % 2] = (at[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = at;
  const half = head.length / 2;
  if (head.length >= 8 && odd > half * 0.4 && even < half * 0.1) refuse('the file is UTF-16 (utf-16le)');
  if (head.length >= 8 && even > half * 0.4 && odd < half * 0.1) refuse('the file is UTF-16 (utf-16be)');
  if (head.length >= 32 && even + odd > head.length * 0.1) refuse('the file is binary');
}

function wideText(head: Buffer, encoding: SettledEncoding): string {
  const even = Buffer.from(head.subarray(0, head.length - (head.length % 2)));
  if (encoding === 'utf-16be') even.swap16();
  return even.toString('utf16le').replace(/^\ufeff/, '');
}

function refuseMarkup(text: string): void {
  const begin = text.trimStart().slice(0, 200).toLowerCase();
  if (/^<(!doctype html|html|head|body)\b/.test(begin)) refuse('the file is an HTML page');
  if (/^<(\?xml|!--|[a-z][\w:-]*[\s/>])/.test(begin)) refuse('the file is XML or HTML');
  if (/^(\{\s*("|\})|\[\s*(\{|\]))/.test(begin)) refuse('the file is JSON');
  if (begin.startsWith('-----begin pgp')) refuse('the file is PGP-encrypted or signed');
}

function refuse(what: string): never {
  throw new PointferryError('STAGE_NOT_CSV', what);
}
