/** What the verbs that send have in common: database, owner, a run gone through, and what is said of it at the end. */

import type { Context } from '../cli/command.ts';
import { watcher } from '../cli/screen.ts';
import { type Allowed, everything, type RunOptions } from '../flow/journey.ts';
import { journeyOf, type Under } from '../flow/prepare.ts';
import { travel } from '../flow/steps.ts';
import { rewriteDue } from '../flow/touched.ts';
import type { ExitCode } from '../ground/errors.ts';
import { line } from '../ground/table.ts';
import { leaseFrom, registerOwner } from '../ledger/owner.ts';
import { requireLedger } from '../ledger/position/check.ts';
import { marksFolder } from '../ledger/position/mark.ts';
import type { RunRecord } from '../ledger/runs.ts';
import type { Outcome } from '../read/files.ts';
import type { Summary } from '../report/findings/summary.ts';
import { withDatabase } from './app.ts';
import type { Older } from './older-runs.ts';

export interface Said {
  readonly exitCode: ExitCode;
  readonly run: string;
  readonly summary: Summary;
}

/** What a command came to that went through several runs: its own code beside those of the runs. */
export interface Came {
  readonly exitCode: ExitCode;
  /** The run over new files; null where none was begun. */
  readonly own: { readonly run: string; readonly exitCode: ExitCode } | null;
  /** Runs that earlier commands left. */
  readonly older: readonly Older[];
  readonly limit?: { readonly asked: number; readonly begun: number } | null;
}

/** The one document of a verb that took several runs to their end: the last one's, with those `before` it. */
export function tell(context: Context, said: readonly Said[], command?: Came): void {
  const summaries = said.map((each) => each.summary);
  const before = summaries.slice(0, -1);
  context.document({
    ...summaries.at(-1),
    ...(before.length === 0 ? {} : { before }),
    ...(command === undefined ? {} : { command }),
  });
}

/** For people: which older runs make the exit code worse than that of the run over new files. */
export function olderLines({ exitCode, own, older }: Came): string[] {
  if (own !== null && own.exitCode === exitCode) return [];
  // one that was gone on with has said so itself, unless another run came after it
  const worst = older.filter((each) => each.exitCode === exitCode && (own !== null || !each.resumed));
  if (worst.length === 0) return [];
  const here = own === null ? '' : `; ${own.run} itself ended with ${own.exitCode}`;
  const runs = worst.map(({ run }) => run).join(', ');
  return [line(`  exit ${exitCode}  since ${runs} ${worst.length === 1 ? 'is' : 'are'} open${here}`)];
}

/** Opens the database, looks whether its ledger went back, registers this process, and ends it in order. */
export function underWay(
  context: Context,
  fn: (under: Under) => Promise<ExitCode>,
  allowed: Allowed = everything,
): Promise<ExitCode> {
  return withDatabase(context, async ({ db }) => {
    const marks = marksFolder(context.workdir, context.env);
    await requireLedger(db, marks);
    const owner = await registerOwner(db, {
      actor: context.actor,
      verb: 'run',
      lease: leaseFrom(context.env),
      log: context.log,
      marks,
    });
    try {
      const code = await fn({ context, db, owner, allowed, watch: () => undefined });
      // last: whatever is wrong with the files of others, everything of this command is done
      await rewriteDue({ ...context, db });
      return code;
    } finally {
      await owner.end();
    }
  });
}

/** Takes a held run to its end and says what became of it; `tell` gives the document. */
export async function goOn(
  under: Under,
  run: RunRecord,
  files?: AsyncIterable<Outcome>,
  options?: RunOptions,
): Promise<Said> {
  const context = under.context as Context;
  const display = watcher(context, run);
  const journey = await journeyOf({ ...under, watch: display.watch }, run, options);
  try {
    const { ending, written } = await travel(journey, files);
    display.end();
    for (const line of written.text) context.say(line);
    return { exitCode: ending.exitCode, run: run.id, summary: written.summary };
  } finally {
    display.end();
    await journey.end();
  }
}
