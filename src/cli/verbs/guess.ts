import { writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { checkLoaded } from '../../check/check.ts';
import { loadKinds, loadPlatforms } from '../../destinations/index.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { didYouMean } from '../../ground/words.ts';
import { type Guess, guessPipeline } from '../../guess/guess.ts';
import { loadAll } from '../../pipeline/load.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import { type Context, verb } from '../command.ts';
import { file, required, text } from '../options.ts';

interface Open {
  readonly path: string;
  readonly reason: string;
}

/** What `check` will say of the file: what a person still has to settle. */
async function openOf(context: Context, name: string, file: string, guess: Guess): Promise<Open[]> {
  const loaded = await loadAll(context.pipelines).catch(() => ({
    folder: '',
    pipelines: [],
    accounts: [],
    unloadable: [],
  }));
  const pipeline = guess.pipeline as unknown as Pipeline;
  const { problems } = checkLoaded(
    { ...loaded, pipelines: [{ name, file, pipeline }] },
    await loadKinds(),
    await loadPlatforms(),
  );
  return problems.filter((problem) => problem.file === file).map(({ path, reason }) => ({ path, reason }));
}

function say(context: Context, guess: Guess, file: string, open: readonly Open[]): void {
  const { columns, keys, format, rows, damaged, whole, remarks } = guess;
  context.say(
    `${whole ? 'all' : 'the first'} ${rows.toLocaleString('en')} rows, ${columns.length} columns${damaged > 0 ? `, ${damaged} damaged records` : ''}`,
  );
  const stated = Object.entries(format).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  context.say(`format: ${stated.length === 0 ? 'comma, UTF-8, header in the file' : stated.join(', ')}`);
  const wide = Math.min(30, Math.max(0, ...columns.map(({ name }) => name.length)));
  for (const column of columns) {
    const how = column.time?.formats.join(' or ') ?? column.clock ?? '';
    const share = Math.round((column.empty / Math.max(1, rows)) * 100);
    const empty = column.empty === 0 ? '' : `${share === 0 ? 'under 1' : share}% empty`;
    context.say(
      `  ${column.name.padEnd(wide)}  ${column.type.padEnd(9)} ${[how, empty].filter(Boolean).join(', ')}`.trimEnd(),
    );
  }
  const unique = keys.unique.slice(0, 5).map(({ name }) => name);
  if (unique.length > 0) context.say(`different on every row: ${unique.join(', ')}`);
  for (const [a, b] of keys.pairs.slice(0, 3))
    context.say(`different on every row together: ${a.name} + ${b.name}`);
  if (keys.group)
    context.say(
      `rows belong together by: ${keys.group.by.name} (${keys.group.groups.toLocaleString('en')} groups)`,
    );
  for (const remark of remarks) context.say(remark);
  context.say();
  context.say(`written: ${file}`);
  if (open.length > 0) context.say(`for a person to settle, until then check refuses it:`);
  for (const { path, reason } of open) context.say(`  ${path}: ${reason}`);
}

const command = verb({
  description:
    'Reads a sample of the file and writes a pipeline that fits it. What a file cannot tell is marked TODO, and check fails until you have answered it.',
  positionals: [1, 1],
  examples: [
    [
      'pointferry guess sales.csv --operation hang.activity --out pipelines/sales.ts',
      'a pipeline for transactions',
    ],
    [
      'pointferry guess crm.csv --operation hang.member --account hang-sandbox --out pipelines/crm.ts',
      'a pipeline for members',
    ],
  ],
  options: {
    operation: required(text('what the rows become, such as hang.activity', 'KIND')),
    out: required(file('the file to write; an existing file is not changed')),
    account: text('the account to send to', 'ACCOUNT'),
  },
  async run(context) {
    const kinds = await loadKinds();
    const operation = context.flags.operation ?? '';
    const kind = kinds.get(operation);
    if (!kind)
      throw new PointferryError(
        'CONFIG_USAGE',
        operation === ''
          ? 'guess: --operation is missing'
          : `there is no operation kind "${operation}"${didYouMean(operation, kinds.keys())}`,
        {
          hint: `one of ${[...kinds.keys()].join(', ')}`,
        },
      );
    const out = context.flags.out;
    if (!out) throw new PointferryError('CONFIG_USAGE', 'guess: --out is missing');
    const file = resolve(out);
    const guess = await guessPipeline(resolve(context.args[0] ?? ''), {
      kind,
      account: context.flags.account ?? null,
      base: dirname(context.pipelines),
    });
    const open = await openOf(context, basename(file).replace(/\.ts$/, ''), file, guess);
    if (!context.dryRun) await write(file, guess.text);
    say(context, guess, file, open);
    context.document(documentOf(guess, file, open));
    return exit.ok;
  },
});
export default command;

async function write(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'EEXIST' ? 'is there already, and a person may have written in it' : 'cannot be written';
    throw new PointferryError('CONFIG_USAGE', `${file} ${reason}`, { hint: 'name another file with --out' });
  }
}

function documentOf(guess: Guess, file: string, open: readonly Open[]): unknown {
  const { columns, keys, format, rows, damaged, whole, remarks, pipeline } = guess;
  return {
    file,
    sample: { rows, damaged, whole },
    format,
    columns: columns.map(
      ({ name, type, empty, distinct, nulls, clean, number, time, clock, misfits, leadingZeros }) => ({
        name,
        type,
        empty,
        distinct,
        nulls,
        clean,
        number: number?.form ?? null,
        formats: time?.formats ?? (clock === null ? null : [clock]),
        ambiguous: time?.ambiguous === true || number?.ambiguous === true,
        leadingZeros,
        misfits,
      }),
    ),
    keys: {
      unique: keys.unique.map(({ name }) => name),
      pairs: keys.pairs.map((pair) => pair.map(({ name }) => name)),
      group: keys.group && {
        by: keys.group.by.name,
        groups: keys.group.groups,
        fill: keys.group.fill.map(({ name }) => name),
      },
    },
    remarks,
    pipeline,
    open,
  };
}
