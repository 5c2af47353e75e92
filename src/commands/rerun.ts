import { type Db, withClient } from '../db/pool.ts';
import { run as query, runMaybe, runOne } from '../db/sql.ts';
import { type ExitCode, exit, PointferryError } from '../errors.ts';
import type { RunOptions } from '../flow/journey.ts';
import { begin, requireAccess, type Under } from '../flow/prepare.ts';
import { type Asked, NothingToRerun, type Taken, takeRows } from '../flow/rerun.ts';
import { isDuration, milliseconds } from '../pipeline/duration.ts';
import { type Found, findPipeline } from '../pipeline/find.ts';
import { loadRun, type RunRecord, resolveRun } from '../run/ledger.ts';
import { counted } from '../words.ts';
import { type Command, type Context, text } from './command.ts';
import { agree } from './consent.ts';
import { goOn, tell, underWay } from './going.ts';
import { withDatabase } from './open.ts';

const stages = ['stage', 'normalize', 'push'] as const;
const uncertain = 'NORMALIZE_GROUP_UNCERTAIN';

const wrong = (message: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `rerun: ${message}`, { hint: 'pointferry rerun --help' });

/** An instant from a date, an instant, or how long ago: `2h`. */
function sinceOf(word: string): string {
  if (isDuration(word)) return new Date(Date.now() - milliseconds(word)).toISOString();
  const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/.test(word) ? new Date(word) : null;
  if (at === null || Number.isNaN(at.getTime()))
    throw wrong('--since: expected how long ago (2h), a date or an instant (2026-05-12T03:00:00Z)');
  return at.toISOString();
}

function askedOf({ flags }: Context, run: string): Asked {
  const group = text(flags, 'group');
  if (group !== undefined && !/^[1-9]\d{0,8}$/.test(group))
    throw wrong('--group: expected the number of a group');
  const said = text(flags, 'stage');
  const stage = stages.find((one) => one === said) ?? null;
  if (said !== undefined && stage === null) throw wrong(`--stage: expected ${stages.join(', ')}`);
  const since = text(flags, 'since');
  return {
    run,
    code: text(flags, 'code') ?? null,
    group: group === undefined ? null : Number(group),
    stage,
    since: since === undefined ? null : sinceOf(since),
    only: null,
  };
}

/** Does it name the code whose groups are then taken as whole? Throws 64 for a group that is not there. */
async function namesUncertain(db: Db, asked: Asked): Promise<boolean> {
  if (asked.group === null) return asked.code === uncertain;
  const group = await withClient(db, (client) =>
    runMaybe<{ code: string }>(client, 'run/error-group', { run: asked.run, number: asked.group }),
  );
  if (!group) throw wrong(`run ${asked.run} has no group ${asked.group}`);
  return group.code === uncertain || asked.code === uncertain;
}

/** For people, with the run: what was asked for. */
const told = ({ run, code, group, stage, since }: Asked): NonNullable<RunOptions['rerun']> => ({
  run,
  ...(code === null ? {} : { code }),
  ...(group === null ? {} : { group }),
  ...(stage === null ? {} : { stage }),
  ...(since === null ? {} : { since }),
});

/** Begins the rerun; null: there is nothing to rerun. */
async function beginRerun(
  under: Under,
  today: Found,
  of: RunRecord,
  asked: Asked,
): Promise<{ run: RunRecord; taken: Taken } | null> {
  const takeUncertain = await namesUncertain(under.db, asked);
  const options: RunOptions = { rerun: told(asked), takeUncertain };
  const takings: Taken[] = []; // one per try of the transaction
  try {
    const run = await begin(under, today, options, {
      scope: 'rerun',
      mode: 'rerun',
      businessDate: of.business_date,
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
  return withClient(db, async (client) => {
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

const command: Command = {
  name: 'rerun',
  summary:
    'Sends rejected and failed rows again, with the pipeline as it is today or as a person edited them.',
  usage: '<run>',
  positionals: [1, 1],
  examples: [
    ['pointferry rerun r7k2m', 'everything of that run that we or the platform refused'],
    ['pointferry rerun r7k2m --group 2', 'one cause, once it is mended'],
    ['pointferry rerun pos-transactions@last --code PUSH_RETRIES_EXHAUSTED', 'by code'],
  ],
  options: {
    code: { type: 'string', value: 'C', help: 'only rows with this error code' },
    group: { type: 'string', value: 'N', help: 'only rows of this group of errors' },
    stage: { type: 'string', value: 'S', help: 'only what was refused in stage, normalize or push' },
    since: { type: 'string', value: 'T', help: 'only what was refused since: 2h, a date or an instant' },
    embedded: { type: 'boolean', help: 'use the database of the work folder for any account' },
  },
  async run(context) {
    const of = await withDatabase(context, async ({ db }) =>
      loadRun(db, await resolveRun(db, context.args[0] ?? '')),
    );
    const today = await findPipeline(context.pipelines, of.pipeline);
    const asked = askedOf(context, of.id);
    return underWay(context, (under) => rerun(under, context, today, of, asked));
  },
};
export default command;

async function rerun(
  under: Under,
  context: Context,
  today: Found,
  of: RunRecord,
  asked: Asked,
): Promise<ExitCode> {
  await requireAccess(today, under.context);
  await agree(under.db, context, today);
  for (const line of await leftAlone(under.db, of.id)) context.log('warn', line, { run: of.id });
  const begun = await beginRerun(under, today, of, asked);
  if (begun === null) {
    context.document({ run: null, of: [of.id], selected: 0 });
    context.say(`nothing of ${of.id} is to be sent again: no row that fits is rejected or failed`);
    return exit.ok;
  }
  const { taken, run } = begun;
  context.say(
    `${run.id}: ${counted(taken.asked, 'row')} of ${taken.of.join(', ')}${taken.widened > 0 ? `, and ${taken.widened} more of the same transactions` : ''}`,
  );
  const said = await goOn(under, run);
  tell(context, [said]);
  return said.exitCode;
}
