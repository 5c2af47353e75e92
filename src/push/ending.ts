/** How a push ends: the first reason that is given counts. */
import type { Ended } from './result.ts';

export interface Ending {
  readonly finish: (ended: Ended, reason: string | null) => void;
  readonly fail: (cause: unknown) => void;
  readonly isOver: () => boolean;
  readonly end: () => { readonly ended: Ended; readonly reason: string | null } | null;
  readonly error: () => { readonly cause: unknown } | null;
}

export function createEnding(wakeUp: () => void): Ending {
  let end: ReturnType<Ending['end']> = null;
  let error: ReturnType<Ending['error']> = null;
  return {
    finish(ended, reason) {
      end ??= { ended, reason };
      wakeUp();
    },
    fail(cause) {
      error ??= { cause };
      wakeUp();
    },
    isOver: () => end !== null || error !== null,
    end: () => end,
    error: () => error,
  };
}
