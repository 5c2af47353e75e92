/** Writes the output of a layer into the private folder. */
import { open } from 'node:fs/promises';
import { fault } from '../faults.ts';
import { ContentHash, type Digest } from '../hash.ts';

/** Writes a new file and hashes it. `measure` throws when a limit is passed. */
export async function keep(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  measure: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Digest> {
  const hash = new ContentHash();
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw fault('READ_WORKDIR', 'cannot write to the private folder', error);
  });
  try {
    for await (const chunk of untilAborted(chunks, signal)) {
      measure(chunk.length);
      hash.update(chunk);
      await file.writeFile(chunk).catch((error: unknown) => {
        throw fault('READ_WORKDIR', 'cannot write to the private folder', error);
      });
    }
  } finally {
    await file.close();
  }
  return hash.digest();
}

/** Ends a wait at the abort: some unpackers never settle on odd input. */
async function* untilAborted<T>(chunks: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = chunks[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = await orAborted(iterator.next(), signal);
      isDone = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // not awaited: it would wait for the read that never settled
    if (!isDone) iterator.return?.().catch(() => {});
  }
}

/** Settles as the promise, or rejects with the reason of an abort that comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
