import { basename } from 'node:path';
import { withDatabase } from '../../app/app.ts';
import { agree } from '../../app/consent.ts';
import { goOn, tell, underWay } from '../../app/sending.ts';
import { type Found, findPipeline } from '../../check/find.ts';
import type { Db } from '../../db/pool.ts';
import { run as query, runMaybe, runOne } from '../../db/sql.ts';
import { reading } from '../../db/transaction.ts';
import type { RunOptions } from '../../flow/journey.ts';
import { begin, requireAccess, type Under } from '../../flow/prepare.ts';
import { rehearseRerun } from '../../flow/rehearse-rerun.ts';
import { type Asked, NothingToRerun, type Taken, takeRows } from '../../flow/rerun.ts';
import { type ExitCode, exit } from '../../ground/errors.ts';
import { counted } from '../../ground/words.ts';
import { reportedRun } from '../../ledger/run.ts';
import { loadRun, type RunRecord, resolveRun } from '../../ledger/runs.ts';
import { inSnapshot } from '../../report/files/write.ts';
import { type ReadBack, readBack } from '../../report/readback/readback.ts';
import { openSheet, refused } from '../../report/readback/sheet.ts';
import { documentOf, readBackText } from '../../report/readback/text.ts';
import { type Context, verb } from '../command.ts';
import { flag, type Values } from '../options.ts';
import { askedOf, forecastText, rerunOptions, takenText, told, wrong } from '../text/rerun.ts';

const options = {
  ...rerunOptions,
  'show-values': flag('with --from: print values without masking'),
  embedded: flag('use the database of the work folder for any account'),
};

type Own = Context<Values<typeof options>>;

const uncertain = 'NORMALIZE_GROUP_UNCERTAIN';

/** Does it name the code whose groups are then taken as whole? Throws 64 for a group that is not there. */
async function namesUncertain(db: Db, asked: Asked): Promise<boolean> {
  if (asked.group === null) return asked.code === uncertain;
  const group = await reading(db, (client) =>
    runMaybe<{ code: string }>(client, 'ledger/error-group', { run: asked.run, number: asked.group }),
  );
  if (!group) throw wrong(`run ${asked.run} has no group ${asked.group}`);
  return group.code === uncertain || asked.code === uncertain;
}

/** Begins the rerun; null: there is nothing to rerun. */
async function beginRerun(
  under: Under,
  today: Found,
  of: RunRecord,
  asked: Asked,
  from: string | undefined,
): Promise<{ run: RunRecord; taken: Taken } | null> {
  const takeUncertain = await namesUncertain(under.db, asked);
  const options: RunOptions = { rerun: told(asked, from), takeUncertain };
  const takings: Taken[] = []; // one per try of the transaction
  try {
    const run = await begin(under, today, options, {
      scope: 'rerun',
      mode: 'rerun',
      businessDate: of.businessDate,
      of: [of.id],
      alongside: async (client, id) => {
        takings.push(await takeRows(client, id, asked, today));
      },
    });
    const taken = takings.at(-1);
    return taken ? { run, taken } : null;
  } catch (error) {
    if (error instanceof NothingToRerun) return null;
    throw error;
  }
}

/** What is left alone, and why. */
async function leftAlone(db: Db, run: string): Promise<string[]> {
  return reading(db, async (client) => {
    const { rows } = await runOne<{ rows: number }>(client, 'rerun/unknown', { run });
    const unfinished = await query<{ id: string }>(client, 'rerun/unfinished', { run });
    return [
      ...(rows > 0
        ? [`${counted(rows, 'row')} of unknown outcome left alone: pointferry settle ${run} comes first`]
        : []),
      ...unfinished.map(
        ({ id }) => `rerun ${id} is unfinished, its rows are left to it: pointferry resume ${id}`,
      ),
    ];
  });
}

