/** Writes one CSV file of a run: BOM, comma, all fields quoted, formula guard; under another name until it is whole. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { PointferryError } from '../../ground/errors.ts';
import type { Output } from '../findings/summary.ts';
import { guard } from './cell.ts';
import { partName } from './part.ts';

/** A file being written under another name. Either `promote` or `discard` ends it. */
export interface Draft {
  readonly write: (text: string) => Promise<void>;
  readonly promote: (rows: number) => Promise<Output>;
  readonly discard: () => Promise<void>;
}

/**
 * Opens a part of `<folder>/<name>`, 0600. A file of that name stays as it is until `promote`.
 * Throws REPORT_NOT_WRITTEN (disk full, rights).
 */
export async function draft(folder: string, name: string): Promise<Draft> {
  const target = path.join(folder, name);
  const beside = path.join(folder, await partName(name));
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const handle = await attempt(name, () => open(beside, flags, 0o600));
  const hash = createHash('sha256');
  let bytes = 0;
  const discard = async (): Promise<void> => {
    await handle.close().catch(() => undefined);
    await rm(beside, { force: true });
  };
  return {
    discard,
    write: (text) =>
      attempt(name, async () => {
        const chunk = Buffer.from(text, 'utf8');
        await writeAll(handle, chunk);
        hash.update(chunk);
        bytes += chunk.length;
      }),
    promote: (rows) =>
      attempt(name, async () => {
        await handle.sync();
        await handle.close();
        await rename(beside, target);
        return { name, rows, bytes, sha256: hash.digest('hex') };
      }),
  };
}

async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, at);
    at += bytesWritten;
  }
}

async function attempt<T>(name: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const said = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : code;
    throw new PointferryError('REPORT_NOT_WRITTEN', `${name} could not be written: ${said}`, {
      cause: error,
    });
  }
}

/** Writes `fn`'s text to a file and promotes it; a file that could not be finished never appears under its name. */
export async function writeFile(
  folder: string,
  name: string,
  fn: (write: Draft['write']) => Promise<number>,
): Promise<Output> {
  const file = await draft(folder, name);
  try {
    return await file.promote(await fn(file.write));
  } catch (error) {
    await file.discard();
    throw error;
  }
}

const bom = '\uFEFF';

/** CSV text of some records; each cell guarded. */
export const csvText = (records: readonly (readonly string[])[]): string =>
  stringify(
    records.map((record) => record.map(guard)),
    { quoted: true, quoted_empty: true, record_delimiter: '\r\n' },
  );

/** A whole CSV file from batches of records, streamed. `rows` of the output does not count the header. */
export const writeCsv = (
  folder: string,
  name: string,
  header: readonly string[],
  records: AsyncIterable<readonly (readonly string[])[]>,
): Promise<Output> =>
  writeFile(folder, name, async (write) => {
    let rows = 0;
    await write(bom + csvText([header]));
    for await (const batch of records) {
      rows += batch.length;
      if (batch.length > 0) await write(csvText(batch));
    }
    return rows;
  });
