/** From bytes to records: see README.md for what is promised, and where it has to guess. */
import { BLOCK, blocks } from './blocks.ts';
import { codecOf } from './encoding.ts';
import type { ParseFormat } from './format.ts';
import { harvest } from './harvest.ts';
import type { Part, SummaryPart } from './parts.ts';
import { HEAD, sniff } from './sniff.ts';
import { newState, type State } from './state.ts';
import { step } from './steps.ts';

export { type DelimitedFormat, delimited, type FixedFormat, fixed, type ParseFormat } from './format.ts';
export type * from './parts.ts';

/**
 * Reads a file as records: first one header part (none if the file has no record and no header), then batches in the
 * order of the file, at the end one summary. Needs a few MiB whatever the file holds.
 *
 * Throws PointferryError STAGE_NOT_CSV (no text table) and STAGE_HEADER (the header line cannot be read) before the first
 * part; errors of `bytes` pass through. Damaged records are not thrown but handed over.
 */
export function parseRecords(bytes: AsyncIterable<Buffer>, format: ParseFormat): AsyncGenerator<Part> {
  return parseInBlocks(bytes, format, BLOCK);
}

/** The same in blocks of another size, which changes how records are put into batches and nothing else. */
export async function* parseInBlocks(
  bytes: AsyncIterable<Buffer>,
  format: ParseFormat,
  size: number,
): AsyncGenerator<Part> {
  const file = await open(bytes);
  try {
    const { encoding, bom } = sniff(file.head.subarray(0, HEAD), format);
    const state = newState(format, codecOf(encoding));
    const ends = { last: 0, before: 0 };
    let named = false;
    for await (const block of blocks(file.from(bom), state.codec, size)) {
      note(ends, block.bytes);
      take(state, block.bytes, block.last);
      for (let more = true; more; ) {
        more = walk(state);
        if (state.header !== null && !named) yield state.header;
        named = state.header !== null;
        if (state.good.length + state.damaged.length > 0) yield batch(state);
      }
    }
    yield summary(state, file.count(), ends);
  } finally {
    await file.close();
  }
}

/** Puts the next bytes behind those not done with. */
function take(s: State, block: Buffer, eof: boolean): void {
  const rest = s.buf.subarray(s.pos);
  s.buf = rest.length === 0 ? block : Buffer.concat([rest, block]);
  s.pos = 0;
  s.eof = eof;
}

const BATCH = 1000;

/** Goes on by a batch; false: as far as the bytes that have come allow. */
function walk(s: State): boolean {
  let more = true;
  while (more && s.spans.length + s.damaged.length < BATCH) {
    more = (s.pos < s.buf.length || (s.eof && s.long !== null)) && step(s);
  }
  harvest(s);
  return more;
}

function batch(s: State): Part {
  const { good, damaged } = s;
  s.good = [];
  s.damaged = [];
  return { kind: 'records', good, damaged: damaged.sort((a, b) => a.record - b.record) };
}

function summary(s: State, bytes: number, ends: { last: number; before: number }): SummaryPart {
  const { last: trailer, tokens } = s;
  const ended =
    ends.last === 10 ? tokens.lf || (tokens.crlf && ends.before === 13) : ends.last === 13 && tokens.cr;
  return {
    kind: 'summary',
    records: s.records,
    damaged: s.damagedRecords,
    skippedLines: { ...s.skipped, trailer: trailer === null ? 0 : 1 },
    lines: s.line - 1,
    bytes,
    leaderRecord: s.leaderRecord,
    trailerRecord: trailer === null ? null : { line: trailer.line, cells: trailer.cells },
    lastLineUnterminated: s.line > 1 && !ended,
  };
}

function note(ends: { last: number; before: number }, block: Buffer): void {
  if (block.length === 0) return;
  ends.before = block.length > 1 ? (block.at(-2) ?? 0) : ends.last;
  ends.last = block.at(-1) ?? 0;
}

/** Takes the first bytes off a stream, and gives them back with the rest. */
async function open(bytes: AsyncIterable<Buffer>) {
  const chunks = bytes[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  let done = false;
  const pull = async (): Promise<Buffer | null> => {
    const next = await chunks.next();
    if (next.done === true) {
      done = true;
      return null;
    }
    size += next.value.length;
    return next.value;
  };
  while (size < HEAD && !done) {
    const chunk = await pull();
    if (chunk !== null) first.push(chunk);
  }
  const head = Buffer.concat(first);
  return {
    head,
    count: () => size,
    close: async () => {
      if (!done) await chunks.return?.();
    },
    async *from(start: number): AsyncGenerator<Buffer> {
      yield head.subarray(start);
      for (let chunk = await pull(); chunk !== null; chunk = await pull()) yield chunk;
    },
  };
}
