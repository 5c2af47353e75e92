/** Waiting for something to be true, told of each change: so that tests need no sleep. */
export interface Watch {
  /** Tells all who wait to look again. */
  changed(): void;
  /** Resolves true when `isSo`, false when the time is over. */
  until(isSo: () => boolean, timeoutMs: number): Promise<boolean>;
}

export function newWatch(): Watch {
  const looking = new Set<() => void>();
  return {
    changed: () => {
      for (const look of [...looking]) look();
    },
    until: (isSo, timeoutMs) =>
      new Promise((resolve) => {
        if (isSo()) return resolve(true);
        const end = (reached: boolean): void => {
          looking.delete(look);
          clearTimeout(timer);
          resolve(reached);
        };
        const look = (): void => {
          if (isSo()) end(true);
        };
        const timer = setTimeout(() => end(false), timeoutMs).unref();
        looking.add(look);
      }),
  };
}
