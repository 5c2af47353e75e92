/** Runs the parser over bytes at hand and gathers what it hands over. */
import type { ParseFormat } from '../../src/stage/parse/format.ts';
import { parseRecords } from '../../src/stage/parse/index.ts';
import type {
  DamagedRecord,
  GoodRecord,
  HeaderPart,
  Part,
  SummaryPart,
} from '../../src/stage/parse/parts.ts';

export interface Parsed {
  readonly header: HeaderPart | null;
  readonly good: readonly GoodRecord[];
  readonly damaged: readonly DamagedRecord[];
  readonly summary: SummaryPart;
}

export async function* chunked(bytes: Buffer, sizes: readonly number[] = []): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + size);
    at += size;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

export function parseAll(bytes: Buffer | string, format: ParseFormat): Promise<Parsed> {
  return gather(parseRecords(chunked(Buffer.from(bytes)), format));
}

export async function gather(parts: AsyncIterable<Part>): Promise<Parsed> {
  let header: HeaderPart | null = null;
  let summary: SummaryPart | null = null;
  const good: GoodRecord[] = [];
  const damaged: DamagedRecord[] = [];
  for await (const part of parts) {
    if (part.kind === 'header') header = part;
    else if (part.kind === 'summary') summary = part;
    else {
      for (const record of part.good) good.push(record);
      for (const record of part.damaged) damaged.push(record);
    }
  }
  if (summary === null) throw new Error('no summary');
  return { header, good, damaged, summary };
}
