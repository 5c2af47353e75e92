/** Cuts the records found in order into cells, many at once, and takes out those whose bytes are no text. */
import { delimitedCells, fixedCells } from './cells.ts';
import { nothingFound, scan } from './scan.ts';
import { report, type Span, type State } from './state.ts';

export function harvest(s: State): void {
  const { spans } = s;
  if (spans.length === 0) return;
  s.spans = [];
  const bytes = joined(s.buf, spans);
  const sound = !bytes.includes(0) && s.codec.sound(bytes);
  const cells = cut(s, bytes, spans.length);
  for (const [i, span] of spans.entries()) {
    const mine = cells?.[i] ?? alone(s, span);
    if (mine === null || (!sound && isUnsound(s, span))) continue;
    s.good.push({ record: span.record, line: span.line, cells: mine });
  }
}

/** The bytes of all spans, without a copy where they lie side by side. */
function joined(buf: Buffer, spans: readonly Span[]): Buffer {
  const parts: Buffer[] = [];
  let from = spans[0]?.from ?? 0;
  let to = from;
  for (const span of spans) {
    if (span.from !== to) {
      parts.push(buf.subarray(from, to));
      from = span.from;
    }
    to = span.next;
  }
  parts.push(buf.subarray(from, to));
  return parts.length === 1 ? (parts[0] ?? buf) : Buffer.concat(parts);
}

function cut(s: State, bytes: Buffer, count: number): string[][] | null {
  return s.format.kind === 'delimited' ? delimitedCells(bytes, count, s.format) : null;
}

/** One record by itself: fixed width, or where csv-parse and our scanner do not agree on a stretch. */
function alone(s: State, span: Span): string[] | null {
  const bytes = s.buf.subarray(span.from, span.end);
  const place = { line: span.line, bytes };
  if (s.format.kind === 'fixed') {
    const cells = fixedCells(bytes, s.format);
    if (Array.isArray(cells)) return cells;
    report(s, { ...place, code: 'STAGE_COLUMN_COUNT', reason: cells.reason }, span.record);
    return null;
  }
  const [cells] = delimitedCells(s.buf.subarray(span.from, span.next), 1, s.format) ?? [];
  if (cells?.length === s.header?.names.length) return cells ?? null;
  const lines = linesIn(s, span);
  report(
    s,
    { ...place, lines, code: 'STAGE_QUOTE_STRAY', reason: 'the record can be read in two ways' },
    span.record,
  );
  return null;
}

function linesIn(s: State, span: Span): number {
  scan(s.buf.subarray(span.from, span.end), 0, true, s.tokens, tried);
  return tried.lines;
}

const tried = nothingFound();

/** Reports the record if it holds a NUL or bytes that are no text. */
function isUnsound(s: State, span: Span): boolean {
  const bytes = s.buf.subarray(span.from, span.end);
  const nul = bytes.indexOf(0);
  const fault = s.codec.fault(bytes);
  if (nul === -1 && fault === -1) return false;
  const at = nul === -1 || (fault !== -1 && fault < nul) ? fault : nul;
  const place = s.codec.size(bytes.subarray(0, at)) + 1;
  const lines = linesIn(s, span);
  scan(bytes.subarray(0, at), 0, true, s.tokens, tried);
  const damage = { line: span.line, lines, cell: tried.cells - 1, bytes };
  if (at === nul) {
    report(s, { ...damage, code: 'STAGE_NUL', reason: `byte ${place} of the record is NUL` }, span.record);
  } else {
    const hex = s.codec.encode(bytes.subarray(at)).subarray(0, 2).toString('hex');
    const reason = `byte ${place} of the record begins no character in ${s.format.encoding} (hex ${hex} …)`;
    report(s, { ...damage, code: 'STAGE_ENCODING', reason }, span.record);
  }
  return true;
}
