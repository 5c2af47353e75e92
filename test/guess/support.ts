/** Guesses of files made on the spot. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { checkLoaded } from '../../src/check/check.ts';
import { loadKinds, loadPlatforms } from '../../src/destinations/index.ts';
import { type Guess, guessPipeline } from '../../src/guess/guess.ts';
import type { Account, Pipeline } from '../../src/pipeline/types.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-guess-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const kinds = await loadKinds();
const platforms = await loadPlatforms();

/** Guesses a file with this content; every literal is checked: only what a person must settle may be open. */
export async function guessed(
  content: string | Buffer,
  operation: string,
  name = 'sample.csv',
  limit?: number,
): Promise<Guess> {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return guessedFile(file, operation, limit);
}

export async function guessedFile(file: string, operation: string, limit?: number): Promise<Guess> {
  const kind = kinds.get(operation);
  if (!kind) throw new Error(`no kind ${operation}`);
  const guess = await guessPipeline(file, {
    kind,
    account: null,
    base: folder,
    ...(limit === undefined ? {} : { limit }),
  });
  const wrong = openOf(guess.pipeline, kind.platform).filter((line) => !isOpen(line));
  if (wrong.length > 0)
    throw new Error(`the guess of ${path.basename(file)} has mistakes of its own: ${wrong.join('; ')}`);
  return guess;
}

const isOpen = (line: string): boolean =>
  /not settled yet|read the same text as two dates|cannot be both the decimal sign/.test(line);

/** What `check` says of a literal. */
export function openOf(pipeline: Readonly<Record<string, unknown>>, platform: string): string[] {
  const account = { platform, stage: 'sandbox', baseUrl: { env: 'X' } } as unknown as Account;
  const { problems } = checkLoaded(
    {
      folder,
      accounts: [{ name: 'some', file: 'some.ts', account }],
      unloadable: [],
      pipelines: [{ name: 'guessed', file: 'guessed.ts', pipeline: pipeline as unknown as Pipeline }],
    },
    kinds,
    platforms,
  );
  return problems
    .filter(({ file }) => file === 'guessed.ts')
    .map((problem) => `${problem.path}: ${problem.reason}`);
}

export const csv = (rows: readonly (readonly (string | number)[])[], delimiter = ','): string =>
  rows.map((row) => `${row.map((cell) => quoted(String(cell), delimiter)).join(delimiter)}\n`).join('');

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

export const textOfFile = (file: string): string => readFileSync(file, 'utf8');
