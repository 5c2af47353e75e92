/** The end of a run: the screen, and summary.txt. */

import { deadlineOf, lasting, span, zoneOf } from '../../ground/clock.ts';
import { grouped } from '../../ground/decimal.ts';
import { left, line, plain, plural, right, rule, share } from '../../ground/table.ts';
import { type Bucket, type Family, families, familyName } from '../../ledger/buckets.ts';
import type { RunFile } from '../../ledger/file.ts';
import type { Amounts, CurrencyBooks } from '../books/amounts.ts';
import { accounted } from '../books/amounts.ts';
import { tonightOf } from '../findings/figures.ts';
import type { ErrorGroup } from '../findings/groups.ts';
import { hintOf, textOf } from '../findings/line.ts';
import { type Findings, nextCommand, rowsOfRun } from '../findings/summary.ts';
import { compare } from '../findings/usual.ts';

export interface SummaryTextOptions {
  readonly folder: string;
  /** Files of the folder to name, with their rows if there are any. */
  readonly outputs: readonly { readonly name: string; readonly rows?: number }[];
}

/** Lines of at most 100 columns; values masked (there are none in it but names of files and columns). */
export function summaryText(findings: Findings, options: SummaryTextOptions): string[] {
  return [
    headline(findings),
    '',
    ...booksTable(findings),
    '',
    ...traffic(findings),
    ...usualLine(findings),
    ...warnings(findings),
    ...topGroups(findings.groups, findings.run.platform),
    ...ending(findings, options),
  ];
}

const verdictOf: Readonly<Record<string, string>> = {
  completed: 'COMPLETED',
  completed_with_errors: 'COMPLETED WITH ERRORS',
  stopped: 'STOPPED BY A THRESHOLD',
  failed: 'FAILED',
  interrupted: 'INTERRUPTED',
  running: 'RUNNING',
};

function headline({ run }: Findings): string {
  const when = span(run.startedAt, run.finishedAt, zoneOf(run.definition));
  const exit = run.exitCode === null ? '' : `  exit ${run.exitCode}`;
  return line(`${run.pipeline}  ${run.id}  ${verdictOf[run.status] ?? run.status}  ${when}${exit}`);
}

const numberAt = 52;
const amountAt = 78;

/** Columns: family 12, bucket and note, rows to 55, share, amount to 78, what cannot be read. */
function row(family: string, what: string, rows: string, percent: string, amount: string, more = ''): string {
  const start = `  ${left(family, 12)}${what}`;
  const figures = `${left(start, numberAt - 10)}${right(rows, 10)}${right(percent, 8)}`;
  return line(`${figures}${right(amount, amountAt - figures.length)}${more === '' ? '' : `  ${more}`}`);
}

function booksTable(findings: Findings): string[] {
  const { books, selected, run } = findings;
  const counts = rowsOfRun(findings);
  const amounts = (selected ?? books).amount ?? {};
  const names = Object.keys(amounts);
  const only = names.length === 1 ? names[0] : undefined;
  const amountOf = (pick: (one: CurrencyBooks) => string): string => {
    const one = only === undefined ? undefined : amounts[only];
    return one ? grouped(pick(one)) : '';
  };
  const unreadable = (key: Bucket | 'read'): string => {
    const rows = only === undefined ? 0 : (amounts[only]?.unreadable[key] ?? 0);
    return rows > 0 ? `+ ${grouped(rows)} unreadable` : '';
  };
  const files = `${books.files.length} ${plural(books.files.length, 'file')}`;
  const read = selected
    ? row(
        'selected',
        `rows of ${run.of.join(', ')}`,
        grouped(counts.read),
        '',
        amountOf((one) => one.read),
        unreadable('read'),
      )
    : row(
        'read',
        files,
        grouped(counts.read),
        '',
        amountOf((one) => one.read),
        unreadable('read'),
      );
  const lines = (Object.keys(families) as Family[]).flatMap((family) =>
    shownBuckets(family, counts).map((bucket, index) =>
      row(
        index === 0 ? familyName[family] : '',
        `${left(bucket, 11)}${noteOf(bucket, findings)}`,
        grouped(counts[bucket]),
        share(counts[bucket], counts.read),
        amountOf((one) => one.buckets[bucket]),
        [unreadable(bucket), bucket === 'parked' ? ageOf(findings) : ''].filter(Boolean).join(', '),
      ),
    ),
  );
  return [
    row('', '', 'rows', '', only === undefined ? '' : `amount ${only}`),
    read,
    rule(),
    ...lines,
    rule(),
    ...(selected ? [] : balanceLines(findings)),
    ...(names.length > 1 ? currencyLines(amounts) : []),
    ...correctedLines(amounts),
  ];
}

