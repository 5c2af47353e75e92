/** Runs: started over new files, and asked to stop. */
import { resolve } from 'node:path';
import { type Found, findPipeline } from '../check/find.ts';
import { reading } from '../db/transaction.ts';
import { businessDay } from '../flow/business-day.ts';
import { requireSameRules } from '../flow/history.ts';
import type { RunOptions } from '../flow/journey.ts';
import { begin, destinationOf, requireAccess, type Sending } from '../flow/prepare.ts';
import { filesOf, firstOf, newsIn, noInput } from '../flow/take.ts';
import { rewriteDue } from '../flow/touched.ts';
import { PointferryError } from '../ground/errors.ts';
import { type ExitCode, exit } from '../ground/exit.ts';
import { requestStop } from '../ledger/control.ts';
import { resolveRun } from '../ledger/run.ts';
import type { App } from './app.ts';
import { type Answers, type Needs, needsConsent, needsNewAccount } from './consent.ts';
import { leaveOlder, type Older, resumeOlder } from './older-runs.ts';
import { type Bounds, finishRun, isOver, type UsedLimit, usedLimit, withOwner } from './sending.ts';
import type { RunReport, Watching } from './watch.ts';

export interface StartRequest
  extends Bounds,
    Answers,
    Pick<RunOptions, 'files' | 'date' | 'allowDuplicateFile' | 'asNew' | 'allFiles'> {
  /** Older unfinished runs are left alone. */
  readonly onlyNew?: boolean | undefined;
  /** What this request came to before its question was answered: it continues from there. */
  readonly after?: Started | undefined;
}

export interface Started {
  readonly pipeline: string;
  /** Runs that came to their end, in order. */
  readonly runs: readonly RunReport[];
  /** Unfinished runs of earlier requests, and what became of them. */
  readonly older: readonly Older[];
  /** The run over new files; null where none was begun. */
  readonly own: { readonly run: string; readonly exitCode: ExitCode } | null;
  /** There are no files. */
  readonly noInput: boolean;
  /** Asked to stop, or at its limit, before it looked for new files. */
  readonly interrupted: boolean;
  /** Only a person can agree to what comes next. */
  readonly needs: Needs | null;
  /** Why new files were not taken: also where an answer is needed, and where there are none and nothing else was done. */
  readonly refused: PointferryError | null;
  readonly limit: UsedLimit | null;
}

/** What became of new files. */
type Fresh = Pick<Started, 'own' | 'noInput' | 'interrupted' | 'needs' | 'refused'>;
const nothing: Fresh = { own: null, noInput: false, interrupted: false, needs: null, refused: null };

/** Resumes what earlier runs of the pipeline left, then takes new files as a new run. */
export async function startRun(
  app: App,
  pipeline: string,
  request: StartRequest,
  watching: Watching,
): Promise<Started> {
  const found = await findPipeline(app.pipelines, pipeline);
  const { after } = request;
  const begun = after?.limit?.begun ?? 0;
  const bounds = { ...request, limit: request.limit && request.limit - begun };
  return withOwner(app, 'run', bounds, watching, async (sending) => {
    const runs = [...(after?.runs ?? [])];
    const older = after?.older ?? (await olderRuns(sending, found, request, watching, runs));
    const fresh = isOver(sending)
      ? { ...nothing, interrupted: true }
      : await startNew({ sending, found, request, watching, runs }, isAnyOpen(older));
    const refused = fresh.refused ?? (fresh.noInput && older.length === 0 ? noInput(found.pipeline) : null);
    if (fresh.noInput && refused === null) app.log('warn', noInput(found.pipeline).message);
    // last: whatever is wrong with the files of others, everything of this request is done
    if (fresh.refused === null) await rewriteDue(sending);
    const used = usedLimit(sending.allowed);
    const limit = used && { asked: used.asked + begun, begun: used.begun + begun };
    return { pipeline: found.name, runs, older, ...fresh, refused, limit };
  });
}

const olderRuns = (
  sending: Sending,
  { name }: Found,
  { onlyNew }: StartRequest,
  watching: Watching,
  runs: RunReport[],
): Promise<Older[]> =>
  onlyNew === true ? leaveOlder(sending, name) : resumeOlder(sending, watching, name, runs);

const isAnyOpen = (older: readonly Older[]): boolean =>
  older.some(({ exitCode }) => exitCode !== exit.ok && exitCode !== exit.rows);

interface Start {
  readonly sending: Sending;
  readonly found: Found;
  readonly request: StartRequest;
  readonly watching: Watching;
  /** The report of the new run is added. */
  readonly runs: RunReport[];
}

/** What is wrong with new files takes nothing away from what became of older runs. */
async function startNew(start: Start, behindOpen: boolean): Promise<Fresh> {
  try {
    return await takeNew(start, behindOpen);
  } catch (error) {
    if (!(error instanceof PointferryError)) throw error;
    return { ...nothing, refused: error };
  }
}

/**
 * `behindOpen`: an older run is unfinished. Then there is no new run where all files are known: it would only hide the one
 * that failed.
 */
async function takeNew(start: Start, behindOpen: boolean): Promise<Fresh> {
  const { sending, found, request, watching, runs } = start;
  const { name, pipeline, account } = found;
  const options = optionsOf(request);
  const listing = () => filesOf({ ...sending, pipeline, options, base: resolve(sending.pipelines, '..') });
  if (behindOpen) {
    const { kind } = await destinationOf(pipeline.operation, account.platform);
    const how = { options, state: kind.nature === 'state' };
    const news = await newsIn(sending.db, { account: pipeline.account, pipeline: name }, listing(), how);
    if (news === 'known') return nothing;
  }
  const first = await firstOf(listing());
  if (first === null) return { ...nothing, noInput: true };
  const needs = await needsBefore(start);
  if (needs) return { ...nothing, needs, refused: needs.refused };
  const run = await begin(sending, found, options, {
    scope: 'nightly',
    mode: 'run',
    businessDate: options.date ?? first.businessDate ?? businessDay(pipeline),
    of: [],
  });
  const report = await finishRun(sending, watching.watch, run, { files: first.files, options });
  runs.push(report);
  return { ...nothing, own: { run: report.run, exitCode: report.exitCode } };
}

/** Throws what is wrong with the configuration, before there is a run. */
async function needsBefore({ sending, found, request }: Start): Promise<Needs | null> {
  const { db, actor, pipelines: folder } = sending;
  const { baseUrl } = await requireAccess(found, sending);
  await reading(db, (client) => requireSameRules(client, found));
  return (
    (await needsNewAccount(db, actor, { found, baseUrl, folder }, request)) ??
    (await needsConsent(db, actor, found, request))
  );
}

/** What is kept with the run, so that resuming it heeds it too. */
function optionsOf({
  files,
  limit,
  only,
  date,
  allowDuplicateFile,
  asNew,
  allFiles,
}: StartRequest): RunOptions {
  return {
    ...(files !== undefined && files.length > 0 ? { files } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(only === undefined ? {} : { only }),
    ...(date === undefined ? {} : { date }),
    ...(allowDuplicateFile ? { allowDuplicateFile } : {}),
    ...(asNew ? { asNew } : {}),
    ...(allFiles ? { allFiles } : {}),
  };
}

/** Asks a live run, or all, to stop cleanly. Returns those that were asked. */
export async function stopRuns(
  app: App,
  word: string | null,
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly { readonly id: string; readonly pipeline: string }[]> {
  const db = await app.db();
  const run = word === null ? null : await resolveRun(db, word);
  return dryRun ? [] : requestStop(db, run, app.actor);
}
