import { exit, PointferryError } from '../errors.ts';
import { worstOf } from '../flow/ending.ts';
import { requireAccessOf, type Under } from '../flow/prepare.ts';
import { acceptThreshold, holdRun, loadRun, type RunRecord, resolveRun } from '../run/ledger.ts';
import { type Command, type Context, yes } from './command.ts';
import { goOn, type Said, tell, underWay } from './going.ts';
import { withDatabase } from './open.ts';
import { openRuns } from './open-runs.ts';

function refuseStopped(run: RunRecord): void {
  throw new PointferryError(
    'CONFIG_USAGE',
    `${run.id} was stopped by a threshold: ${run.stop_reason ?? ''}`,
    {
      hint: `look first: pointferry errors ${run.id} --group; then pointferry resume ${run.id} --accept-threshold`,
    },
  );
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
        if (run.exit_code === exit.threshold && !accept) refuseStopped(run);
        runs.push(run);
      }
    }
    if (runs.length === 0 && !word) context.say('nothing to go on with');
    return runs;
  });
}

async function resume(under: Under, context: Context, id: string, accept: boolean): Promise<Said> {
  await requireAccessOf(await loadRun(under.db, id), under);
  const held = await holdRun(under.db, under.owner, id);
  if (accept) await acceptThreshold(under.db, id, context.actor);
  return goOn(under, held, undefined, accept ? { acceptThreshold: true } : {});
}

const command: Command = {
  name: 'resume',
  summary: 'Goes on with an interrupted or stopped run, as itself: own id, own definition, own folder.',
  usage: '[run]',
  positionals: [0, 1],
  examples: [
    ['pointferry resume', 'every run that can go on by itself'],
    ['pointferry resume pos-transactions@last', 'after a stop by credentials, for instance'],
    ['pointferry resume r7k2m --accept-threshold', 'a person has looked at the errors'],
  ],
  options: {
    'accept-threshold': { type: 'boolean', help: 'go on although a threshold stopped it; recorded' },
    embedded: { type: 'boolean', help: 'use the database of the work folder for any account' },
  },
  async run(context) {
    const accept = yes(context.flags, 'accept-threshold');
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
    return underWay(context, async (under) => {
      const said: Said[] = [];
      for (const { id } of runs) {
        if (context.signal.aborted) break;
        said.push(await resume(under, context, id, accept));
      }
      tell(context, said);
      return worstOf(context.signal.aborted ? [exit.interrupted, ...codesOf(said)] : codesOf(said));
    });
  },
};
export default command;

const codesOf = (said: readonly Said[]) => said.map((each) => each.exitCode);