/** Buckets that hold something; a run without any rows shows that nothing was delivered. */
function shownBuckets(family: Family, counts: Findings['books']['rows']): Bucket[] {
  const buckets: readonly Bucket[] = families[family];
  const shown = buckets.filter((bucket) => counts[bucket] > 0);
  return shown.length > 0 || family !== 'done' ? shown : ['delivered'];
}

function noteOf(bucket: Bucket, { run }: Findings): string {
  if (bucket === 'rejected') return 'by Pointferry';
  if (bucket === 'failed') return `refused by ${run.platform}`;
  if (bucket === 'unknown') return 'sent, no answer';
  if (bucket === 'pending') return run.status === 'running' ? 'not settled yet' : 'resume continues';
  return bucket === 'parked' ? 'member not known' : '';
}

function ageOf({ run, waiting }: Findings): string {
  const limit = /^(\d+)d$/.exec(String(run.definition.parkFor ?? '30d'))?.[1];
  const days = waiting.oldestParkedDays;
  return days === null ? '' : `oldest ${days} d${limit === undefined ? '' : ` of ${limit}`}`;
}

function balanceLines({ books }: Findings): string[] {
  if (!books.balanced)
    return ['  NOT BALANCED', ...books.differences.map((said) => line(`    ${plain(said)}`))];
  const rows = grouped(books.rows.read);
  const names = Object.entries(books.amount ?? {});
  const [only] = names;
  const amount =
    names.length === 1 && only ? `${grouped(only[1].read)} = ${grouped(accounted(only[1]))}` : '';
  const start = left(`  ${left('balanced', 12)}${rows} = ${rows}`, 45);
  return [line(`${start}${right(amount, 33)}`)];
}

/** Several currencies do not fit next to the rows: lines for the buckets that hold something. */
function currencyLines(amounts: Amounts): string[] {
  return Object.entries(amounts).flatMap(([currency, one]) => {
    const held = (Object.keys(families) as Family[]).flatMap((family) =>
      families[family]
        .filter((bucket) => /[1-9]/.test(one.buckets[bucket]))
        .map((bucket) => `${bucket} ${grouped(one.buckets[bucket])}`),
    );
    const lost = one.unreadable.read > 0 ? `  + ${grouped(one.unreadable.read)} unreadable` : '';
    return [line(`  ${left(currency, 12)}read ${grouped(one.read)}${lost}`), ...wrapped(held, 14)];
  });
}

function correctedLines(amounts: Amounts): string[] {
  return Object.entries(amounts)
    .filter(([, one]) => /[1-9]/.test(one.corrected))
    .map(([currency, one]) =>
      line(`  corrected   edits change the amount by ${grouped(one.corrected)} ${currency}`),
    );
}

/** Words in lines of at most 100 columns. */
export function wrapped(words: readonly string[], indent: number, between = '   '): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + between.length + word.length <= 98)
      lines[lines.length - 1] = `${last}${between}${word}`;
    else lines.push(`${' '.repeat(indent)}${word}`);
  }
  return lines;
}

function traffic({ operations, requests, run }: Findings): string[] {
  const again = `${grouped(requests.retried)} again, ${grouped(requests.throttled)} throttled`;
  const used = requests.sent > 0 ? `   limit used ${Math.round(100 * requests.limitUsed)} %` : '';
  const deadline = deadlineOf(run.definition, run.startedAt);
  const spare = deadline && run.finishedAt ? (deadline.getTime() - run.finishedAt.getTime()) / 1000 : null;
  const said =
    spare === null ? '' : spare >= 0 ? `   ${lasting(spare)} to spare` : `   ${lasting(-spare)} TOO LATE`;
  return [
    line(
      `  operations ${grouped(operations.total)}   requests ${grouped(requests.sent)} (${again})${used}${said}`,
    ),
  ];
}

