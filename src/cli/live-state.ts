/** The events of a run, gathered into one state that the display draws. Pure. */
import type { LiveStage, Progress, Subject } from '../app/watch.ts';

export interface LiveState extends Progress {
  readonly subject: Subject;
  readonly now: Date;
  /** When each stage that has begun was first heard of, and when the last event of it came. */
  readonly seen: Readonly<Partial<Record<LiveStage, { readonly from: Date; readonly to: Date }>>>;
}

export const begin = (subject: Subject, now: Date): LiveState => ({ stage: 'read', subject, now, seen: {} });

/** The state after an event. */
export function advance(state: LiveState, event: Progress, now: Date): LiveState {
  const known = state.seen[event.stage];
  const seen = { ...state.seen, [event.stage]: { from: known?.from ?? now, to: now } };
  return { ...state, ...event, now, seen };
}

/** Whole seconds a stage has taken so far. */
export function secondsOf(state: LiveState, stage: LiveStage): number {
  const seen = state.seen[stage];
  if (!seen) return 0;
  const to = stage === state.stage ? state.now : seen.to;
  return Math.max(0, Math.round((to.getTime() - seen.from.getTime()) / 1000));
}

/** When the push will have ended at the present pace; null while nothing can be said. */
export function endsAt(state: LiveState): Date | null {
  const { settled, rate } = state;
  if (state.stage !== 'push' || !settled || !rate || rate <= 0 || state.pause) return null;
  return new Date(state.now.getTime() + (1000 * Math.max(0, settled.total - settled.done)) / rate);
}
