/** How a demo looks: lines of at most 100 columns. */
import { basename } from 'node:path';
import { grouped, subtract } from '../ground/decimal.ts';
import { cut, left, line, plain, plural, right } from '../ground/table.ts';
import { buckets, type Family, families } from '../ledger/buckets.ts';
import { entryOf } from '../report/findings/line.ts';
import type { Summary } from '../report/findings/summary.ts';
import { troubleOf } from './samples.ts';
import { folderOf, type Trial } from './trial.ts';

export const heading = (pipeline: string, description: string): string =>
  line(left(`  ${pipeline}`, 33), cut(description, 64));

export const columns = line(
  '     sample                       read  done attention waiting exit  what is reported',
);

const styles = { heading: '1', '!!': '33', '==': '2' } as const;

/** The line in its colour, where colours are welcome: a pipeline's name stands out, so does what differs. */
export function paint(text: string, colors: boolean): string {
  const mark = /^ {2}(!!|==|ok)? ?/.exec(text)?.[1];
  if (!colors || mark === 'ok') return text;
  const style = mark === '!!' || mark === '==' ? styles[mark] : styles.heading;
  return `\u001B[${style}m${text}\u001B[0m`;
}

const count = (summary: Summary, family: Family): number =>
  families[family].reduce((sum, bucket) => sum + (summary.rows?.[bucket] ?? 0), 0);

/** One line for one run. `==`: its file was known, and nothing was read or sent. */
export function trialLine({ sample, summary, known, released, differs }: Trial): string {
  const mark = differs.length > 0 ? '!!' : known ? '==' : 'ok';
  const start = `  ${mark} ${left(troubleOf(sample.name), 28)}`;
  if (!summary) return line(start, '  no run read it');
  const figures = [
    right(summary.rows?.read ?? 0, 5),
    right(count(summary, 'done'), 6),
    right(count(summary, 'person') || '-', 10),
    right(count(summary, 'waits') || '-', 8),
    right(summary.exitCode ?? '', 5),
  ];
  const what = known ? `known by ${summary.run}` : told(summary);
  return line(start, ...figures, `  ${what}${released > 0 ? `, sent ${released} that waited` : ''}`);
}

/** Codes first, since they say most; else what is not simply delivered. */
function told({ rows, files, errors }: Summary): string {
  const refused = files.find((file) => file.code !== null);
  if (refused?.code) return `file ${refused.verdict}: ${refused.code}`;
  const byCode = new Map<string, number>();
  for (const { code, rows: some } of errors) byCode.set(code, (byCode.get(code) ?? 0) + some);
  const causes = [...byCode].filter(([code]) => entryOf(code)?.isConsequence !== true);
  if (causes.length > 0) return causes.map(([code, some]) => `${code} ${some}`).join(', ');
  return buckets
    .filter((bucket) => bucket !== 'delivered' && (rows?.[bucket] ?? 0) > 0)
    .map((bucket) => `${rows?.[bucket]} ${bucket}`)
    .join(', ');
}

export const differenceLines = (trial: Trial): string[] =>
  trial.differs.map((difference) => line('       -> ', plain(difference)));

/** The books of the clean runs, in rows and in money, a line per pipeline and currency. */
export function booksLines(
  clean: readonly { readonly pipeline: string; readonly summary: Summary }[],
): string[] {
  return [
    '  Books of the clean runs               rows                              amount',
    '                             read = delivered + filtered         read =  delivered +  filtered',
    ...clean.flatMap(({ pipeline, summary }) => booksOf(pipeline, summary)),
  ];
}

function booksOf(pipeline: string, { rows, amount, balanced }: Summary): string[] {
  const read = rows?.read ?? 0;
  const delivered = rows?.delivered ?? 0;
  const start = `${left(`  ${pipeline}`, 26)}${equation([grouped(read), grouped(delivered), grouped(read - delivered)], [7, 10, 9])}`;
  const warning = balanced ? '' : '  NOT BALANCED';
  const currencies = Object.entries(amount ?? {});
  if (currencies.length === 0) return [line(start, warning)];
  return currencies.map(([currency, sums], n) => {
    const figures = [sums.read, sums.delivered, subtract(sums.read, sums.delivered)].map(grouped);
    return line(
      n === 0 ? start : ' '.repeat(start.length),
      equation(figures, [13, 11, 10]),
      ` ${currency}`,
      warning,
    );
  });
}

const equation = (
  [read = '', delivered = '', others = '']: readonly string[],
  [a = 0, b = 0, c = 0]: readonly number[],
) => `${right(read, a)} =${right(delivered, b)} +${right(others, c)}`;

/** What the sandbox's platforms say themselves. */
export interface Platforms {
  /** Seen since it was started. */
  readonly requests: number;
  /** Applied, ever. */
  readonly effects: number;
  /** Applied more than once. */
  readonly repeated: number;
}

/** What the whole amounts to. */
export function verdictLines(
  trials: readonly Trial[],
  { requests, effects, repeated }: Platforms,
  seconds: number,
): string[] {
  const bad = trials.filter((trial) => trial.differs.length > 0).length;
  const known = trials.filter((trial) => trial.known).length;
  const of = `${trials.length} samples`;
  const said =
    bad === 0 ? `All ${of} yield exactly what they say` : `${bad} of ${of} do NOT yield what they say`;
  const twice = repeated === 0 ? 'none twice' : `${repeated} TWICE`;
  return [
    line(`  ${said}; ${seconds.toFixed(0)} s.`),
    line(
      `  The platforms saw ${requests} ${plural(requests, 'request')}; their journal holds ${effects} effects, ${twice}.`,
    ),
    ...(known === 0
      ? []
      : [
          line(
            `  == ${known} files were known by their content, whatever they are called, and not taken again.`,
          ),
        ]),
  ];
}

/** Where the files of the clean runs lie, below the folder of all runs. */
export async function filesLines(
  workdir: string,
  runs: string,
  clean: readonly { readonly summary: Summary }[],
): Promise<string[]> {
  const folders = await Promise.all(clean.map(({ summary }) => folderOf(workdir, summary.run)));
  const names = folders.flatMap((folder) => (folder === null ? [] : [`    ${basename(folder)}/`]));
  const files = clean[0]?.summary.outputs.map(({ name }) => name) ?? [];
  return [
    line(`  Files: ${[...files, 'summary.json'].join(', ')}; a folder per run, in`),
    `  ${runs}/`,
    ...names,
  ];
}
