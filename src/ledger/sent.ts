/**
 * What this process has sent of late, over all of its pushes. By our own monotonic clock; nothing of it need outlive the
 * process, since whoever takes over waits anew.
 */
export interface SentLately {
  /** A request of it left just now. */
  readonly left: (operation: number, key: string) => void;
  /** What was sent may still be under way for so long: its lane is left alone. */
  readonly rest: (operation: number, restMs: number) => void;
  /** Operations that are still to be left alone. */
  readonly resting: () => readonly number[];
  /** The ledger lost its last moments: what was sent in them may have been applied, whatever it says now. */
  readonly suspect: () => readonly Suspect[];
  /** How long ago it left first, ms; null: not of late, or not by this process. No server's clock has a say in it. */
  readonly ageMs: (operation: number, key: string) => number | null;
  readonly isSuspect: (operation: number, key: string) => boolean;
}

export interface Suspect {
  readonly operation: number;
  readonly key: string;
  /** When it left first, by `performance.now()`. */
  readonly first: number;
}

/** Longer than a ledger may lose and a request may take. */
const latelyMs = 180_000;

export function createSentLately(clock: () => number = () => performance.now()): SentLately {
  const until = new Map<number, number>();
  const sent = new Map<number, { readonly key: string; readonly first: number; readonly at: number }>();
  const suspects = new Map<number, string>();
  return {
    left(operation, key) {
      const at = clock();
      const before = sent.get(operation);
      const first = before?.key === key ? before.first : at;
      sent.delete(operation); // so that the map stays in the order of sending
      sent.set(operation, { key, first, at });
      for (const [old, each] of sent) {
        if (each.at > at - latelyMs) break;
        sent.delete(old);
      }
    },
    rest(operation, restMs) {
      if (restMs > 0) until.set(operation, Math.max(until.get(operation) ?? 0, clock() + restMs));
    },
    resting() {
      const at = clock();
      for (const [operation, end] of until) if (end <= at) until.delete(operation);
      return [...until.keys()];
    },
    suspect() {
      for (const [operation, { key }] of sent) suspects.set(operation, key);
      return [...sent].map(([operation, { key, first }]) => ({ operation, key, first }));
    },
    ageMs(operation, key) {
      const known = sent.get(operation);
      return known?.key === key ? clock() - known.first : null;
    },
    isSuspect: (operation, key) => suspects.get(operation) === key,
  };
}
