/** What an operator decides: recorded in the ledger with name and note. */
import type { Client } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { loadKinds } from '../destinations/index.ts';
import { rewrite, runsOfOperations } from '../flow/touched.ts';
import { PointferryError } from '../ground/errors.ts';
import { noteDecision } from '../ledger/decisions.ts';
import { dismiss, requireOpen } from '../ledger/dismiss.ts';
import { reopenCommand } from '../ledger/next-step.ts';
import { sayWaiting } from '../ledger/owner.ts';
import { acceptLedger, lookAtLedger } from '../ledger/position/check.ts';
import { marksFolder } from '../ledger/position/mark.ts';
import { loadRun, resolveRun } from '../ledger/run.ts';
import { type DecidedAs, decideUnknown, type Unsettled } from '../push/work/unknown.ts';
import type { App } from './app.ts';

/** Rows of a run whose outcome is unknown: one row with its whole transaction, or a group of errors. */
export type UnknownRows =
  | { readonly row: { readonly file: number; readonly record: number } }
  | { readonly group: number };

export interface SettleRequest {
  readonly rows: UnknownRows;
  readonly as: DecidedAs;
  /** How it is known. */
  readonly note: string;
  /** Changes nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface Settled {
  readonly run: string;
  readonly as: DecidedAs;
  readonly operations: number;
  /** All that share these operations, whichever were asked for. */
  readonly rows: number;
  /** Runs whose rows these are. */
  readonly runs: readonly string[];
  /** Runs that have operations to send again. */
  readonly reopened: readonly string[];
}

/** Decides what became of requests that were sent and never answered. Throws CONFIG_USAGE where none of the rows is unknown. */
export async function settleUnknown(app: App, word: string, request: SettleRequest): Promise<Settled> {
  const { rows: asked, as, note, dryRun = false } = request;
  const db = await app.db();
  const run = await resolveRun(db, word);
  const kinds = await loadKinds();
  const unsettled = await reading(db, (client) => unsettledOf(client, run, asked));
  const decided = await inTransaction(
    db,
    async (client) => {
      const done = await decideUnknown(client, unsettled, { as, by: app.actor, kinds, look: dryRun });
      const { operations, account, rows } = done;
      if (operations.length === 0 || dryRun) return done;
      if (as === 'retry') await query(client, 'ledger/reopen-runs', { ids: done.runs });
      const detail = { as, operations, rows };
      await noteDecision(client, { actor: app.actor, verb: 'settle', run, account, note, detail });
      return done;
    },
    { lostCommit: 'settle' },
  );
  const { operations, rows } = decided;
  if (operations.length === 0) throw nothingUnknown(run, asked);
  const touched = await runsOfOperations(db, operations);
  if (!dryRun) await rewrite({ ...app, db }, touched);
  return {
    run,
    as,
    operations: operations.length,
    rows,
    runs: touched.map(({ id }) => id),
    reopened: as === 'retry' ? decided.runs : [],
  };
}

/** Throws CONFIG_USAGE for a group that is not there. */
async function unsettledOf(client: Client, run: string, asked: UnknownRows): Promise<Unsettled> {
  if ('row' in asked) return { run, ...asked.row };
  const { group: number } = asked;
  const group = await runMaybe(client, 'ledger/error-group', { run, number });
  if (group) return { run, ...group };
  throw new PointferryError('CONFIG_USAGE', `run ${run} has no group ${number}`, {
    hint: `pointferry errors ${run} --group`,
  });
}

const nothingUnknown = (run: string, asked: UnknownRows): PointferryError =>
  new PointferryError(
    'CONFIG_USAGE',
    'row' in asked
      ? `row ${asked.row.file}-${asked.row.record} of ${run} is not there, or its outcome is not unknown`
      : `no row of group ${asked.group} of ${run} has an unknown outcome`,
    { hint: `pointferry errors ${run} --unknown` },
  );

export interface DismissRequest {
  /** Only the rows that are in this group of errors now; null: the run as a whole. */
  readonly group: number | null;
  readonly note: string;
  /** Changes nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface Dismissed {
  readonly run: string;
  readonly status: string;
  readonly exitCode: number | null;
  /** What takes it up again. */
  readonly reopen: string;
}

/** Gives up an open run, or one group of its errors: it no longer counts in status and exit codes. */
export async function dismissRun(app: App, word: string, request: DismissRequest): Promise<Dismissed> {
  const { group, note, dryRun = false } = request;
  const db = await app.db();
  const run = await resolveRun(db, word);
  if (dryRun) await requireOpen(db, { run, group });
  else {
    const { folder } = await loadRun(db, run);
    await dismiss(db, { run, group, actor: app.actor, note }, sayWaiting(app.log));
    await rewrite({ ...app, db }, [{ id: run, folder }]);
  }
  const after = await loadRun(db, run);
  return { run, status: after.status, exitCode: after.exitCode, reopen: reopenCommand(after) };
}

export interface LedgerState {
  readonly ledger: string;
  /** Why it is behind what this machine saw of it; null where it is not. */
  readonly behind: string | null;
}

/** Did the ledger go back in time? Changes nothing. */
export async function ledgerState(app: App): Promise<LedgerState> {
  const { place, behind } = await lookAtLedger(await app.db(), marksFolder(app.workdir, app.env));
  return { ledger: place.id, behind };
}

/** Continues with a ledger that went back; what was sent since is sent again. */
export async function acceptLedgerAsIs(app: App, note: string): Promise<void> {
  await acceptLedger(await app.db(), marksFolder(app.workdir, app.env), { actor: app.actor, note });
}
