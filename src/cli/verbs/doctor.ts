import { doctor, type Finding } from '../../app/health.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { withApp } from '../with-app.ts';

const marks: Readonly<Record<Finding['state'], string>> = { ok: 'ok ', mind: '!  ', wrong: '!! ' };

const findingText = ({ what, is, state, do: todo }: Finding): string =>
  `${marks[state]} ${what.padEnd(20)} ${is}${todo ? `\n${' '.repeat(25)}do: ${todo}` : ''}`;

const command = verb({
  description:
    'Checks Node, free disk space, the database server, its clock, rights, connections and schema, and prints what to fix. It changes nothing.',
  positionals: [0, 0],
  examples: [['pointferry doctor', 'exit code 1 if anything is wrong']],
  options: {},
  run: (context) =>
    withApp(context, async (app) => {
      const findings = await doctor(app);
      context.document({ findings });
      for (const finding of findings) context.say(findingText(finding));
      return exitOf({ attention: findings.some(({ state }) => state === 'wrong') });
    }),
});
export default command;
