/** A run as its report needs it. */
import type { Client } from '../db/pool.ts';
import { runMaybe } from '../db/sql.ts';
import { PointferryError } from '../ground/errors.ts';
import { numbers, record } from '../ground/json.ts';

export interface ReportedRun {
  readonly id: string;
  readonly seq: number;
  readonly pipeline: string;
  readonly account: string;
  readonly platform: string;
  readonly accountStage: 'sandbox' | 'staging' | 'production';
  readonly kind: string;
  readonly scope: 'nightly' | 'backfill' | 'rerun';
  readonly mode: 'run' | 'rerun' | 'backfill';
  readonly businessDate: string | null;
  readonly actor: string;
  /** As stored, parsed from JSON and no further. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly definitionHash: string;
  readonly accountDefinition: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly of: readonly string[];
  readonly folder: string;
  readonly stage: string;
  readonly status: 'running' | 'completed' | 'completed_with_errors' | 'stopped' | 'failed' | 'interrupted';
  readonly exitCode: number | null;
  readonly stopCode: string | null;
  readonly stopReason: string | null;
  /** Of the run's files: rises when they are rewritten. */
  readonly version: number;
  /** By stage. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly carried: Readonly<Record<string, number>>;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly dismissed: Dismissed | null;
  /** The database's clock at the snapshot that everything else is read from. */
  readonly asOf: Date;
}

/** Given up by a person: who, when, and why. */
export interface Dismissed {
  readonly by: string;
  readonly at: Date;
  readonly note: string;
}

/** As tables keep it; null where nobody has given it up. */
export interface DismissedColumns {
  readonly dismissedAt: Date | null;
  readonly dismissedBy: string | null;
  readonly dismissedNote: string | null;
}

export const dismissedFrom = ({
  dismissedAt,
  dismissedBy,
  dismissedNote,
}: DismissedColumns): Dismissed | null =>
  dismissedAt && { by: dismissedBy ?? '', at: dismissedAt, note: dismissedNote ?? '' };

type JsonColumn = 'definition' | 'accountDefinition' | 'options' | 'seconds' | 'carried';
type Stored = Omit<ReportedRun, JsonColumn | 'dismissed'> &
  Readonly<Record<JsonColumn, unknown>> &
  DismissedColumns;

/** The run of that id. Throws CONFIG_USAGE when there is none. */
export async function reportedRun(client: Client, id: string): Promise<ReportedRun> {
  const row = await runMaybe<Stored>(client, 'report/run', { run: id });
  if (!row) throw new PointferryError('CONFIG_USAGE', `there is no run ${id}`, { hint: 'pointferry status' });
  const { dismissedAt, dismissedBy, dismissedNote, ...run } = row;
  return {
    ...run,
    dismissed: dismissedFrom({ dismissedAt, dismissedBy, dismissedNote }),
    definition: record(row.definition),
    accountDefinition: record(row.accountDefinition),
    options: record(row.options),
    seconds: numbers(row.seconds),
    carried: numbers(row.carried),
  };
}

/** What a pipeline says of its rows' amounts: none at all, one currency for all, or a column of the file. */
export function amountRule(run: ReportedRun): { readonly currency: string } | null {
  const { amount } = run.definition;
  if (amount === undefined || amount === null) return null;
  const { currency } = record(amount);
  return { currency: typeof currency === 'string' ? currency : '?' };
}
