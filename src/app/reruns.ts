/** Reruns: rejected and failed rows of a run sent again, with the pipeline as it is today or as somebody edited them. */

import { type Found, findPipeline } from '../check/find.ts';
import type { Db } from '../db/pool.ts';
import { run as query, runMaybe, runOne } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import type { RunOptions } from '../flow/journey.ts';
import { begin, requireAccess, type Sending } from '../flow/prepare.ts';
import { type RehearsedRerun, rehearseRerun } from '../flow/rehearse.ts';
import { NothingToRerun, type Selected, type Selection, takeRows } from '../flow/rerun.ts';
import { rewriteDue } from '../flow/touched.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';
import { counted } from '../ground/words.ts';
import { loadRun, type Run, readRun, resolveRun } from '../ledger/run.ts';
import { inSnapshot } from '../report/findings/snapshot.ts';
import { type ReadBack, readBack } from '../report/readback/readback.ts';
import { openSheet, refused, type Sheet } from '../report/readback/sheet.ts';
import type { App } from './app.ts';
import { type Answers, type Needs, needsConsent } from './consent.ts';
import { type Bounds, finishRun, withOwner } from './sending.ts';
import type { RunReport, Watching } from './watch.ts';

/** Which rows of a run; all that is stated must hold. */
export interface RerunSelection {
  readonly code?: string | undefined;
  /** The number of a group of errors. */
  readonly group?: number | undefined;
  /** Where they were refused. */
  readonly stage?: 'stage' | 'normalize' | 'push' | undefined;
  /** Refused since then, ISO 8601. */
  readonly since?: string | undefined;
  /** These rows, with these edits. */
  readonly edits?: Edits | undefined;
}

/** An errors.csv that somebody edited, compared with the run that it came from. */
export interface Edits {
  readonly run: string;
  readonly sheet: Sheet;
  readonly back: ReadBack;
  /** Nothing of it may be used. */
  readonly refused: PointferryError | null;
}

/** Compares an edited errors.csv with its run. `accept`: columns whose edits count although they were not at fault. */
export async function readEdits(
  app: App,
  word: string,
  file: string,
  accept: readonly string[],
): Promise<Edits> {
  const { db, of, today } = await rerunOf(app, word);
  const sheet = await openSheet(file);
  const back = await inSnapshot(db, async (client) =>
    readBack(client, await readRun(client, of.id), today.pipeline, sheet, accept),
  );
  const { problems } = back;
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  const why = `${sheet.name} is not taken: ${problems.slice(0, 5).join('; ')}${more}`;
  return { run: of.id, sheet, back, refused: problems.length === 0 ? null : refused(why) };
}

export interface RerunPreview {
  /** The run that the rows belong to. */
  readonly run: string;
  /** Null: no row that fits is rejected or failed. */
  readonly seen: RehearsedRerun | null;
}

/** What a rerun would do, found out by its own code and rolled back. */
export async function previewRerun(app: App, word: string, request: RerunSelection): Promise<RerunPreview> {
  const { db, of, today } = await rerunOf(app, word);
  const selection = selectionOf(of.id, request);
  const takeUncertain = await namesUncertain(db, selection);
  const seen = await rehearseRerun(db, { found: today, selection, takeUncertain });
  await warnOfLeftRows(db, app.log, of.id);
  return { run: of.id, seen };
}

export interface Rerun {
  /** The run that the rows belong to. */
  readonly of: string;
  /** Null: no row that fits is rejected or failed, or an answer is needed first. */
  readonly report: RunReport | null;
  readonly needs: Needs | null;
}

