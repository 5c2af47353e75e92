import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { PointferryError } from '../../ground/errors.ts';
import { nameFault, printable } from '../names.ts';
import type { Layer, LayerContext } from './layer.ts';

const stored = 0;
const deflated = 8;
/** What a Mac adds of its own accord. */
const litter = /(^|\/)(__MACOSX\/|\.DS_Store$|\._)/;
const linkMode = 0o120000;

/**
 * zip, stored or deflated. Names of entries are data. yauzl holds sizes to what the directory states; checksums
 * it does not verify, nor does it mind entries that share their bytes: both is done here.
 */
export const unzip: Layer = async (path, context, sink) => {
  const zip = await yauzl.openPromise(path, { autoClose: false, lazyEntries: true });
  try {
    const entries = await directory(zip, context);
    refuseOverlap(entries);
    const files = entries.filter((entry) => isWanted(entry, context));
    const double = files.find(
      ({ fileName }, i) => files.findIndex((other) => other.fileName === fileName) < i,
    );
    if (double !== undefined)
      throw new PointferryError('READ_PACKING', `zip: two entries named ${printable(double.fileName)}`);
    if (files.length === 0) throw new PointferryError('READ_PACKING', 'zip: no entry for this pipeline');
    for (const entry of files) {
      const stream = await zip.openReadStreamPromise(entry);
      // yauzl emits an error without ending the stream, perhaps before the sink listens: a late listener would wait for ever
      stream.once('error', (error) => stream.destroy(error)).on('error', () => {});
      await sink(entry.fileName, checked(entry, stream));
    }
  } finally {
    zip.close();
  }
};

async function directory(zip: yauzl.ZipFile, context: LayerContext): Promise<yauzl.Entry[]> {
  const entries: yauzl.Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      context.guard.entry();
      entries.push(entry);
    }
    return entries;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (!/^(absolute path|invalid relative path|invalid characters in fileName)/.test(message)) throw error;
    throw new PointferryError('READ_NAME_REFUSED', `zip: ${printable(message)}`);
  }
}

/** Entries that share bytes make a bomb of any size out of a small file. */
function refuseOverlap(entries: readonly yauzl.Entry[]): void {
  const inPlace = [...entries].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const entry of inPlace) {
    if (entry.relativeOffsetOfLocalHeader < end)
      throw new PointferryError('READ_UNPACK_LIMIT', 'unpacking stopped: entries of the zip overlap');
    // the local header is at least its fixed part and the name
    end = entry.relativeOffsetOfLocalHeader + 30 + entry.fileNameLength + entry.compressedSize;
  }
}

/** Throws for what must not be passed over in silence. */
function isWanted(entry: yauzl.Entry, { rules }: LayerContext): boolean {
  const name = entry.fileName;
  if (name === '[Content_Types].xml')
    throw new PointferryError('READ_SPREADSHEET', 'it is a zip as office programs write them');
  if (name.endsWith('/') || litter.test(name)) return false;
  const fault = name
    .split('/')
    .map(nameFault)
    .find((part) => part !== null);
  if (fault !== undefined) throw new PointferryError('READ_NAME_REFUSED', `${printable(name)}: ${fault}`);
  if (rules.entries !== undefined && !posix.matchesGlob(name, rules.entries)) return false;
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === linkMode)
    throw new PointferryError('READ_NOT_REGULAR', `${printable(name)} is a link`);
  if (entry.isEncrypted()) throw new PointferryError('READ_ENCRYPTED', `${printable(name)} needs a password`);
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated)
    throw new PointferryError('READ_PACKING', `zip: method ${entry.compressionMethod} is not unpacked here`, {
      hint: 'ask the sender for a plain zip (deflate)',
    });
  return true;
}

async function* checked(entry: yauzl.Entry, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const chunk of chunks) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32)
    throw new PointferryError('READ_PACKING', `zip: checksum of ${printable(entry.fileName)} is wrong`);
}