/** The edited file against the run, said aloud; throws 64 with everything that is refused, and takes nothing then. */
async function editsOf(context: Own, db: Db, today: Found, run: string, from: string): Promise<ReadBack> {
  const sheet = await openSheet(from);
  const back = await inSnapshot(db, async (client) =>
    readBack(client, await reportedRun(client, run), today.pipeline, sheet, context.flags.accept),
  );
  for (const line of readBackText(sheet, run, back, context.flags['show-values'])) context.say(line);
  if (back.problems.length === 0) return back;
  throw refused(
    `${sheet.name} is not taken: ${back.problems.slice(0, 5).join('; ')}${back.problems.length > 5 ? `; and ${back.problems.length - 5} more` : ''}`,
  );
}

const command = verb({
  description:
    'Takes the rejected and failed rows of a run, reads them with the pipeline as it is now, and sends them in a run of their own. With --from it takes the rows of an edited errors.csv. A delivered row is never sent again.',
  positionals: [1, 1],
  examples: [
    ['pointferry rerun pos-transactions@last --dry-run', 'what it would send'],
    ['pointferry rerun pos-transactions@last', 'all rejected and failed rows of the run'],
    ['pointferry rerun pos-transactions@last --group 1', 'one cause, once it is fixed'],
    ['pointferry rerun pos-transactions@last --code PUSH_RETRIES_EXHAUSTED', 'one error code'],
    [
      'pointferry rerun pos-transactions@last --from fix.csv --dry-run',
      'what an edited errors.csv would change',
    ],
  ],
  options,
  async run(context) {
    const of = await withDatabase(context, async ({ db }) =>
      loadRun(db, await resolveRun(db, context.args[0] ?? '')),
    );
    const today = await findPipeline(context.pipelines, of.pipeline);
    const asked = askedOf(context.flags, of.id);
    if (context.dryRun) return withDatabase(context, ({ db }) => rehearsed(context, db, today, asked));
    return underWay(context, (under) => rerun(under, context, today, of, asked));
  },
});
export default command;

/** With the edits of --from, where there is one. */
async function withEdits(context: Own, db: Db, today: Found, asked: Asked) {
  const from = context.flags.from;
  const back = from === undefined ? null : await editsOf(context, db, today, asked.run, from);
  return { asked: back ? { ...asked, only: back.taken } : asked, from: from && basename(from), back };
}

async function rehearsed(context: Own, db: Db, today: Found, said: Asked): Promise<ExitCode> {
  const { asked, from, back } = await withEdits(context, db, today, said);
  const seen = await rehearseRerun(db, today, asked, await namesUncertain(db, asked));
  for (const line of await leftAlone(db, asked.run)) context.log('warn', line, { run: asked.run });
  const edits = back && documentOf(back, context.flags['show-values']);
  context.document({ dryRun: true, run: asked.run, ...(edits ? { from: edits } : {}), ...(seen ?? {}) });
  if (seen === null) context.say(nothing(asked.run));
  for (const line of seen ? forecastText(seen) : []) context.say(line);
  if (seen && from !== undefined)
    context.say(`  do it:  pointferry rerun ${asked.run} --from ${context.flags.from} --yes`);
  return exit.ok;
}

const nothing = (run: string): string =>
  `nothing of ${run} is to be sent again: no row that fits is rejected or failed`;

async function rerun(
  under: Under,
  context: Own,
  today: Found,
  of: RunRecord,
  said: Asked,
): Promise<ExitCode> {
  await requireAccess(today, under);
  const { asked, from } = await withEdits(context, under.db, today, said);
  await agree(under.db, context, today);
  for (const line of await leftAlone(under.db, of.id)) context.log('warn', line, { run: of.id });
  const begun = await beginRerun(under, today, of, asked, from);
  if (begun === null) {
    context.document({ run: null, of: [of.id], selected: 0 });
    context.say(nothing(of.id));
    return exit.ok;
  }
  context.say(`${begun.run.id}: ${takenText(begun.taken)}`);
  const went = await goOn(under, begun.run);
  tell(context, [went]);
  return went.exitCode;
}
