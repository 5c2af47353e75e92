import { withDatabase } from '../../app/app.ts';
import { goOnWithOne, type Older } from '../../app/older-runs.ts';
import { openRuns } from '../../app/open-runs.ts';
import { goOn, type Said, tell, underWay } from '../../app/sending.ts';
import { worstOf } from '../../flow/ending.ts';
import { isUsedUp } from '../../flow/journey.ts';
import { requireAccessOf, type Under } from '../../flow/prepare.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import {
  acceptThreshold,
  holdRun,
  loadRun,
  type RunRecord,
  recordDecision,
  resolveRun,
} from '../../ledger/runs.ts';
import { allowedOf, allowedOptions, limitDocument, restLines } from '../allowed.ts';
import { type Context, verb } from '../command.ts';
import { flag } from '../options.ts';

function refuseStopped(run: RunRecord): void {
  throw new PointferryError('CONFIG_USAGE', `${run.id} was stopped by a threshold: ${run.stopReason ?? ''}`, {
    hint: `look first: pointferry errors ${run.id} --group; then pointferry resume ${run.id} --accept-threshold`,
  });
}

/** Runs that there is something to do for. Throws 64 for one that a person has to accept first. */
async function chosenRuns(context: Context, accept: boolean): Promise<RunRecord[]> {
  const word = context.args[0];
  return withDatabase(context, async ({ db }) => {
    const runs: RunRecord[] = [];
    for (const id of word ? [await resolveRun(db, word)] : await openRuns(db)) {
      const run = await loadRun(db, id);
      if (run.stage === 'done') context.say(`${id} is done; nothing of it is left to do`);
      else {
        if (run.exitCode === exit.threshold && !accept) refuseStopped(run);
        runs.push(run);
      }
    }
    if (runs.length === 0 && !word) context.say('nothing to go on with');
    return runs;
  });
}

async function resume(under: Under, context: Context, id: string, accept: boolean): Promise<Said> {
  const run = await loadRun(under.db, id);
  await requireAccessOf(run, under);
  const held = await holdRun(under.db, under.owner, id);
  if (run.dismissed) {
    await recordDecision(under.db, { actor: context.actor, verb: 'resume', run: id, note: 'was given up' });
    context.say(`${id} was given up by a person, and is taken up again`);
  }
  if (accept) await acceptThreshold(under.db, id, context.actor);
  return goOn(under, held, undefined, accept ? { acceptThreshold: true } : {});
}

/** The run that was named, or one after the other all that can go on by themselves. `isLeft`: not all of them were. */
async function goThrough(under: Under, context: Context, runs: readonly RunRecord[], accept: boolean) {
  const said: Said[] = [];
  const older: Older[] = [];
  for (const { id } of runs) {
    if (context.signal.aborted || isUsedUp(under.allowed)) return { said, older, isLeft: true };
    if (context.args.length === 0 && !accept) older.push(await goOnWithOne(under, id, said));
    else {
      const went = await resume(under, context, id, accept);
      said.push(went);
      older.push({ run: id, exitCode: went.exitCode, resumed: true });
    }
  }
  return { said, older, isLeft: context.signal.aborted };
}

const command = verb({
  description:
    'Continues an interrupted, failed or stopped run where it ended, with its own id and its own definition. Without a run it continues every run that may resume without a decision, oldest first.',
  positionals: [0, 1],
  examples: [
    ['pointferry resume', 'every run that may resume'],
    ['pointferry resume pos-transactions@last', 'one run, for instance after a failure of the credentials'],
    [
      'pointferry resume pos-transactions@last --accept-threshold',
      'after a threshold stopped it and you have read its errors',
    ],
    ['pointferry resume --limit 10', 'send ten operations over all runs'],
    ['pointferry resume --dry-run', 'list what would be resumed'],
  ],
  options: {
    ...allowedOptions,
    'accept-threshold': flag('resume although a threshold stopped the run; recorded'),
    embedded: flag('use the database of the work folder for any account'),
  },
  async run(context) {
    const accept = context.flags['accept-threshold'];
    const allowed = allowedOf(context.flags);
    const runs = await chosenRuns(context, accept);
    if (context.dryRun) {
      context.document({
        wouldResume: runs.map(({ id, pipeline, stage }) => ({ run: id, pipeline, stage })),
      });
      for (const { id, pipeline, stage } of runs)
        context.say(`would go on with ${id} (${pipeline}) from ${stage}`);
      return exit.ok;
    }
    if (runs.length === 0) {
      context.document({ resumed: [] });
      return exit.ok;
    }
    return underWay(
      context,
      async (under) => {
        const { said, older, isLeft } = await goThrough(under, context, runs, accept);
        const exitCode = worstOf([
          ...older.map((each) => each.exitCode),
          ...(isLeft ? [exit.interrupted] : []),
        ]);
        tell(context, said, { exitCode, own: null, older, limit: limitDocument(allowed) });
        const next = ['pointferry resume', ...context.args].join(' ');
        for (const line of restLines(allowed, exitCode, next)) context.say(line);
        return exitCode;
      },
      allowed,
    );
  },
});
export default command;
