/** How a file is packed: its first bytes decide, and its name must agree. */
import { PointferryError } from '../../ground/errors.ts';

export type Packing = 'gzip' | 'zip' | 'zstd' | 'pgp';

/** So many bytes are looked at. */
export const headSize = 512;

const magics: readonly (readonly [readonly number[], Packing | string])[] = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x50, 0x4b, 0x03, 0x04], 'zip'],
  [[0x50, 0x4b, 0x05, 0x06], 'zip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  [[0x42, 0x5a, 0x68], 'bzip2'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz'],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], '7z'],
  [[0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], 'rar'],
  [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 'spreadsheet'],
];
const known: ReadonlySet<string> = new Set(['gzip', 'zip', 'zstd', 'pgp']);
const suffixes: readonly (readonly [RegExp, Packing])[] = [
  [/\.gz$/i, 'gzip'],
  [/\.zip$/i, 'zip'],
  [/\.zst$/i, 'zstd'],
  [/\.(pgp|gpg)$/i, 'pgp'],
];

/**
 * The packing of a file, or null for a plain one. Throws READ_PACKING where the name promises a packing that
 * the bytes are not, or for a packing that is not unpacked here; READ_SPREADSHEET for an old Excel file.
 * Binary PGP has no mark of its own: it is assumed if the name or a stated PGP key implies it.
 */
export function packingOf(head: Buffer, name: string, expectPgp: boolean): Packing | null {
  const named = suffixes.find(([suffix]) => suffix.test(name))?.[1] ?? null;
  const found = byBytes(head, expectPgp || named === 'pgp');
  if (found === 'spreadsheet') throw new PointferryError('READ_SPREADSHEET', 'it is an Excel file');
  if (found !== null && !known.has(found))
    throw new PointferryError('READ_PACKING', `${found} is not unpacked here`, {
      hint: 'ask the sender for gzip, zip or zstd',
    });
  if (named !== null && named !== found)
    throw new PointferryError('READ_PACKING', `its name promises ${named}, its bytes are something else`);
  return found as Packing | null;
}

function byBytes(head: Buffer, expectPgp: boolean): string | null {
  const magic = magics.find(([bytes]) => bytes.every((byte, i) => head[i] === byte));
  if (magic !== undefined) return magic[1];
  if (/^(\ufeff|\s)*-----BEGIN PGP MESSAGE-----/.test(head.toString('latin1'))) return 'pgp';
  return expectPgp && isPgpPacket(head[0] ?? 0) ? 'pgp' : null;
}

/** The first packet of an encrypted or signed message: session keys, signatures, compressed or sealed data. */
function isPgpPacket(byte: number): boolean {
  if ((byte & 0x80) === 0) return false;
  const tag = (byte & 0x40) === 0 ? (byte & 0x3f) >> 2 : byte & 0x3f;
  return [1, 2, 3, 4, 8, 9, 10, 18, 20].includes(tag);
}
