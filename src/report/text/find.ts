/** `find` on a screen. */
import { local } from '../../ground/clock.ts';
import { grouped } from '../../ground/decimal.ts';
import { line, plain, plural } from '../../ground/table.ts';
import type { Found, FoundAttempt, FoundOperation, FoundRow } from '../findings/find.ts';
import { rowId } from '../findings/line.ts';

/** Times are shown in `zone`. */
export function foundText(found: Found, value: string, zone: string): string[] {
  if (found.operations.length === 0 && found.rows.length === 0)
    return [
      line(`nothing is known under ${plain(value)}`),
      '  it may be the value of a cell: look into errors.csv of the run',
    ];
  return [
    ...found.operations.flatMap((operation) => [...operationText(operation, zone), '']),
    ...found.rows.map(rowText),
  ];
}

const when = (at: Date, zone: string): string => {
  const shown = local(at, zone);
  return `${shown.date} ${shown.time} ${shown.zone}`;
};

function operationText(one: Found['operations'][number], zone: string): string[] {
  const member =
    one.memberKey === null
      ? ''
      : `member ${plain(one.memberKey)} -> ${plain(one.subject ?? 'not known yet')}`;
  const value = one.value === null ? '' : grouped(one.value);
  const title = one.identity ?? one.subject ?? one.key ?? String(one.id);
  return [
    line([plain(title), one.kind, member, value, when(one.versionAt, zone)].filter(Boolean).join('    ')),
    ...fromText(one.rows),
    line(`  ${stateText(one, zone)}`),
    ...one.sent.flatMap((attempt) => attemptText(attempt, zone)),
  ];
}

function stateText(one: FoundOperation, zone: string): string {
  const said = [one.code, one.httpStatus, one.platformCode, one.field, one.reason].filter(
    (part) => part !== null && part !== '',
  );
  const settled = one.settledAt
    ? `since ${when(one.settledAt, zone)}${one.settledBy ? ` by ${one.settledBy}` : ''}`
    : '';
  const parked = one.state === 'parked' && one.parkUntil ? `until ${when(one.parkUntil, zone)}` : '';
  return [
    `${one.state} (revision ${one.revision})`,
    settled,
    parked,
    ...said.map((part) => plain(String(part))),
  ]
    .filter(Boolean)
    .join('  ');
}

/** `from pos.csv, lines 7,410-7,414 (5 rows)`, a line per file. */
function fromText(rows: readonly FoundRow[]): string[] {
  return [...Map.groupBy(rows, (row) => row.file).values()].map((own) => {
    const lines = own.map((row) => row.line);
    const [low, high] = [Math.min(...lines), Math.max(...lines)];
    const span = low === high ? `line ${grouped(low)}` : `lines ${grouped(low)}-${grouped(high)}`;
    const [first] = own;
    const buckets = [...new Set(own.map((row) => row.bucket))].join(', ');
    return line(
      `  from ${plain(first?.name ?? '')}, ${span} (${own.length} ${plural(own.length, 'row')})  ${first?.run}  ${buckets}`,
    );
  });
}

function attemptText(attempt: FoundAttempt, zone: string): string[] {
  const answer = [attempt.httpStatus, attempt.platformCode].filter((part) => part !== null).join(' ');
  const ms = attempt.ms === null ? '' : `${Math.round(attempt.ms)} ms`;
  const request = attempt.requestId === null ? '' : `request ${plain(attempt.requestId)}`;
  const parts = [attempt.run, local(attempt.at, zone).time, `${attempt.method} ${shortUrl(attempt.url)}`];
  const purpose = attempt.purpose === 'send' ? '' : attempt.purpose;
  return [
    line(
      `  ${[...parts, answer, purpose, attempt.outcome ?? 'in flight', ms, request].filter(Boolean).join('  ')}`,
    ),
    ...(attempt.body ? [line(`      sent    ${plain(attempt.body)}`)] : []),
    ...(attempt.reason ? [line(`      reason  ${plain(attempt.reason)}`)] : []),
    ...(attempt.answer ? [line(`      answer  ${plain(attempt.answer)}`)] : []),
    ...(attempt.late ?? []).map((late) =>
      line(
        `      late    ${late.at}  ${late.outcome}  ${late.httpStatus ?? ''}  ${plain(late.reason ?? '')}`,
      ),
    ),
  ];
}

/** The last step of the path says what was requested; the rest is the account's address. */
const shortUrl = (url: string): string => plain(`.../${url.split('?')[0]?.split('/').at(-1) ?? ''}`);

function rowText(row: FoundRow): string {
  const faults = (row.faults ?? [])
    .map(({ code, field, reason }) => [code, field, reason].filter(Boolean).join(' '))
    .join('; ');
  return line(
    `row ${rowId(row.file, row.record)}  ${plain(row.name)} line ${grouped(row.line)}  ${row.run}  ${row.bucket}  ${plain(faults)}`,
  );
}
