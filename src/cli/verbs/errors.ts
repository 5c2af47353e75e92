import path from 'node:path';
import { withDatabase } from '../../app/app.ts';
import type { Client, Db } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';
import { type ExitCode, exit, PointferryError } from '../../ground/errors.ts';
import { type Bucket, families } from '../../ledger/buckets.ts';
import { filesOf, goneCells } from '../../ledger/file.ts';
import { reportedRun } from '../../ledger/run.ts';
import { resolveRun } from '../../ledger/runs.ts';
import { writeRowFiles } from '../../report/files/errors-csv.ts';
import { inSnapshot } from '../../report/files/write.ts';
import { detailsOf, type GroupDetail } from '../../report/findings/group-details.ts';
import { type ErrorGroup, numberGroups } from '../../report/findings/groups.ts';
import { maskedDetail } from '../../report/findings/masked-detail.ts';
import type { RowFilter } from '../../report/findings/rows.ts';
import type { UnknownRun } from '../../report/findings/status.ts';
import { type Findings, findingsOf } from '../../report/findings/summary.ts';
import { groupsText } from '../../report/text/errors.ts';
import { listRows, rowsText } from '../../report/text/rows.ts';
import { type Context, verb } from '../command.ts';
import { file, flag, type Values } from '../options.ts';

/** Rows shown on a screen; a program may want more of them. */
const mostShown = 40;
const mostListed = 10_000;

const options = {
  group: flag('group by cause; a number after it selects one group and lists its rows'),
  unknown: flag('only rows whose outcome is unknown'),
  'show-values': flag('print values without masking'),
  out: file('write the rows to this file, in the format of errors.csv'),
  mask: flag('with --out: mask the values; rerun --from cannot read such a file'),
};

type Own = Context<Values<typeof options>>;

interface Asked {
  readonly run: string;
  readonly group: number | null;
  readonly showValues: boolean;
}

/** `--group 2` alone is group 2 of the latest run. */
const runWord = ({ args, flags }: Own): string | undefined =>
  args.length === 1 && flags.group && /^\d+$/.test(args[0] ?? '') ? undefined : args[0];

function askedGroup(context: Own): number | null {
  const { args, flags } = context;
  const word = runWord(context) === undefined ? args[0] : args[1];
  if (word === undefined) return null;
  if (flags.group && /^[1-9]\d*$/.test(word)) return Number(word);
  throw new PointferryError('CONFIG_USAGE', `errors: did not expect ${word}`, {
    hint: 'pointferry errors --help',
  });
}

function filterOf(context: Own, group: ErrorGroup | undefined): RowFilter {
  const buckets: readonly Bucket[] = context.flags.unknown ? ['unknown'] : families.person;
  if (!group) return { buckets };
  const { code, ledgerField: field, platformCode } = group;
  return {
    buckets: ['rejected', 'failed', 'unknown', 'parked'],
    group: { code, field, platformCode: platformCode ?? '' },
  };
}

function groupOf(findings: Findings, number: number | null): ErrorGroup | undefined {
  if (number === null) return undefined;
  const group = findings.groups.find((one) => one.number === number);
  if (group) return group;
  const there = findings.groups.map((one) => one.number).join(', ') || 'none';
  throw new PointferryError(
    'CONFIG_USAGE',
    `run ${findings.run.id} has no group ${number}; there are: ${there}`,
  );
}

/** The groups, or one of them with its rows. */
async function showGroups(client: Client, context: Own, findings: Findings, asked: Asked): Promise<void> {
  const only = groupOf(findings, asked.group);
  const groups = only ? [only] : findings.groups;
  const details = await detailsOf(client, findings.run, await filesOf(client, asked.run), groups);
  const shown = (detail: GroupDetail) => maskedDetail(detail, findings, asked.showValues);
  context.document({ run: asked.run, masked: !asked.showValues, groups: details.map(shown) });
  for (const line of groupsText(findings, details, asked)) context.say(line);
  if (only) await showRows(client, context, findings, asked, only);
}

async function showRows(
  client: Client,
  context: Own,
  findings: Findings,
  asked: Asked,
  group: ErrorGroup | undefined,
): Promise<void> {
  const most = context.json ? mostListed : mostShown;
  const filter = filterOf(context, group);
  const rows = await listRows(client, findings.run, filter, { showValues: asked.showValues, most });
  const counts = (findings.selected ?? findings.books).rows;
  const total = group ? group.rows : filter.buckets.reduce((sum, bucket) => sum + counts[bucket], 0);
  if (!group) context.document({ run: asked.run, masked: !asked.showValues, total, rows });
  if (total === 0) context.say(`${findings.run.pipeline} ${asked.run}: no row wants a person`);
  for (const line of rowsText(rows, total)) context.say(line);
}

/** All rows that fit, with their cells: what `rerun --from` reads. */
async function writeOut(
  client: Client,
  context: Own,
  findings: Findings,
  asked: Asked,
  out: string,
): Promise<void> {
  const file = path.resolve(out);
  const outputs = await writeRowFiles(client, findings.run, path.dirname(file), 'errors', {
    stem: path.basename(file, '.csv'),
    filter: filterOf(context, groupOf(findings, asked.group)),
    mask: context.flags.mask,
  });
  context.document({ run: asked.run, outputs });
  for (const { name, rows } of outputs) context.say(`${path.join(path.dirname(file), name)}   ${rows} rows`);
}

async function latestRun(client: Client): Promise<string> {
  const [latest] = await query<{ id: string }>(client, 'report/latest-run');
  if (latest) return latest.id;
  throw new PointferryError('CONFIG_USAGE', 'there is no run yet', { hint: 'pointferry run <pipeline>' });
}

/** Unknown rows of all runs: what a person must settle, whichever night it was. */
async function unknownEverywhere(db: Db, context: Own): Promise<ExitCode> {
  const showValues = context.flags['show-values'];
  await inSnapshot(db, async (client) => {
    const runs = await query<UnknownRun>(client, 'report/unknown-runs');
    const all = [];
    for (const { run, rows: total } of runs) {
      const filter: RowFilter = { buckets: ['unknown'] };
      const most = context.json ? mostListed : mostShown;
      const rows = await listRows(client, await reportedRun(client, run), filter, { showValues, most });
      all.push({ run, total, rows });
      context.say(
        `${run}   ${total} unknown   pointferry settle ${run} --row ROW --as delivered|failed|retry --note TEXT`,
      );
      for (const line of rowsText(rows, total)) context.say(line);
    }
    context.document({ masked: !showValues, runs: all });
    if (runs.length === 0) context.say('no row is unknown');
  });
  return exit.ok;
}

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
    withDatabase(context, async ({ db }): Promise<ExitCode> => {
      const word = runWord(context);
      if (word === undefined && context.flags.unknown) return await unknownEverywhere(db, context);
      const run = word === undefined ? await inSnapshot(db, latestRun) : await resolveRun(db, word);
      const asked: Asked = { run, group: askedGroup(context), showValues: context.flags['show-values'] };
      await numberGroups(db, run);
      await inSnapshot(db, async (client) => {
        const findings = await findingsOf(client, run);
        for (const words of goneCells(await filesOf(client, run))) context.log('warn', words, { run });
        const out = context.flags.out;
        if (out !== undefined) return await writeOut(client, context, findings, asked, out);
        if (context.flags.group) return await showGroups(client, context, findings, asked);
        return await showRows(client, context, findings, asked, undefined);
      });
      return exit.ok;
    }),
});
export default command;
