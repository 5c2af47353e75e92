/** A sample as records, by the project's own parser. */
import { Readable } from 'node:stream';
import type { Format } from '../pipeline/format.ts';
import { parseRecords } from '../stage/parse/index.ts';
import { parseFormat } from '../stage/shape.ts';

export interface Rows {
  /** Whole ones, the header among them. */
  readonly records: readonly (readonly string[])[];
  readonly damaged: number;
  readonly trailer: readonly string[] | null;
}

/** Reads all records, the first one too. Throws STAGE_NOT_CSV for what is no text table. */
export async function rowsOf(bytes: Buffer, format: Format): Promise<Rows> {
  const records: (readonly string[])[] = [];
  const found: { damaged: number; trailer: readonly string[] | null } = { damaged: 0, trailer: null };
  const stream = Readable.from([bytes]);
  for await (const part of parseRecords(stream, parseFormat({ ...format, header: false }))) {
    if (part.kind === 'summary') found.trailer = part.trailerRecord?.cells ?? null;
    if (part.kind !== 'records') continue;
    for (const record of part.good) records.push(record.cells);
    found.damaged += part.damaged.length;
  }
  return { records, ...found };
}
