import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { PointferryError } from '../../ground/errors.ts';
import type { Layer } from './layer.ts';

/** Writers that can be sought in make a frame every 100 kB or so. */
const maxFrames = 1_000_000;

interface Frame {
  readonly start: number;
  /** Of its last byte. */
  readonly end: number;
}

/**
 * zstd, with several frames one after another. Node (24.21) ends without a word after the first frame when the
 * second comes in the same chunk, and lets garbage behind a frame pass; earlier ones took truncated input for
 * whole. So the frames are found first, by RFC 8878, which also proves that the last one is complete; then each
 * is unpacked by itself.
 */
export const unzstd: Layer = async (path, context, sink) => {
  const frames = await framesOf(path);
  await sink(null, unpacked(path, frames, context.signal));
};

async function* unpacked(
  path: string,
  frames: readonly Frame[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const frame of frames) {
    const out = createZstdDecompress({ chunkSize: 256 * 1024 });
    const piped = pipeline(createReadStream(path, frame), out, { signal });
    piped.catch(() => {}); // its error also ends the iteration
    yield* out;
    await piped;
  }
}

async function framesOf(path: string): Promise<Frame[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const frames: Frame[] = [];
    for (let start = 0; start < size; ) {
      if (frames.length >= maxFrames)
        throw new PointferryError(
          'READ_UNPACK_LIMIT',
          `unpacking stopped: more than ${maxFrames} zstd frames`,
        );
      const { next, skippable } = await frameAt(file, start);
      if (!skippable) frames.push({ start, end: next - 1 });
      start = next;
    }
    if ((frames.at(-1)?.end ?? 0) >= size) throw damaged('it is cut off');
    return frames;
  } finally {
    await file.close();
  }
}

/** Where the frame that begins at `start` ends, by its headers (RFC 8878, section 3.1). */
async function frameAt(file: FileHandle, start: number): Promise<{ next: number; skippable: boolean }> {
  const magic = (await bytesAt(file, start, 4)).readUInt32LE();
  if (magic >>> 4 === 0x184d2a5)
    return { next: start + 8 + (await bytesAt(file, start + 4, 4)).readUInt32LE(), skippable: true };
  if (magic !== 0xfd2fb528) throw damaged('other bytes follow its end');
  const flags = (await bytesAt(file, start + 4, 1)).readUInt8();
  const single = (flags >> 5) & 1;
  const sizeField = [single, 2, 4, 8][flags >> 6] ?? 0;
  const dictionaryField = [0, 1, 2, 4][flags & 3] ?? 0;
  let at = start + 5 + (1 - single) + dictionaryField + sizeField;
  for (let last = false; !last; ) {
    const header = (await bytesAt(file, at, 3)).readUIntLE(0, 3);
    const kind = (header >> 1) & 3;
    if (kind === 3) throw damaged('a block of no known kind');
    last = (header & 1) === 1;
    at += 3 + (kind === 1 ? 1 : header >> 3);
  }
  return { next: at + ((flags >> 2) & 1 ? 4 : 0), skippable: false };
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw damaged('it is cut off');
  return buffer;
}

function damaged(what: string): PointferryError {
  return new PointferryError('READ_PACKING', `zstd: ${what}`);
}
