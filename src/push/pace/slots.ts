/** Offers each slot at its moment, by this process's clock, and again a little later while it could not be used. */
export interface Slot {
  readonly probe: boolean;
}

export interface DueSlot extends Slot {
  readonly at: number;
  /** Later than this, the slot is lost. */
  readonly until: number;
}

export interface SlotHooks {
  /** A slot's moment. 0: used. Else: ms after which it is worth asking again. */
  readonly onSlot: (slot: Slot) => number;
  readonly onLost: (slots: number) => void;
}

export interface Slots {
  readonly add: (slots: readonly DueSlot[]) => void;
  /** Slots still to come. */
  readonly count: () => number;
  readonly clear: () => void;
}

export function createSlots(hooks: SlotHooks): Slots {
  let due: DueSlot[] = [];
  let ticking: NodeJS.Timeout | null = null;

  const stop = (): void => {
    if (ticking !== null) clearTimeout(ticking);
    ticking = null;
  };
  const arm = (againMs = 0): void => {
    const first = due[0];
    if (ticking !== null || first === undefined) return;
    ticking = setTimeout(tick, Math.max(againMs, first.at - performance.now()));
  };
  const tick = (): void => {
    ticking = null;
    const now = performance.now();
    let lost = 0;
    let againMs = 0;
    for (let slot = due[0]; slot !== undefined && slot.at <= now + 0.5; slot = due[0]) {
      if (now > slot.until) lost += 1;
      else {
        againMs = hooks.onSlot(slot);
        if (againMs > 0) break;
      }
      due.shift();
    }
    if (lost > 0) hooks.onLost(lost);
    arm(againMs);
  };

  return {
    add(slots) {
      due = [...due, ...slots].sort((a, b) => a.at - b.at);
      stop();
      arm();
    },
    count: () => due.length,
    clear() {
      due = [];
      stop();
    },
  };
}
