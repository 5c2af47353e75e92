/** What a run reports while it runs: events of its stages. */

export type LiveStage = 'read' | 'stage' | 'normalize' | 'push' | 'report';

/** One event. Figures are totals of the run so far, never differences; what an event leaves out stays as it was. */
export interface Progress {
  readonly stage: LiveStage;
  readonly files?: { readonly done: number; readonly total: number; readonly bytes: number };
  /** The file that was landed or refused just now. */
  readonly file?: {
    readonly name: string;
    readonly verdict: string;
    readonly rows: number;
    readonly code: string | null;
  };
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
