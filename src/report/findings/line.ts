/** One row of errors.csv, pending.csv and skipped.csv: the original cells, then what became of it. */
import { type CatalogueEntry, type Code, catalogue, type Retryable } from '../../ground/catalogue.ts';
import type { Bucket } from '../../ledger/buckets.ts';
import type { RunFile } from '../../ledger/file.ts';
import type { Definition } from '../../ledger/run.ts';
import { type Encoding, showBytes } from './bytes.ts';
import { maskValue } from './mask.ts';
import type { Fault, ReportedRow } from './rows.ts';
import { columnsOfField } from './source-columns.ts';

/** Pointferry's columns, in their order (docs/contract.md#errorscsv). */
export const ownColumns = [
  '_row_id',
  '_file',
  '_record',
  '_line',
  '_bucket',
  '_stage',
  '_code',
  '_field',
  '_value',
  '_reason',
  '_http_status',
  '_platform_code',
  '_attempts',
  '_retryable',
  '_hint',
  '_request_id',
  '_raw',
] as const;

/** Pointferry's columns in a full success.csv. */
export const successColumns = [
  '_row_id',
  '_file',
  '_record',
  '_line',
  '_identity',
  '_platform_id',
  '_request_id',
] as const;

export interface LineContext {
  readonly file: RunFile;
  /** The names of the file's header, one per cell. */
  readonly header: readonly string[];
  readonly definition: Definition;
  readonly encoding: Encoding;
  readonly mask: boolean;
}

/** Names a row for as long as its run is known: `<file>-<record>`. */
export const rowId = (file: number, record: number): string => `${file}-${record}`;

/** Cells of one row, before the formula guard. */
export function lineOf(row: ReportedRow, context: LineContext): string[] {
  const hide = context.mask ? maskValue : (text: string): string => text;
  const faults = lineFaults(row, context);
  const joined = (pick: (fault: Fault) => string): string => faults.map(pick).join('|');
  const original = context.header.map((_, index) => hide(row.cells?.[index] ?? ''));
  return [
    ...original,
    rowId(context.file.id, row.record),
    context.file.name,
    String(row.record),
    String(row.line),
    row.bucket,
    row.stage,
    joined((fault) => fault.code),
    joined((fault) => fault.field),
    joined((fault) => hide(fault.value ?? '')),
    joined((fault) => fault.reason),
    String(row.httpStatus ?? ''),
    row.platformCode ?? '',
    String(row.attempts),
    retryable(row, faults),
    joined((fault) => hintOf(fault.code)),
    row.requestId ?? '',
    row.raw ? hide(showBytes(row.raw, context.encoding)) : '',
  ];
}

/** Cells of one delivered row, before the formula guard. */
export function successLine(row: ReportedRow, context: LineContext): string[] {
  const hide = context.mask ? maskValue : (text: string): string => text;
  return [
    ...context.header.map((_, index) => hide(row.cells?.[index] ?? '')),
    rowId(context.file.id, row.record),
    context.file.name,
    String(row.record),
    String(row.line),
    row.identity ?? '',
    row.platformId ?? '',
    row.requestId ?? '',
  ];
}

/** All faults of a rejected row; of others, the one that its operation has. */
export function lineFaults(row: ReportedRow, { definition, header, file }: LineContext): readonly Fault[] {
  const named = (field: string, ofKind: boolean): string[] => columnsOfField(definition, field, ofKind, file);
  if (row.faults && row.faults.length > 0)
    return row.faults.map((fault) => ({ ...fault, field: named(fault.field, false).join('+') }));
  const columns = named(row.field, row.ofKind);
  const value = columns.map((column) => row.cells?.[header.indexOf(column)] ?? '').join('+');
  return [{ code: row.code, field: columns.join('+'), value, reason: row.reason ?? reasonOf(row) }];
}

/** Undefined for a code that this version does not know. */
export const entryOf = (code: string): CatalogueEntry | undefined =>
  code in catalogue ? catalogue[code as Code] : undefined;

/** What the code means, in a few words. */
export const textOf = (code: string): string => entryOf(code)?.text ?? '';
export const hintOf = (code: string): string => entryOf(code)?.hint ?? '';

/** The reason of a row that has none stored. */
function reasonOf(row: ReportedRow): string {
  if (row.code !== '') return textOf(row.code);
  if (row.bucket !== 'pending') return plainReason[row.bucket] ?? '';
  if (row.state === null) return 'not looked at yet';
  if (row.state === 'sending') return 'in flight';
  if (row.state === 'in_doubt') return 'sent, no definite answer yet';
  return row.attempts > 0 ? 'waits for its next try' : 'not tried yet';
}

const plainReason: Readonly<Partial<Record<Bucket, string>>> = {
  unchanged: 'equals what the platform accepted last',
  duplicate: 'the same content was accepted already',
  filtered: 'the pipeline says not to send it',
};

const worst: readonly Retryable[] = ['no', 'after-edit', 'as-is'];

/** Whether the whole row can be sent again: as far as all its faults allow. */
function retryable(row: ReportedRow, faults: readonly Fault[]): string {
  if (row.bucket === 'pending' || row.bucket === 'parked') return 'as-is';
  const each = faults.map((fault) => entryOf(fault.code)?.retryable ?? 'no');
  return worst.find((one) => each.includes(one)) ?? 'no';
}
