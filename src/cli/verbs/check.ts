import { relative } from 'node:path';
import { type Checked, checkFolder, type Problem } from '../../check/check.ts';
import { resolveAccount } from '../../destinations/account.ts';
import { loadPlatforms } from '../../destinations/index.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { type Context, verb } from '../command.ts';
import { flag } from '../options.ts';

/** Credentials and addresses, which a file does not hold: only with --online. */
async function environmentProblems(
  context: Context,
  checked: Checked,
  names: ReadonlySet<string>,
): Promise<Problem[]> {
  const platforms = await loadPlatforms();
  return [...checked.accounts].flatMap(([name, account]) => {
    const platform = platforms.get(account.platform);
    if (!platform || !names.has(name)) return [];
    try {
      resolveAccount(name, account as never, platform, context.env);
      return [];
    } catch (error) {
      if (!(error instanceof PointferryError)) throw error;
      return [{ file: `accounts/${name}.ts`, name, path: '', reason: error.message }];
    }
  });
}

const command = verb({
  description:
    'Reads every pipeline and account file and lists all mistakes at once. It needs no database and no network. With a name it lists the mistakes of that pipeline and its account only.',
  positionals: [0, 1],
  examples: [
    ['pointferry check', 'all pipelines and accounts; exit code 78 if anything is wrong'],
    ['pointferry check pos-transactions', 'one pipeline and its account'],
    ['pointferry check pos-transactions --online', 'also the variables for credentials and addresses'],
  ],
  options: {
    online: flag('also check the variables that the accounts need'),
  },
  async run(context) {
    const checked = await checkFolder(context.pipelines);
    const name = context.args[0];
    const account = name === undefined ? undefined : checked.pipelines.get(name)?.account;
    const about = (each: string): boolean => name === undefined || each === name || each === account;
    if (
      name !== undefined &&
      !checked.pipelines.has(name) &&
      !checked.problems.some((problem) => problem.name === name)
    ) {
      throw new PointferryError('CONFIG_USAGE', `there is no pipeline "${name}" in ${context.pipelines}`, {
        exitCode: exit.config,
      });
    }
    const problems = checked.problems.filter((problem) => about(problem.name));
    if (context.flags.online) {
      const names = new Set([...checked.accounts.keys()].filter(about));
      problems.push(...(await environmentProblems(context, checked, names)));
    }
    const files = new Set([...checked.pipelines.keys(), ...checked.accounts.keys()].filter(about)).size;
    context.document({ problems, good: files });
    for (const { file, path, reason } of problems)
      context.say(`${relative(context.pipelines, file) || file}${path ? `  ${path}` : ''}\n    ${reason}`);
    context.say(problems.length === 0 ? `${files} files, no problem` : `${problems.length} problems`);
    return problems.length === 0 ? exit.ok : exit.config;
  },
});
export default command;
