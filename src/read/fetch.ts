/** Copies one file into the private folder, whole or not at all. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { PointferryError } from '../ground/errors.ts';
import type { Facts } from './companion.ts';
import { fault } from './faults.ts';
import { ContentHash, type Digest } from './hash.ts';
import { printable } from './names.ts';
import type { PrivateFolder } from './private.ts';
import type { Candidate, Source } from './source.ts';

export interface Fetched extends Digest {
  /** In the private folder, under a random name. */
  readonly path: string;
}

export interface FetchOptions {
  readonly facts?: Facts;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/**
 * Copies a file's bytes and hashes them on the way. The source compares size and time before and after; bytes and hashes
 * are compared here with what the companion states. An error leaves nothing in the private folder. Throws READ_NOT_FINISHED
 * (it changed), READ_TRUNCATED, READ_CHECKSUM, READ_TOO_BIG, READ_DISK_FULL, READ_STALLED, READ_CONNECT.
 */
export async function fetchFile(
  source: Source,
  candidate: Candidate,
  folder: PrivateFolder,
  options: FetchOptions,
): Promise<Fetched> {
  const name = printable(candidate.name);
  if (candidate.size > options.maxBytes)
    throw new PointferryError('READ_TOO_BIG', `${name} has ${candidate.size} bytes`);
  const path = folder.fresh();
  const hash = new ContentHash();
  const md5 = options.facts?.md5 === undefined ? null : createHash('md5');
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw fault('READ_WORKDIR', 'cannot write to the private folder', error);
  });
  try {
    for await (const chunk of source.open(candidate, 0)) {
      options.signal?.throwIfAborted();
      await write(file, chunk);
      hash.update(chunk);
      md5?.update(chunk);
    }
    const digest = hash.digest();
    check(name, digest, md5?.digest('hex'), options.facts ?? {});
    return { path, ...digest };
  } catch (error) {
    await folder.remove(path);
    throw error;
  } finally {
    await file.close();
  }
}

async function write(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let at = 0;
  while (at < chunk.length) {
    try {
      at += (await file.write(chunk, at)).bytesWritten;
    } catch (error) {
      throw fault('READ_WORKDIR', 'cannot write to the private folder', error);
    }
  }
}

function check(name: string, digest: Digest, md5: string | undefined, facts: Facts): void {
  const wrong =
    (facts.size !== undefined && facts.size !== digest.bytes && 'size') ||
    (facts.sha256 !== undefined && facts.sha256 !== digest.sha256 && 'sha256') ||
    (facts.md5 !== undefined && facts.md5 !== md5 && 'md5');
  if (wrong) throw new PointferryError('READ_CHECKSUM', `${name}: its ${wrong} differs from its companion's`);
}
