import path from 'node:path';
import type { App } from '../../app/app.ts';
import { type ErrorsRequest, errorGroups, errorRows, exportErrors, unknownRows } from '../../app/reports.ts';
import { PointferryError } from '../../ground/errors.ts';
import { type ExitCode, exit } from '../../ground/exit.ts';
import { groupsText, notTakenText } from '../../report/text/errors.ts';
import { rowsText } from '../../report/text/rows.ts';
import { type Context, verb } from '../command.ts';
import { file, flag, type Values } from '../options.ts';
import { withApp } from '../with-app.ts';

const options = {
  group: { ...flag('group by cause; with a number: one group and its rows'), value: '[N]' },
  unknown: flag('only rows whose outcome is unknown'),
  'show-values': flag('print values without masking'),
  out: file('write the rows to this file, in the format of errors.csv'),
  mask: flag('with --out: mask the values; rerun --from cannot read such a file'),
};

const command = verb({
  description:
    'Lists rejected, failed and unknown rows, one by one or grouped by cause. Without a run it uses the latest run. Values are masked unless you add --show-values.',
  positionals: [0, 2],
  examples: [
    ['pointferry errors pos-transactions@last --group', 'what is wrong, by cause, and what to do'],
    ['pointferry errors pos-transactions@last --group 1', 'one cause with its rows'],
    [
      'pointferry errors pos-transactions@last --group 1 --out fix.csv',
      'write its rows to a file that you can edit and rerun',
    ],
    ['pointferry errors pos-transactions@last --unknown', 'rows that were sent and got no answer'],
    ['pointferry errors --unknown', 'the same for all runs'],
  ],
  options,
  run: (context) =>
    withApp(context, async (app): Promise<ExitCode> => {
      const { unknown, out, group } = context.flags;
      const run = runWord(context) ?? null;
      if (run === null && unknown) return showUnknown(app, context);
      const request: ErrorsRequest = { run, group: groupNumber(context), unknown };
      if (out !== undefined) return writeOut(app, context, request, out);
      return group ? showGroups(app, context, request) : showRows(app, context, request);
    }),
});
export default command;

type Own = Context<Values<typeof options>>;

/** `--group 2` alone is group 2 of the latest run. */
const runWord = ({ args, flags }: Own): string | undefined =>
  args.length === 1 && flags.group && /^\d+$/.test(args[0] ?? '') ? undefined : args[0];

function groupNumber(context: Own): number | null {
  const { args, flags } = context;
  const word = runWord(context) === undefined ? args[0] : args[1];
  if (word === undefined) return null;
  if (flags.group && /^[1-9]\d*$/.test(word)) return Number(word);
  throw new PointferryError('CONFIG_USAGE', `errors: did not expect ${word}`, {
    hint: 'pointferry errors --help',
  });
}

/** Rows on a screen; a program may want more of them. */
const listingOf = ({ flags, json }: Own) => ({
  showValues: flags['show-values'],
  most: json ? 10_000 : 40,
});

async function showRows(app: App, context: Own, request: ErrorsRequest): Promise<ExitCode> {
  const listing = listingOf(context);
  const { run, pipeline, total, rows, files } = await errorRows(app, request, listing);
  context.document({ run, masked: !listing.showValues, total, rows, files });
  if (total === 0) context.say(`${pipeline} ${run}: no row needs attention`);
  for (const line of [...rowsText(rows, total), ...notTakenText(files)]) context.say(line);
  return exit.ok;
}

async function showGroups(app: App, context: Own, request: ErrorsRequest): Promise<ExitCode> {
  const listing = listingOf(context);
  const { findings, details, shown, files, rows } = await errorGroups(app, request, listing);
  const { id: run, pipeline } = findings.run;
  context.document({ run, masked: !listing.showValues, groups: shown, files });
  for (const line of groupsText(findings, details, listing)) context.say(line);
  if (rows?.total === 0) context.say(`${pipeline} ${run}: no row needs attention`);
  for (const line of rows ? rowsText(rows.rows, rows.total) : []) context.say(line);
  return exit.ok;
}

async function writeOut(app: App, context: Own, request: ErrorsRequest, file: string): Promise<ExitCode> {
  const done = await exportErrors(app, request, { file, mask: context.flags.mask });
  context.document(done);
  for (const { name, rows } of done.outputs)
    context.say(`${path.join(path.dirname(file), name)}   ${rows} rows`);
  return exit.ok;
}

async function showUnknown(app: App, context: Own): Promise<ExitCode> {
  const listing = listingOf(context);
  const runs = await unknownRows(app, listing);
  const document = runs.map(({ run, total, rows }) => ({ run, total, rows }));
  context.document({ masked: !listing.showValues, runs: document });
  for (const { run, total, rows } of runs) {
    const settle = `pointferry settle ${run} --row ROW --as delivered|failed|retry --note TEXT`;
    context.say(`${run}   ${total} unknown   ${settle}`);
    for (const line of rowsText(rows, total)) context.say(line);
  }
  if (runs.length === 0) context.say('no row is unknown');
  return exit.ok;
}
