/** Numbers that come again with the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to `below` - 1. */
export const below = (next: () => number, limit: number): number => Math.floor(next() * limit);

export function pick<T>(next: () => number, from: readonly T[]): T {
  const item = from[below(next, from.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
