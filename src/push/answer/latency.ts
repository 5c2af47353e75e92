/** How long answers took, of the last 200. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Latencies {
  readonly add: (ms: number) => void;
  /** A moving average. */
  readonly typicalMs: () => number;
  /** In whole ms: as long as this a request may still be at work after its sender was killed. */
  readonly slowestMs: () => number;
  /** Null before the first answer. */
  readonly latency: () => Latency | null;
}

const answersKept = 200;
/** Before the first answer. */
const typicalAtFirstMs = 50;
const slowestAtFirstMs = 1_000;

export function createLatencies(): Latencies {
  const last: number[] = [];
  let typicalMs = typicalAtFirstMs;
  return {
    add(ms) {
      typicalMs += (Math.min(ms, 5_000) - typicalMs) * 0.1;
      last.push(ms);
      if (last.length > answersKept) last.shift();
    },
    typicalMs: () => typicalMs,
    slowestMs: () => (last.length === 0 ? slowestAtFirstMs : Math.ceil(Math.max(...last))),
    latency() {
      if (last.length === 0) return null;
      const sorted = [...last].sort((a, b) => a - b);
      const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      return { p50Ms: at(0.5), p99Ms: at(0.99) };
    },
  };
}
