/** Waits for a ring or for a time, whichever comes first; a ring that nobody waits for is remembered once. */
export interface Bell {
  readonly ring: () => void;
  readonly wait: (ms: number) => Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let answer: (() => void) | null = null;
  return {
    ring() {
      if (answer) answer();
      else rung = true;
    },
    wait(ms) {
      if (rung) {
        rung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          answer = null;
          resolve();
        };
        const timer = setTimeout(done, ms);
        answer = done;
      });
    },
  };
}
