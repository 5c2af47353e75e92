/** Reports how a push gets on. */
import type { Latencies } from './answer/latency.ts';
import type { InFlight } from './pace/in-flight.ts';
import type { PushCounts, PushEvent, WaitingFor } from './result.ts';

export interface Progress {
  readonly settled: () => void;
  /** Reports each reason once, not at every turn; null: the push does not wait any more. */
  readonly waiting: (reason: WaitingFor | null, words: string) => void;
  readonly warn: (words: string) => void;
}

export function createProgress(
  emit: (event: PushEvent) => void,
  counts: PushCounts,
  inFlight: Pick<InFlight<unknown>, 'count'>,
  latencies: Pick<Latencies, 'latency'>,
): Progress {
  let waitsFor = '';
  return {
    settled: () =>
      emit({ event: 'settled', counts, inFlight: inFlight.count(), latency: latencies.latency() }),
    waiting(reason, words) {
      if (waitsFor === `${reason}${words}`) return;
      waitsFor = `${reason}${words}`;
      if (reason !== null) emit({ event: 'waiting', reason, words });
    },
    warn: (words) => emit({ event: 'warning', words }),
  };
}
