/** Files spoilt in one place: at most the spoilt record is lost, it is reported with its line, and all others arrive. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delimited } from '../../../src/stage/parse/index.ts';
import { bookFaults } from '../../support/accounting.ts';
import { type Parsed, parseAll } from '../../support/parsing.ts';
import { type Dialect, type Polluted, pollutions, sampleRows } from '../../support/pollute.ts';

const all = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const dialects: readonly Dialect[] = [
  { delimiter: ',', lineEnd: '\n', quoteAll: false, columns: all },
  { delimiter: ';', lineEnd: '\r\n', quoteAll: false, columns: all },
  { delimiter: '|', lineEnd: '\n', quoteAll: true, columns: all },
  { delimiter: ',', lineEnd: '\n', quoteAll: false, columns: [0, 7, 8] },
  { delimiter: ',', lineEnd: '\n', quoteAll: false, columns: [7, 4] },
];

/** What is wrong with how a polluted file was read; empty when at most the spoilt rows are lost, and reported. */
function faultsOf(file: Polluted, { good, damaged }: Parsed): string[] {
  const faults: string[] = [];
  const at = new Map(good.map((record) => [record.line, record]));
  const spoiltLines = new Set<number>();
  for (const [r, place] of file.places.entries()) {
    const touched = file.spoilt.includes(r);
    if (touched) for (let i = 0; i < place.lines; i++) spoiltLines.add(place.line + i);
    const record = at.get(place.line);
    if (touched && record === undefined) {
      if (!damaged.some((d) => d.line === place.line)) faults.push(`row ${r} is lost and not reported`);
      continue;
    }
    const cells = JSON.stringify(record?.cells);
    if (record === undefined) faults.push(`row ${r} did not arrive`);
    else if (!touched && cells !== JSON.stringify(file.rows[r]))
      faults.push(`row ${r} arrived with other cells`);
    at.delete(place.line);
  }
  // where two columns of text have lost a closing quote, the rest of the cell is a record like any other: it cannot be told
  const ambiguous = file.rows[0]?.length === 2 && file.kind === 'closing quote dropped';
  for (const line of at.keys()) {
    if (!ambiguous || !spoiltLines.has(line)) faults.push(`line ${line} arrived as a record, but is none`);
  }
  for (const { line } of damaged) {
    if (!spoiltLines.has(line)) faults.push(`line ${line} is reported, but not spoilt`);
  }
  return faults;
}

test('a corpus of polluted files loses at most the polluted record, and reports it', async () => {
  const score = new Map<
    string,
    { files: number; kept: number; right: number; rows: number; arrived: number }
  >();
  const bad: string[] = [];
  for (const dialect of dialects) {
    const format = delimited({ delimiter: dialect.delimiter });
    const known = { delimiter: dialect.delimiter, quote: '"', preamble: 0, comment: null, trailer: null };
    for (const file of pollutions(sampleRows(30), dialect)) {
      const parsed = await parseAll(file.bytes, format);
      const faults = faultsOf(file, parsed);
      if (file.kind !== 'byte order mark') faults.push(...bookFaults(file.bytes, parsed, known));
      const line = score.get(file.kind) ?? { files: 0, kept: 0, right: 0, rows: 0, arrived: 0 };
      line.files++;
      line.rows += file.rows.length;
      line.arrived += parsed.good.length;
      if (faults.length === 0) line.right++;
      else bad.push(`${JSON.stringify(dialect)} ${file.name}: ${faults.join('; ')}`);
      score.set(file.kind, line);
    }
  }
  console.log('pollution                   files  right  rows arrived');
  for (const [kind, { files, right, rows, arrived }] of score) {
    console.log(
      `${kind.padEnd(26)} ${files.toString().padStart(6)} ${right.toString().padStart(6)}  ${arrived} of ${rows}`,
    );
  }
  const files = [...score.values()].reduce((sum, line) => sum + line.files, 0);
  console.log(`score: ${files - bad.length} of ${files} files`);
  assert.deepEqual(bad, []);
});
