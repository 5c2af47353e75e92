/** What comes back when somebody opens a CSV file in a spreadsheet and saves it: simulated, or by LibreOffice itself. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** A file as rows of cells, the header first. */
export const cellsOf = (csv: string, delimiter = ','): string[][] => parse(csv, { bom: true, delimiter });

/** What a spreadsheet of western Europe shows for a cell, and so saves. */
export function shownByExcel(cell: string): string {
  if (/^\d{12,}$/.test(cell)) return Number(cell).toExponential(5).replace('.', ',').replace('e+', 'E+');
  if (/^-?\d+(\.\d+)?$/.test(cell)) return String(Number(cell)).replace('.', ',');
  const [, y, m, d, time = ''] = /^(\d{4})[-/](\d{2})[-/](\d{2})( \d{2}:\d{2})?$/.exec(cell) ?? [];
  if (y !== undefined) return `${d}.${m}.${y}${time}`;
  const [, day, month] = /^(\d{1,2})-(\d{1,2})$/.exec(cell) ?? [];
  if (day !== undefined && Number(month) <= 12)
    return `${day.padStart(2, '0')}. ${monthsDe[Number(month) - 1]}`;
  return cell;
}
const monthsDe = ['Jan', 'Feb', 'Mrz', 'Apr', 'Mai', 'Jun', 'Jul', 'Aug', 'Sep', 'Okt', 'Nov', 'Dez'];

/** As Excel saves it: semicolons, windows-1252, no quotes where none are needed, empty cells at the end left out. */
export function savedByExcel(rows: readonly (readonly string[])[]): Buffer {
  const text = stringify(
    rows.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1)),
    { delimiter: ';', record_delimiter: '\r\n' },
  );
  return Buffer.from([...text].map((letter) => byteOf(letter)));
}
const table = new Map(
  Array.from({ length: 256 }, (_, byte) => [
    new TextDecoder('windows-1252').decode(Uint8Array.of(byte)),
    byte,
  ]),
);
const byteOf = (letter: string): number => table.get(letter) ?? 0x3f;

export const hasLibreOffice = spawnSync('soffice', ['--version']).status === 0;

/** Opens and saves with LibreOffice, comma to semicolon, UTF-8. */
export async function throughLibreOffice(csv: string): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-calc-'));
  const run = promisify(execFile);
  const convert = (to: string, file: string, filter: string[], out: string) =>
    run('soffice', [
      `-env:UserInstallation=file://${folder}/profile`,
      '--headless',
      '--convert-to',
      to,
      ...filter,
      '--outdir',
      path.join(folder, out),
      file,
    ]);
  try {
    const base = path.basename(csv, '.csv');
    await convert('ods', csv, ['--infilter=Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true'], 'a');
    const back = 'csv:Text - txt - csv (StarCalc):59,34,76,1,,1033,false,true,false';
    await convert(back, path.join(folder, 'a', `${base}.ods`), [], 'b');
    return readFileSync(path.join(folder, 'b', `${base}.csv`), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
