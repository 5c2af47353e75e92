/** The beginning of a file, as far as a guess needs it: plain bytes, gzip taken off. */

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';

export interface Sample {
  readonly bytes: Buffer;
  /** It holds all of the file. */
  readonly whole: boolean;
  /** The end of the file, where it is not in the sample and can be had: a trailer stands there. */
  readonly tail: Buffer | null;
}

/** Bytes looked at: some ten thousand rows. */
export const SAMPLE_BYTES = 4_000_000;
const TAIL_BYTES = 16_384;

/** Reads the first bytes of a file. Throws CONFIG_USAGE (66) for one that is not there, READ_EMPTY, READ_PACKING, READ_FAILED. */
export async function sampleOf(path: string, limit = SAMPLE_BYTES): Promise<Sample> {
  const size = await sizeOf(path);
  const packed = await isGzip(path);
  const stream = createReadStream(path, packed ? {} : { end: limit });
  const plain = packed ? gunzipped(stream) : stream;
  const chunks: Buffer[] = [];
  let taken = 0;
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      taken += chunk.length;
      if (taken > limit) break;
    }
  } catch (error) {
    throw new PointferryError(packed ? 'READ_PACKING' : 'READ_FAILED', `${path} cannot be read`, {
      cause: error,
    });
  }
  if (taken === 0) throw new PointferryError('READ_EMPTY', `${path} is empty`);
  const bytes = Buffer.concat(chunks).subarray(0, limit);
  const whole = taken <= limit;
  return { bytes, whole, tail: whole || packed ? null : await endOf(path, size) };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return found.size;
  throw new PointferryError('CONFIG_USAGE', `${path} is ${found ? 'no file' : 'not there'}`, {
    exitCode: exit.noInput,
    hint: 'name a CSV file',
  });
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => {
    throw new PointferryError('READ_FAILED', `${path} cannot be read`, { cause: error });
  });
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Errors of either end reach whoever reads: a damaged archive is no sample. */
function gunzipped(stream: Readable): Readable {
  const gunzip = createGunzip();
  stream.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => stream.destroy());
  return stream.pipe(gunzip);
}

async function endOf(path: string, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const from = Math.max(0, size - TAIL_BYTES);
  for await (const chunk of createReadStream(path, { start: from })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
