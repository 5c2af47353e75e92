/** What requests that send have in common: this process is registered, and runs are taken to their end. */
import { type Allowed, everything, isUsedUp, type RunOptions } from '../flow/journey.ts';
import { journeyOf, type Sending } from '../flow/prepare.ts';
import type { Subject } from '../flow/progress.ts';
import { travel } from '../flow/steps.ts';
import { deadlineOf } from '../ground/clock.ts';
import { leaseFrom, registerOwner } from '../ledger/owner.ts';
import { requireLedger } from '../ledger/position/check.ts';
import { marksFolder } from '../ledger/position/mark.ts';
import type { Run } from '../ledger/run.ts';
import type { Outcome } from '../read/files.ts';
import type { App } from './app.ts';
import { tellStory } from './story.ts';
import type { RunReport, Watching } from './watch.ts';

/** What a request may send, over all of its runs, oldest first; the rest stays pending. */
export interface Bounds {
  /** At most this many operations. */
  readonly limit?: number | undefined;
  /** Only this transaction, member or key. */
  readonly only?: string | undefined;
  /** The database of the work folder is good enough for remote platforms. */
  readonly embedded?: boolean | undefined;
}

/** A limit, and how much of it is used. */
export interface UsedLimit {
  readonly asked: number;
  readonly begun: number;
}

export const usedLimit = ({ limit }: Allowed): UsedLimit | null =>
  limit === null ? null : { asked: limit.most, begun: limit.begun.size };

/** Nothing more may be sent by this request: it was asked to stop, or its limit is used up. */
export const isOver = ({ signal, allowed }: Sending): boolean => signal.aborted || isUsedUp(allowed);

/** Looks whether the ledger went back, registers this process under `verb`, and ends it in order. */
export async function withOwner<T>(
  app: App,
  verb: 'run' | 'resume' | 'rerun',
  { limit, only, embedded = false }: Bounds,
  { signal }: Watching,
  fn: (sending: Sending) => Promise<T>,
): Promise<T> {
  const { pipelines, workdir, env, actor, log } = app;
  const db = await app.db();
  const marks = marksFolder(workdir, env);
  await requireLedger(db, marks);
  const owner = await registerOwner(db, { actor, verb, lease: leaseFrom(env), log, marks });
  const allowed: Allowed = {
    limit: limit === undefined ? everything.limit : { most: limit, begun: new Set() },
    only: only ?? everything.only,
  };
  try {
    return await fn({ db, owner, allowed, pipelines, workdir, env, embedded, actor, log, signal });
  } finally {
    await owner.end();
  }
}

/** Takes a held run to its end. */
export async function finishRun(
  sending: Sending,
  shown: Watching['watch'],
  run: Run,
  { files, options }: { files?: AsyncIterable<Outcome>; options?: RunOptions } = {},
): Promise<RunReport> {
  const tell = tellStory(sending.log);
  const watch: Watching['watch'] = (event) => {
    tell(event);
    shown(event);
  };
  watch({ type: 'started', run: subjectOf(run) });
  let report: RunReport | null = null;
  try {
    const journey = await journeyOf(
      sending,
      run,
      (progress) => watch({ type: 'progress', run: run.id, progress }),
      options,
    );
    try {
      const { ending, written } = await travel(journey, files);
      const { summary, text } = written;
      report = { run: run.id, exitCode: ending.exitCode, summary, text };
      return report;
    } catch (error) {
      throw await sending.owner.ledger.explain(error);
    } finally {
      await journey.end();
    }
  } finally {
    watch({ type: 'ended', run: run.id, report });
  }
}

function subjectOf(run: Run): Subject {
  const { schedule } = run.definition;
  return {
    pipeline: run.pipeline,
    run: run.id,
    account: run.account,
    production: run.accountDefinition.stage === 'production',
    zone: schedule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    startedAt: new Date(),
    deadline: deadlineOf({ schedule }, new Date()),
  };
}
