import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { demoSize, runDemo } from '../../demo/demo.ts';
import { trialsDocument } from '../../demo/end.ts';
import { shownPath } from '../../demo/walk.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';

const command = verb({
  description:
    'Starts the sandbox and a database on this machine and runs every pipeline over its samples. Nothing is sent to a real platform. Run it twice: the second run sends nothing again.',
  positionals: [0, 0],
  examples: [
    ['pointferry demo', 'exit code 0 if every sample gives the expected result'],
    ['pointferry demo --dry-run', 'count the samples; run nothing'],
  ],
  options: {},
  async run(context) {
    const { document, say, signal } = context;
    const workdir = join(context.workdir, 'demo');
    const samples = resolve(context.pipelines, '..', 'data-samples');
    if (!existsSync(samples))
      throw new PointferryError('CONFIG_USAGE', `there are no samples in ${samples}`, {
        hint: 'type it in the folder of pointferry, or name one with --pipelines DIR',
      });
    if (context.dryRun) {
      const size = await demoSize(context.pipelines, samples);
      document({ ...size, workdir });
      say(`would run ${size.samples} samples of ${size.pipelines} pipelines, in ${shownPath(workdir)}`);
      return exit.ok;
    }
    const colors = context.env.NO_COLOR ? false : process.stdout.isTTY === true;
    const demo = await runDemo(context, { workdir, samples }, { say, colors, signal });
    if (demo === null) {
      say('\n  Interrupted. npm start continues where this stopped; nothing is sent twice.');
      return exitOf({ interrupted: true });
    }
    document({ workdir, platforms: demo.platforms, trials: trialsDocument(demo.trials) });
    return exitOf({ attention: demo.differs });
  },
});
export default command;
