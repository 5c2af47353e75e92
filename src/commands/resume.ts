import { type ExitCode, exit, PointferryError } from '../errors.ts';
import { worstOf } from '../flow/ending.ts';
import { holdRun, loadRun, recordDecision, resolveRun } from '../run/ledger.ts';
import { type Command, yes } from './command.ts';
import { goOn, underWay } from './going.ts';
import { withDatabase } from './open.ts';
import { openRuns } from './open-runs.ts';

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
    const word = context.args[0];
    const ids = await withDatabase(context, async ({ db }) =>
      word ? [await resolveRun(db, word)] : openRuns(db),
    );
    if (ids.length === 0) {
      context.say('nothing to go on with');
      return exit.ok;
    }
    const accept = yes(context.flags, 'accept-threshold');
    return underWay(context, 'sandbox', async (under) => {
      const codes: ExitCode[] = [];
      for (const id of ids) {
        const run = await loadRun(under.db, id);
        if (run.stage === 'done') {
          context.say(`${id} is done; nothing of it is left to do`);
          codes.push(exit.ok);
          continue;
        }
        if (run.exit_code === exit.threshold && !accept) {
          throw new PointferryError(
            'CONFIG_USAGE',
            `${id} was stopped by a threshold: ${run.stop_reason ?? ''}`,
            {
              hint: `look first: pointferry errors ${id} --group; then pointferry resume ${id} --accept-threshold`,
            },
          );
        }
        if (accept)
          await recordDecision(under.db, { actor: context.actor, verb: 'accept-threshold', run: id });
        const held = await holdRun(under.db, under.owner, id);
        codes.push((await goOn(under, held, undefined, accept ? { acceptThreshold: true } : {})).exitCode);
      }
      return worstOf(codes);
    });
  },
};
export default command;
