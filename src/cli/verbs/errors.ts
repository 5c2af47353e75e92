import type { App } from '../../app/app.ts';
import { type ErrorsRequest, errorGroups, errorRows, exportErrors, unknownRows } from '../../app/reports.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { type Context, verb } from '../command.ts';
import { file, flag, type Values } from '../options.ts';
import { type Shown, shownFile, shownGroups, shownRows, shownUnknown } from '../text/errors.ts';
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
    withApp(context, async (app) => {
      const { document, lines } = await shown(app, context);
      context.document(document);
      for (const line of lines) context.say(line);
      return exit.ok;
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

async function shown(app: App, context: Own): Promise<Shown> {
  const { unknown, out, group, mask } = context.flags;
  const run = runWord(context) ?? null;
  const listing = listingOf(context);
  if (run === null && unknown) return shownUnknown(await unknownRows(app, listing), listing);
  const request: ErrorsRequest = { run, group: groupNumber(context), unknown };
  if (out !== undefined) return shownFile(await exportErrors(app, request, { file: out, mask }), out);
  if (group) return shownGroups(await errorGroups(app, request, listing), listing);
  return shownRows(await errorRows(app, request, listing), listing);
}
