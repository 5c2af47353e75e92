import { join } from 'node:path';
import { withDatabase } from '../../app/app.ts';
import { type Checked, checkFolder } from '../../check/check.ts';
import { databaseUrl } from '../../db/database.ts';
import { embeddedStatus } from '../../db/embedded/embedded.ts';
import { labelOf } from '../../db/pool.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { inSnapshot } from '../../report/files/write.ts';
import { type Status, statusOf, statusText } from '../../report/findings/status.ts';
import { type Context, verb } from '../command.ts';
import { packageVersion } from '../version.ts';

/** Which database, without starting one. */
async function databaseLine(context: Context): Promise<{ line: string; reachable: boolean }> {
  const named = databaseUrl({ ...context.env });
  if (named !== undefined) return { line: `${labelOf(named)} (DATABASE_URL)`, reachable: true };
  const { state, port } = await embeddedStatus(join(context.workdir, 'postgres'));
  const where = port === null ? '' : `, port ${port}`;
  return {
    line: `the work folder's own, ${state}${where}; set DATABASE_URL for anything but trials`,
    reachable: state === 'running',
  };
}

async function lastRuns(context: Context): Promise<Status | string> {
  try {
    return await withDatabase(context, ({ db }) => inSnapshot(db, (client) => statusOf(client)));
  } catch (error) {
    if (error instanceof PointferryError) return `${error.message}; ${error.hint}`;
    throw error;
  }
}

function nextOf(checked: Checked | null, status: Status | string | null): string {
  if (!checked || checked.pipelines.size === 0) return 'pointferry demo';
  if (checked.problems.length > 0) return 'pointferry check';
  if (status !== null && typeof status !== 'string' && status.lines.length > 0) return 'pointferry status';
  return `pointferry preview ${[...checked.pipelines.keys()][0]}`;
}

/** A list under its word, wrapped at 100 columns. */
function listed(word: string, text: string): string[] {
  const lines: string[] = [];
  for (const name of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 86) lines[lines.length - 1] = `${last} ${name}`;
    else lines.push(name);
  }
  return lines.map((line, i) => `  ${(i === 0 ? word : '').padEnd(10)} ${line}`);
}

const command = verb({
  description:
    'Shows the version, the database in use, pipelines, accounts and recent runs, and what to type next. Typing pointferry alone does the same.',
  positionals: [0, 0],
  examples: [['pointferry', 'where you are and what to type next']],
  options: {},
  async run(context) {
    const checked = await checkFolder(context.pipelines).catch((error: unknown) => {
      if (error instanceof PointferryError) return null;
      throw error;
    });
    const database = await databaseLine(context);
    const status = database.reachable ? await lastRuns(context) : null;
    const next = nextOf(checked, status);
    const names = (map: ReadonlyMap<string, unknown> | undefined): string =>
      [...(map?.keys() ?? [])].join(', ') || 'none';
    context.document({
      version: packageVersion(),
      database: database.line,
      pipelines: [...(checked?.pipelines.keys() ?? [])],
      accounts: [...(checked?.accounts.keys() ?? [])],
      problems: checked?.problems.length ?? 0,
      status: typeof status === 'string' ? null : status,
      next,
    });
    context.say(`pointferry ${packageVersion()}`);
    context.say(`  database   ${database.line}`);
    for (const line of listed(
      'pipelines',
      checked ? names(checked.pipelines) : `no folder ${context.pipelines}`,
    ))
      context.say(line);
    for (const line of listed('accounts', names(checked?.accounts))) context.say(line);
    if (checked && checked.problems.length > 0)
      context.say(`  problems   ${checked.problems.length}: pointferry check`);
    context.say();
    if (typeof status === 'string') context.say(`  ${status}`);
    else if (status) for (const line of statusText(status)) context.say(line);
    context.say(`\n  next       ${next}        all verbs: pointferry --help`);
    return exit.ok;
  },
});
export default command;
