/** Any source, with acts that failed repeated on a new connection. Sources themselves try once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../ground/backoff.ts';
import type { Code } from '../ground/catalogue.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Candidate, Source } from './source.ts';

export interface Retries {
  /** For one act, the first included. */
  readonly attempts: number;
  /** For one file with all its attempts; looked at with every chunk. */
  readonly totalMs: number;
  readonly signal?: AbortSignal;
}

const pauses = { firstMs: 500, mostMs: 30_000 } as const;

/** What a new connection may repair. */
const worthAnotherTry: ReadonlySet<Code> = new Set(['READ_CONNECT', 'READ_STALLED', 'READ_TRUNCATED']);

const isWorthAnotherTry = (error: unknown): boolean =>
  error instanceof PointferryError && worthAnotherTry.has(error.code);

/** Throws what the last attempt threw, READ_STALLED for a file that takes too long, and the reason of an abort. */
export function retrying(source: Source, retries: Retries): Source {
  /** Returns when the next attempt may begin; throws the error where there is none. */
  const beforeNext = async (attempt: number, error: unknown): Promise<void> => {
    if (!isWorthAnotherTry(error)) throw error;
    await source.reset();
    if (attempt >= retries.attempts) throw error;
    await sleep(backoffMs(attempt, pauses), undefined, { signal: retries.signal });
  };
  const repeated = async <T>(act: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        await beforeNext(attempt, error);
      }
    }
  };
  return {
    display: (path) => source.display(path),
    list: () => repeated(() => source.list()),
    look: (path) => repeated(() => source.look(path)),
    open: (candidate, from) => resumed(source, candidate, from, retries, beforeNext),
    small: (path, limit) => repeated(() => source.small(path, limit)),
    finish: (candidate, sha256, companion) => repeated(() => source.finish(candidate, sha256, companion)),
    putBack: (folder, name, content) => repeated(() => source.putBack(folder, name, content)),
    reset: () => source.reset(),
    close: () => source.close(),
  };
}

/** Each attempt starts at the byte where the one before it ended. */
async function* resumed(
  source: Source,
  candidate: Candidate,
  from: number,
  { totalMs }: Retries,
  beforeNext: (attempt: number, error: unknown) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const deadline = performance.now() + totalMs;
  const isLate = (): boolean => performance.now() > deadline;
  let position = from;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const chunk of source.open(candidate, position)) {
        if (isLate()) throw new PointferryError('READ_STALLED', `not done after ${totalMs / 1000} s`);
        position += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (isLate()) throw error;
      await beforeNext(attempt, error);
    }
  }
}
