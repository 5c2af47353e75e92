/**
 * From booked blocks to moments: each slot is offered at its time by our own clock, and again a little later while it
 * could not be used. How late a slot may be used depends on who else sends: alone, our own log of the window keeps a
 * late burst within the limit; else a slot is lost after half of its guard, the other half being for what happens to a
 * request on its way.
 *
 * bottleneck releases the blocks, one `schedule` per block (it pays milliseconds of timers per job). Its reservoir is
 * the limit of the window, and a block's weight flows back one window after the block began: a second fence, in this
 * process, should the bookings ever be wrong. Its own refresh is not used: it looks at its clock every 250 ms only, and
 * a refresh that comes a tick late costs a quarter of a second of sending.
 */

import type { RateWindow } from '../../destinations/limits.ts';
import { createLimiter } from './limiter.ts';
import type { Block } from './permits.ts';
import { createSlots, type DueSlot, type SlotHooks } from './slots.ts';

export interface Pacer {
  /** `nowMs`: the database's clock while the block was booked; `answeredAt`: ours, after it. */
  readonly add: (block: Block, clock: { nowMs: number; answeredAt: number }) => void;
  /** Slots still to come. */
  readonly ahead: () => number;
  /** Ms until the last slot booked; negative when it has gone by. */
  readonly aheadMs: () => number;
  /** Forgets the slots still to come: the account is paused, stopped, or its breaker open. */
  readonly drop: () => void;
  readonly close: () => Promise<void>;
}

/** The release of a block is asked for this long before its first slot: bottleneck takes a few ms. */
const releaseAheadMs = 15;

/** Alone, a slot may be used this late. Not for ever: another process may begin to send at any time. */
const aloneLateMs = 400;

export function createPacer(pace: RateWindow, hooks: SlotHooks): Pacer {
  const limiter = createLimiter(pace);
  const slots = createSlots(hooks);
  const clock = createClock();
  const timers = new Set<NodeJS.Timeout>();
  let held = 0; // slots of blocks that bottleneck has not released yet
  let lastAt = Number.NEGATIVE_INFINITY;
  let epoch = 0; // rises when slots are dropped, so that blocks on their way are forgotten too

  const later = (ms: number, fn: () => void): void => {
    const run = (): void => {
      timers.delete(timer);
      fn();
    };
    const timer = setTimeout(run, Math.max(0, ms));
    timers.add(timer);
  };
  const release = (block: readonly DueSlot[], born: number): void => {
    // whatever became of them, they count against the window from now on
    later(pace.perMs, () => limiter.flowBack(block.length));
    if (born !== epoch) return;
    held -= block.length;
    slots.add(block);
  };
  const schedule = (block: readonly DueSlot[], born: number): void => {
    if (born !== epoch) return;
    limiter
      .schedule(block.length, () => release(block, born))
      .catch(() => {
        if (born !== epoch) return;
        held -= block.length; // waited in a limiter whose clock was set
        hooks.onLost(block.length);
      });
  };

  return {
    add(booked, { nowMs, answeredAt }) {
      const block = slotsOf(booked, clock(answeredAt, nowMs));
      const born = epoch;
      held += block.length;
      lastAt = Math.max(lastAt, block.at(-1)?.at ?? lastAt);
      later((block[0]?.at ?? 0) - performance.now() - releaseAheadMs, () => schedule(block, born));
    },
    ahead: () => held + slots.count(),
    aheadMs: () => lastAt - performance.now(),
    drop() {
      const dropped = held + slots.count();
      epoch += 1;
      held = 0;
      slots.clear();
      lastAt = Number.NEGATIVE_INFINITY;
      if (dropped > 0) hooks.onLost(dropped);
    },
    async close() {
      epoch += 1;
      slots.clear();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await limiter.close();
    },
  };
}

/** `offset`: from the database's clock to ours. */
function slotsOf(block: Block, offset: number): readonly DueSlot[] {
  const late = block.shared ? block.guardMs / 2 : aloneLateMs;
  return Array.from({ length: block.permits }, (_none, i) => {
    const at = block.startMs + offset + i * block.everyMs;
    return { at, until: at + late, probe: block.probe };
  });
}

/**
 * Our clock minus the database's. Each booking gives one reading, too large by at most its round trip; the smallest of
 * the last readings is the truest, and a steady offset keeps the blocks from shifting against each other. No round trip
 * takes seconds: a reading that is so much larger says that the database's clock was set back, and all earlier ones are
 * void (else every slot would lie in the past, and be lost, until they were forgotten).
 */
const clockSetMs = 2_000;

function createClock(): (answeredAt: number, nowMs: number) => number {
  let readings: { at: number; offset: number }[] = [];
  return (answeredAt, nowMs) => {
    // clocks drift: what was read long ago is no longer true
    const offset = answeredAt - nowMs;
    readings = readings.filter(
      (reading) => reading.at > answeredAt - 20_000 && offset - reading.offset < clockSetMs,
    );
    readings.push({ at: answeredAt, offset });
    return Math.min(...readings.map((reading) => reading.offset));
  };
}
