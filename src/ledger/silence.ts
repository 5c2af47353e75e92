/**
 * How long owners have been silent, by our own monotonic clock: neither a server's clock that is set nor one of ours can
 * make a living process look dead.
 */
export interface Sign {
  readonly token: number;
  /** Another one at each sign of life. */
  readonly heartbeatAt: string;
  readonly leaseMs: number;
}

export interface Silence {
  /** Looks at an owner as it was just read. True: it gave no sign of life for the whole of its lease. */
  readonly isOver: (sign: Sign) => boolean;
}

interface Watched {
  readonly heartbeat: string;
  readonly lookedAt: number;
  readonly silentMs: number;
}

export function createSilence(now: () => number = () => performance.now()): Silence {
  const watched = new Map<number, Watched>();
  return {
    isOver({ token, heartbeatAt: heartbeat, leaseMs }) {
      const before = watched.get(token);
      const lookedAt = now();
      const silentMs = before?.heartbeat === heartbeat ? goOn(before, lookedAt, leaseMs) : 0;
      watched.set(token, { heartbeat, lookedAt, silentMs });
      return silentMs >= leaseMs;
    },
  };
}

/** Looks are seconds apart. */
const leastGapMs = 5_000;

/** While we did not look, the database may have been away, and then nobody could give a sign: such a gap begins anew. */
function goOn({ silentMs, lookedAt }: Watched, now: number, leaseMs: number): number {
  const gap = now - lookedAt;
  return gap > Math.max(leastGapMs, leaseMs / 3) ? 0 : silentMs + gap;
}