function usualLine(findings: Findings): string[] {
  const comparison = compare(tonightOf(findings), findings.before);
  if (!comparison) return [];
  const { nights, rows, errorShare, usualErrorShare, look } = comparison;
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const change = `${rows < 0 ? '' : '+'}${Math.round(rows * 100)} %`;
  const errors = `errors ${percent(errorShare)} (usual ${percent(usualErrorShare)})`;
  const flag = look ? '  <- look' : '';
  return [
    line(`  against the usual (${nights} ${plural(nights, 'night')}): rows ${change}, ${errors}${flag}`),
  ];
}

/** What stopped the run, and files that were not taken. Both are more urgent than any group of errors. */
function warnings({ run, books, withdrawn }: Findings): string[] {
  const stop = run.stopCode ? [line(`  stopped: ${run.stopCode}  ${plain(run.stopReason ?? '')}`)] : [];
  const givenUp = run.dismissed
    ? [line(`  given up by ${plain(run.dismissed.by)}: ${plain(run.dismissed.note)}`)]
    : [];
  const files = books.files.filter(({ file }) => file.verdict !== 'staged').map(({ file }) => notTaken(file));
  const leftOut = withdrawn.map(({ file, ofRun, rows }) => {
    const name = books.files.find((one) => one.file.id === file)?.file.name ?? '';
    const what = `${grouped(rows)} ${plural(rows, 'row')} of ${ofRun} it no longer holds: withdrawn.csv; nothing was undone`;
    return line(`  ${left('corrected', 11)} ${plain(name)}  ${what}`);
  });
  const more = files.length > 5 ? [line(`  and ${files.length - 5} more files that were not taken`)] : [];
  return [...stop, ...givenUp, ...files.slice(0, 5).flat(), ...more, ...leftOut];
}

/** Why a file was not taken, and what to do if an operator has to act. */
function notTaken({ name, verdict, code, reason, earlierRun }: RunFile): string[] {
  const why = verdict === 'duplicate' ? `taken by ${earlierRun}` : [code, reason].filter(Boolean).join(' ');
  const hint = verdict === 'refused' && code !== null ? hintOf(code) : '';
  const said = hint === '' || reason?.includes(hint) === true;
  const next = said ? [] : wrapped(hint.split(' '), 14, ' ');
  return [line(`  ${left(verdict, 11)} ${plain(name)}  ${plain(why)}`), ...next];
}

const mostGroups = 5;

function topGroups(groups: readonly ErrorGroup[], platform: string): string[] {
  if (groups.length === 0) return [];
  const largest = [...groups].sort((a, b) => b.rows - a.rows).slice(0, mostGroups);
  const width = Math.max(...largest.map(({ code }) => code.length));
  const lines = largest.map((group) => {
    const bucket = Object.entries(group.buckets).sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
    const what = group.platformCode === null ? textOf(group.code) : `${platform}: ${group.platformCode}`;
    const about = [group.field, what].filter(Boolean).map(plain).join(', ');
    const counted = `${right(group.number, 3)}  ${left(bucket, 8)} ${right(grouped(group.rows), 7)}`;
    return line(`${counted}  ${left(group.code, width)}  ${about}`);
  });
  const rest = groups.length - largest.length;
  return ['', ...lines, ...(rest > 0 ? [line(`     and ${rest} more ${plural(rest, 'group')}`)] : [])];
}

function ending(findings: Findings, { folder, outputs }: SummaryTextOptions): string[] {
  const next = nextCommand(findings);
  const names = outputs.map(({ name, rows }) => (rows === undefined ? name : `${name} (${grouped(rows)})`));
  const safe = 'Running anything again is safe: what was delivered is not sent twice.';
  return [
    '',
    `  files   ${folder}/`,
    ...wrapped(names, 10),
    ...(next === null ? [] : [line(`  next    ${next}`)]),
    line(`          ${safe}`),
  ];
}
