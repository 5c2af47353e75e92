/** One line of COPY text for a record of the raw table: `_record`, `_line`, `_damage`, then the cells. */
import { encodeRow } from '../db/copy.ts';
import type { Binding } from './header.ts';
import type { DamagedRecord, GoodRecord } from './parse/index.ts';

export function rowLine(header: Binding, record: GoodRecord | DamagedRecord): string {
  const head = [String(record.record), String(record.line)];
  if ('code' in record) {
    const empty = header.mode === 'cells' ? [null] : header.columns.map(() => null);
    return encodeRow([...head, damageOf(record), ...empty]);
  }
  if (header.mode === 'cells') return encodeRow([...head, null, arrayOf(record.cells)]);
  return encodeRow([...head, null, ...record.cells]);
}

const damageOf = (record: DamagedRecord): string =>
  JSON.stringify({
    code: record.code,
    field: record.field ?? '',
    reason: record.reason,
    raw: record.raw.toString('base64'),
    cut: record.bytes > record.raw.length,
  });

/** A Postgres array literal; each element quoted, so that NULL, braces and commas are text. */
const arrayOf = (cells: readonly string[]): string =>
  `{${cells.map((cell) => `"${cell.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
