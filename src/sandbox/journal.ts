/**
 * The journal: an append-only file of JSON lines, the sandbox's only memory. A line is on the disk (fdatasync) before
 * the request that caused it is answered; requests that arrive together share one sync.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { PointferryError } from '../ground/errors.ts';
import { parseExact } from './json.ts';

export interface Journal {
  /** Queues one line. Order of calls is order in the file. */
  append(line: unknown): void;
  /** Resolves when everything queued so far is on the disk; rejects for ever once a write has failed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the file, hands each line to `replay`, cuts off a last line without its line end (the process died while
 * writing it, so nobody was told of it), and gives back the open journal.
 * @throws PointferryError CONFIG_INVALID when a whole line is not JSON.
 */
export async function openJournal(path: string, replay: (line: unknown) => void): Promise<Journal> {
  const file = await open(path, 'a+', 0o600);
  try {
    const whole = await readLines(file, path, replay);
    await file.truncate(whole);
    await file.datasync();
    return writer(file, path, whole);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads line by line; returns the length in bytes of the part that consists of whole lines. */
async function readLines(file: FileHandle, path: string, replay: (line: unknown) => void): Promise<number> {
  const chunk = Buffer.alloc(1 << 20);
  let rest = Buffer.alloc(0);
  let whole = 0;
  let number = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return whole;
    position += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = rest.indexOf(10, start); end >= 0; end = rest.indexOf(10, start)) {
      number += 1;
      replay(parseLine(rest.toString('utf8', start, end), path, number));
      whole += end + 1 - start;
      start = end + 1;
    }
    rest = Buffer.from(rest.subarray(start));
  }
}

function parseLine(text: string, path: string, line: number): unknown {
  try {
    return parseExact(text);
  } catch (cause) {
    throw new PointferryError('CONFIG_INVALID', 'the journal holds a line that is not JSON', {
      where: { file: path, line },
      hint: 'start the sandbox with another --journal',
      cause,
    });
  }
}

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Two sandboxes on one journal would each know half of what was applied. */
const foreign = (path: string): PointferryError =>
  new PointferryError('CONFIG_INVALID', 'another process writes into the journal of this sandbox', {
    where: { file: path },
    hint: 'give each sandbox a --journal of its own',
  });

function writer(file: FileHandle, path: string, length: number): Journal {
  let queued: string[] = [];
  let waiters: Waiter[] = [];
  let appended = 0;
  let durable = 0;
  let writing = false;
  let expected = length;
  let failed: { readonly error: unknown } | undefined;

  const settle = (): void => {
    const { ready = [], waiting = [] } = Object.groupBy(waiters, (one) =>
      failed !== undefined || one.upTo <= durable ? 'ready' : 'waiting',
    );
    waiters = waiting;
    for (const one of ready) failed === undefined ? one.resolve() : one.reject(failed.error);
  };

  const writeAll = async (): Promise<void> => {
    writing = true;
    // One turn of the event loop lets requests that arrived together join this sync.
    await new Promise((resolve) => setImmediate(resolve));
    while (queued.length > 0 && failed === undefined) {
      const lines = queued;
      queued = [];
      try {
        const bytes = Buffer.from(lines.join(''));
        if ((await file.stat()).size !== expected) throw foreign(path);
        await file.appendFile(bytes);
        expected += bytes.length;
        await file.datasync();
        durable += lines.length;
      } catch (error) {
        failed = { error };
      }
      settle();
    }
    writing = false;
  };

  const settled = (): Promise<void> => {
    if (failed !== undefined) return Promise.reject(failed.error);
    if (durable === appended) return Promise.resolve();
    if (!writing) void writeAll();
    return new Promise((resolve, reject) => waiters.push({ upTo: appended, resolve, reject }));
  };

  return {
    append: (line) => {
      queued.push(`${JSON.stringify(line)}\n`);
      appended += 1;
    },
    settled,
    close: async () => {
      await settled().finally(() => file.close());
    },
  };
}
