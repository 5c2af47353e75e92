import type { App } from '../../app/app.ts';
import { definitions } from '../../app/definitions.ts';
import { status } from '../../app/reports.ts';
import { type DatabaseInUse, databaseInUse } from '../../app/server.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import type { Status } from '../../report/findings/status.ts';
import { statusText } from '../../report/text/status.ts';
import { verb } from '../command.ts';
import { packageVersion } from '../version.ts';
import { withApp } from '../with-app.ts';

function databaseLine(database: DatabaseInUse): string {
  if ('named' in database) return `${database.named} (DATABASE_URL)`;
  const { state, port } = database.embedded;
  const where = port === null ? '' : `, port ${port}`;
  return `the work folder's own, ${state}${where}; set DATABASE_URL for anything but trials`;
}

/** Null: the embedded server is not running, and is not started for this. A text: why nothing is known. */
async function lastRuns(app: App, database: DatabaseInUse): Promise<Status | string | null> {
  if ('embedded' in database && database.embedded.state !== 'running') return null;
  try {
    return await status(app);
  } catch (error) {
    if (error instanceof PointferryError) return `${error.message}; ${error.hint}`;
    throw error;
  }
}

type Definitions = Awaited<ReturnType<typeof definitions>>;

function nextOf(checked: Definitions, runs: Status | string | null): string {
  if (!checked || checked.pipelines.size === 0) return 'pointferry demo';
  if (checked.problems.length > 0) return 'pointferry check';
  if (runs !== null && typeof runs !== 'string' && runs.lines.length > 0) return 'pointferry status';
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
  run: (context) =>
    withApp(context, async (app) => {
      const checked = await definitions(app);
      const used = databaseInUse(app);
      const database = databaseLine(used);
      const runs = await lastRuns(app, used);
      const next = nextOf(checked, runs);
      const pipelines = [...(checked?.pipelines.keys() ?? [])];
      const accounts = [...(checked?.accounts.keys() ?? [])];
      const problems = checked?.problems.length ?? 0;
      const isKnown = runs !== null && typeof runs !== 'string';
      context.document({
        version: packageVersion(),
        database,
        pipelines,
        accounts,
        problems,
        status: isKnown ? runs : null,
        next,
      });
      const shown = checked ? pipelines.join(', ') || 'none' : `no folder ${context.pipelines}`;
      for (const line of [
        `pointferry ${packageVersion()}`,
        `  database   ${database}`,
        ...listed('pipelines', shown),
        ...listed('accounts', accounts.join(', ') || 'none'),
        ...(problems > 0 ? [`  problems   ${problems}: pointferry check`] : []),
        '',
        ...(isKnown ? statusText(runs) : runs === null ? [] : [`  ${runs}`]),
        `\n  next       ${next}        all verbs: pointferry --help`,
      ])
        context.say(line);
      return exit.ok;
    }),
});
export default command;
