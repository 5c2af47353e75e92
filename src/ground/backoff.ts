/** Waits that grow with each attempt and differ between processes, so that they do not come back all at once. */

interface BackoffBounds {
  /** The longest wait before the second attempt; it doubles with each further one. */
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Full jitter: whole ms between 0 and the longest wait after that attempt. `attempt` counts from 1. */
export function backoffMs(
  attempt: number,
  bounds: BackoffBounds,
  random: () => number = Math.random,
): number {
  const longest = Math.min(bounds.mostMs, bounds.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random() * longest);
}
