/** What a run says of itself while it runs: events of its stages, gathered into one state that screens draw. */

export type LiveStage = 'read' | 'stage' | 'normalize' | 'push' | 'report';
export const liveStages: readonly LiveStage[] = ['read', 'stage', 'normalize', 'push', 'report'];

/** One event. Figures are totals of the run so far, never differences; what an event leaves out stays as it was. */
export interface Progress {
  readonly stage: LiveStage;
  readonly files?: { readonly done: number; readonly total: number; readonly bytes: number };
  readonly rows?: { readonly staged: number; readonly damaged: number };
  readonly operations?: { readonly made: number; readonly rejectedRows: number };
  /** Operations, of those that can be sent at all; parked ones beside them. */
  readonly settled?: {
    readonly done: number;
    readonly total: number;
    readonly ok: number;
    readonly failed: number;
    readonly unknown: number;
    readonly parked: number;
  };
  /** Requests a second over the last seconds. */
  readonly rate?: number;
  /** Share of each window used, 0 to 1, shortest window first. */
  readonly limits?: readonly { readonly limit: number; readonly per: string; readonly used: number }[];
  readonly inFlight?: { readonly now: number; readonly most: number };
  readonly throttled?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Null: no pause any more. */
  readonly pause?: { readonly reason: string; readonly until: Date | null } | null;
}

/** The heading of a run's display. */
export interface Subject {
  readonly pipeline: string;
  readonly run: string;
  readonly account: string;
  readonly production: boolean;
  /** Of the people who look at it: `America/Chicago`. */
  readonly zone: string;
  readonly startedAt: Date;
  readonly deadline: Date | null;
}

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
