/** Parsed records into the raw table, by COPY. */

import { copyRows, encodeRow } from '../db/copy.ts';
import type { Client } from '../db/pool.ts';
import { stagingSchema } from '../ledger/raw-table.ts';
import type { Binding } from './header.ts';
import type { DamagedRecord, GoodRecord, Part, SummaryPart } from './parse/index.ts';

/** Copies all records, and returns the parser's summary. Throws if COPY and the parser disagree about their number. */
export async function copyRecords(
  client: Client,
  raw: { readonly table: string; readonly header: Binding },
  parts: AsyncGenerator<Part>,
  options: { readonly signal: AbortSignal; readonly progress: (rows: number, damaged: number) => void },
): Promise<SummaryPart> {
  const { table, header } = raw;
  let summary: SummaryPart | undefined;
  async function* lines(): AsyncGenerator<Buffer> {
    let rows = 0;
    let damaged = 0;
    for await (const part of parts) {
      if (part.kind === 'summary') summary = part;
      if (part.kind !== 'records') continue;
      const text = [...part.good, ...part.damaged].map((record) => copyLine(header, record));
      rows += text.length;
      damaged += part.damaged.length;
      options.progress(rows, damaged);
      if (text.length > 0) yield Buffer.from(text.join(''), 'utf8');
    }
  }
  const columns = [
    '_record',
    '_line',
    '_damage',
    ...(header.mode === 'cells' ? ['_cells'] : header.columns.map(({ column }) => column)),
  ];
  const written = await copyRows(client, [stagingSchema, table], columns, lines(), {
    signal: options.signal,
  });
  if (!summary) throw new Error('the parser ended without a summary');
  if (written !== summary.records)
    throw new Error(`the parser counted ${summary.records} records, COPY took ${written}`);
  return summary;
}

/** One line of COPY text: `_record`, `_line`, `_damage`, then the cells. */
function copyLine(header: Binding, record: GoodRecord | DamagedRecord): string {
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