/** Sends the selected rows again, as a run of their own. Nothing is done while an answer is needed. */
export async function startRerun(
  app: App,
  word: string,
  request: RerunSelection & Pick<Bounds, 'embedded'> & Pick<Answers, 'consent'>,
  watching: Watching,
): Promise<Rerun> {
  const { of, today } = await rerunOf(app, word);
  if (request.edits?.refused) throw request.edits.refused;
  const selection = selectionOf(of.id, request);
  return withOwner(app, 'rerun', { embedded: request.embedded }, watching, async (sending) => {
    await requireAccess(today, sending);
    const needs = await needsConsent(sending.db, app.actor, today, request);
    if (needs) return { of: of.id, report: null, needs };
    await warnOfLeftRows(sending.db, app.log, of.id);
    const begun = await beginRerun(sending, today, of, selection, request.edits?.sheet.name);
    if (begun) watching.watch({ type: 'selected', run: begun.run.id, selected: begun.selected });
    const report = begun && (await finishRun(sending, watching.watch, begun.run));
    await rewriteDue(sending);
    return { of: of.id, report, needs };
  });
}

/** The run, and its pipeline as it is today. */
async function rerunOf(app: App, word: string): Promise<{ db: Db; of: Run; today: Found }> {
  const db = await app.db();
  const of = await loadRun(db, await resolveRun(db, word));
  return { db, of, today: await findPipeline(app.pipelines, of.pipeline) };
}

const selectionOf = (run: string, { code, group, stage, since, edits }: RerunSelection): Selection => ({
  run,
  code: code ?? null,
  group: group ?? null,
  stage: stage ?? null,
  since: since ?? null,
  only: edits?.back.taken ?? null,
});

const uncertain = 'NORMALIZE_GROUP_UNCERTAIN';

/** Does it name the code whose groups are then taken as whole? Throws CONFIG_USAGE for a group that is not there. */
async function namesUncertain(db: Db, { run, code, group: number }: Selection): Promise<boolean> {
  if (number === null) return code === uncertain;
  const group = await reading(db, (client) => runMaybe(client, 'ledger/error-group', { run, number }));
  if (group) return group.code === uncertain || code === uncertain;
  throw new PointferryError('CONFIG_USAGE', `rerun: run ${run} has no group ${number}`, {
    hint: 'pointferry rerun --help',
  });
}

/** Null: there is nothing to rerun. */
async function beginRerun(
  sending: Sending,
  today: Found,
  of: Run,
  selection: Selection,
  from: string | undefined,
): Promise<{ run: Run; selected: Selected } | null> {
  const takeUncertain = await namesUncertain(sending.db, selection);
  const options: RunOptions = { rerun: kept(selection, from), takeUncertain };
  const tries: Selected[] = []; // one per try of the transaction
  try {
    const run = await begin(sending, today, options, {
      scope: 'rerun',
      mode: 'rerun',
      businessDate: of.businessDate,
      of: [of.id],
      alongside: async (client, id) => {
        tries.push(await takeRows(client, id, selection, today));
      },
    });
    const selected = tries.at(-1);
    return selected ? { run, selected } : null;
  } catch (error) {
    if (error instanceof NothingToRerun) return null;
    throw error;
  }
}

/** What was asked for, kept with the run for people. */
const kept = (
  { run, code, group, stage, since }: Selection,
  from: string | undefined,
): NonNullable<RunOptions['rerun']> => ({
  run,
  ...(code === null ? {} : { code }),
  ...(group === null ? {} : { group }),
  ...(stage === null ? {} : { stage }),
  ...(since === null ? {} : { since }),
  ...(from === undefined ? {} : { from }),
});

async function warnOfLeftRows(db: Db, log: Log, run: string): Promise<void> {
  const { rows, unfinished } = await reading(db, async (client) => ({
    rows: (await runOne(client, 'rerun/unknown', { run })).rows,
    unfinished: await query(client, 'rerun/unfinished', { run }),
  }));
  if (rows > 0)
    log(
      'warn',
      `${counted(rows, 'row')} of unknown outcome left alone: pointferry settle ${run} comes first`,
      { run },
    );
  for (const { id } of unfinished)
    log('warn', `rerun ${id} is unfinished, its rows are left to it: pointferry resume ${id}`, { run });
}
