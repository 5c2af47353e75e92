/** Where somebody is, and what to type next. */
import type { definitions } from '../../app/definitions.ts';
import type { DatabaseInUse } from '../../app/server.ts';
import type { Status } from '../../report/findings/status.ts';
import { statusText } from '../../report/text/status.ts';

export interface Home {
  readonly version: string;
  readonly database: string;
  /** Null: there is no folder of pipelines. */
  readonly checked: Awaited<ReturnType<typeof definitions>>;
  /** Null: the embedded server is not running. A text: why nothing is known. */
  readonly runs: Status | string | null;
}

export function databaseLine(database: DatabaseInUse): string {
  if ('named' in database) return `${database.named} (DATABASE_URL)`;
  const { state, port } = database.embedded;
  const where = port === null ? '' : `, port ${port}`;
  return `the work folder's own, ${state}${where}; set DATABASE_URL for anything but trials`;
}

function nextOf({ checked, runs }: Home): string {
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

const namesIn = (map: ReadonlyMap<string, unknown> | undefined): string[] => [...(map?.keys() ?? [])];

export function homeText(home: Home, folder: string): string[] {
  const { version, database, checked, runs } = home;
  const problems = checked?.problems.length ?? 0;
  const pipelines = checked ? namesIn(checked.pipelines).join(', ') || 'none' : `no folder ${folder}`;
  const shownRuns = typeof runs === 'string' ? [`  ${runs}`] : runs === null ? [] : statusText(runs);
  return [
    `pointferry ${version}`,
    `  database   ${database}`,
    ...listed('pipelines', pipelines),
    ...listed('accounts', namesIn(checked?.accounts).join(', ') || 'none'),
    ...(problems > 0 ? [`  problems   ${problems}: pointferry check`] : []),
    '',
    ...shownRuns,
    `\n  next       ${nextOf(home)}        all verbs: pointferry --help`,
  ];
}

/** The same for programs. */
export function homeDocument(home: Home): object {
  const { version, database, checked, runs } = home;
  return {
    version,
    database,
    pipelines: namesIn(checked?.pipelines),
    accounts: namesIn(checked?.accounts),
    problems: checked?.problems.length ?? 0,
    status: typeof runs === 'string' ? null : runs,
    next: nextOf(home),
  };
}
