/**
 * The sliding window as the platform may see it: a log of when our own requests probably arrived. It keeps a process
 * that sends alone within its limit whatever its timers, its network or the platform's own queue do: then booked slots
 * may be used late.
 *
 * A request arrives some time after it was sent and before it was answered. Its answer tells: what it took beyond the
 * fastest of the last answers may have been spent before it was counted, and is taken as such up to `mostJitterMs`,
 * beyond which it is the platform's work and not the way there. (The median would be kinder to a platform whose answers
 * take unevenly long, but on a busy machine it is itself made of waiting: 103 requests were let into a second of 100.)
 */
export interface Window {
  /** 0: a request may leave now. Else: ms to wait. */
  readonly waitMs: (now: number) => number;
  /** A request leaves. Call the result when its answer is there, or it is certain that there will be none. */
  readonly sent: (now: number) => (answeredAt: number) => void;
  /** The most that a request of the last seconds was late, ms. */
  readonly jitterMs: (now: number) => number;
}

const mostJitterMs = 150;
/** Arrival times are compared with a limit that somebody else measures: never cut it to the millisecond. */
const marginMs = 3;
const jitterOfMs = 2_000;
const fastestOf = 200;

interface Sent {
  readonly at: number;
  /** Null until the answer is there. */
  latency: number | null;
}

export function createWindow(limit: number, perMs: number): Window {
  const log: Sent[] = [];
  const latencies: number[] = [];
  let fastest = 0;
  let late: { at: number; ms: number }[] = [];
  /** Judged when asked: the first answers of a process are slow, and only later ones tell that they were. */
  const excessOf = (sent: Sent): number =>
    sent.latency === null ? mostJitterMs : Math.min(mostJitterMs, Math.max(0, sent.latency - fastest));
  const leavesAt = (sent: Sent): number => sent.at + excessOf(sent) + perMs + marginMs;
  return {
    waitMs(now) {
      // in order of sending; one that arrived late keeps some newer ones in the log, which is safe
      while (log[0] !== undefined && leavesAt(log[0]) <= now) log.shift();
      const oldest = log[log.length - limit];
      return oldest === undefined ? 0 : Math.max(1, leavesAt(oldest) - now);
    },
    sent(now) {
      const entry: Sent = { at: now, latency: null };
      log.push(entry);
      return (answeredAt) => {
        entry.latency = answeredAt - entry.at;
        latencies.push(entry.latency);
        if (latencies.length > fastestOf) latencies.shift();
        fastest = Math.min(...latencies);
        const ms = excessOf(entry);
        late = late.filter((each) => each.at > answeredAt - jitterOfMs && each.ms > ms);
        late.push({ at: answeredAt, ms });
      };
    },
    jitterMs: (now) =>
      Math.max(0, ...late.filter((each) => each.at > now - jitterOfMs).map((each) => each.ms)),
  };
}
