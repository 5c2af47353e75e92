/** A run, as everybody knows it: one type, its JSON parsed once. */
import type { Client, Db } from '../db/pool.ts';
import { type RowOf, runMaybe } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import { numbers, record } from '../ground/json.ts';
import { isDay } from '../ground/words.ts';
import { storedAccount, storedPipeline } from '../pipeline/definition.ts';
import type { Account, Pipeline } from '../pipeline/types.ts';

export type Scope = 'nightly' | 'backfill' | 'rerun';
export type Mode = 'run' | 'rerun' | 'backfill';
export type Stage = 'read' | 'stage' | 'normalize' | 'push' | 'report' | 'done';
export type Status = 'running' | 'completed' | 'completed_with_errors' | 'stopped' | 'failed' | 'interrupted';

/** A pipeline as its run stores it. */
export interface Definition extends Pipeline {
  /** The folder that relative paths of a local source start from. */
  readonly base?: string;
}

export interface Run {
  readonly id: string;
  readonly seq: number;
  readonly pipeline: string;
  readonly account: string;
  readonly platform: string;
  readonly accountStage: Account['stage'];
  readonly kind: string;
  readonly scope: Scope;
  readonly mode: Mode;
  readonly businessDate: string | null;
  readonly actor: string;
  readonly definition: Definition;
  readonly definitionHash: string;
  readonly accountDefinition: Account;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of a rerun: the runs that read its rows. */
  readonly of: readonly string[];
  readonly folder: string;
  readonly stage: Stage;
  readonly status: Status;
  readonly exitCode: number | null;
  readonly stopCode: string | null;
  readonly stopReason: string | null;
  /** Of the run's files: rises when they are rewritten. */
  readonly version: number;
  /** By stage. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Rows of finished runs that this one settled, by bucket. */
  readonly carried: Readonly<Record<string, number>>;
  /** Token of the process that holds it. */
  readonly owner: number | null;
  readonly stopRequested: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Null where nobody has given it up since its end. */
  readonly dismissed: Dismissed | null;
  /** The database's clock at the snapshot that it was read in. */
  readonly asOf: Date;
}

/** Who gave something up, when, and why. */
export interface Dismissed {
  readonly by: string;
  readonly at: Date;
  readonly note: string;
}

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

function parseRun(row: RowOf<'ledger/run'>): Run {
  const { dismissedAt, dismissedBy, dismissedNote, ...run } = row;
  return {
    ...run,
    dismissed: dismissedFrom({ dismissedAt, dismissedBy, dismissedNote }),
    definition: storedPipeline(row.definition),
    accountDefinition: storedAccount(row.accountDefinition),
    options: record(row.options),
    seconds: numbers(row.seconds),
    carried: numbers(row.carried),
  };
}

/** The run of that id, in the caller's snapshot. Throws CONFIG_USAGE where there is none. */
export async function readRun(client: Client, id: string): Promise<Run> {
  const row = await runMaybe(client, 'ledger/run', { id });
  if (!row) throw unknownRun(id);
  return parseRun(row);
}

export const loadRun = (db: Db, id: string): Promise<Run> => reading(db, (client) => readRun(client, id));

/** `<run>` as it is typed: an id, PIPELINE@last or PIPELINE@DATE. Returns the id. */
export async function resolveRun(db: Db, word: string): Promise<string> {
  const [pipeline = '', when] = word.split('@');
  if (when === undefined) return (await loadRun(db, word)).id;
  if (when !== 'last' && !isDay(when)) {
    throw new PointferryError('CONFIG_USAGE', `${word}: expected PIPELINE@last or PIPELINE@yyyy-mm-dd`);
  }
  const found = await reading(db, (client) =>
    runMaybe(client, 'ledger/find-run', { pipeline, date: when === 'last' ? null : when }),
  );
  if (!found) throw unknownRun(word);
  return found.id;
}

const unknownRun = (word: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `there is no run ${word}`, { hint: 'pointferry status' });
