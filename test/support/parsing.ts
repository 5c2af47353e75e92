/** Runs the parser over bytes at hand and gathers what it hands over. */
import type { ParseFormat } from '../../src/stage/parse/format.ts';
import { parseRecords } from '../../src/stage/parse/index.ts';
import type { DamagedRecord, GoodRecord, HeaderPart, SummaryPart } from '../../src/stage/parse/parts.ts';

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

export async function parseAll(
  bytes: Buffer | string | AsyncIterable<Buffer>,
  format: ParseFormat,
): Promise<Parsed> {
  const source =
    typeof bytes === 'string' ? chunked(Buffer.from(bytes)) : Buffer.isBuffer(bytes) ? chunked(bytes) : bytes;
  let header: HeaderPart | null = null;
  let summary: SummaryPart | null = null;
  const good: GoodRecord[] = [];
  const damaged: DamagedRecord[] = [];
  for await (const part of parseRecords(source, format)) {
    if (part.kind === 'header') header = part;
    else if (part.kind === 'summary') summary = part;
    else {
      good.push(...part.good);
      damaged.push(...part.damaged);
    }
  }
  if (summary === null) throw new Error('no summary');
  return { header, good, damaged, summary };
}
