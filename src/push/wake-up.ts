/** Ends a wait early. A call while nobody waits ends the next wait at once. */
export interface WakeUp {
  readonly up: () => void;
  /** Resolves after `ms`, or as soon as `up` is called. */
  readonly wait: (ms: number) => Promise<void>;
}

export function createWakeUp(): WakeUp {
  let isUp = false;
  let waiting: (() => void) | null = null;
  return {
    up() {
      if (waiting) waiting();
      else isUp = true;
    },
    wait(ms) {
      if (isUp) {
        isUp = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting = null;
          resolve();
        };
        const timer = setTimeout(done, ms);
        waiting = done;
      });
    },
  };
}
