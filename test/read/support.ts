import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Source as SourceOptions } from '../../src/pipeline/source.ts';
import { type Outcome, type ReadContext, type ReadFile, readFiles } from '../../src/read/files.ts';

/** A folder of its own for a test, gone afterwards. */
export async function tempFolder(t: { readonly after: (end: () => Promise<void>) => void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pointferry-read-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder: `{ 'in/a.csv': 'text' }`. */
export async function put(folder: string, files: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

export async function collect(outcomes: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

/** Reads a local folder with `base` as both the base and the parent of the work folder. */
export function readLocal(
  base: string,
  options: Omit<Extract<SourceOptions, { kind: 'local' }>, 'kind'>,
  context: Partial<ReadContext> = {},
): Promise<Outcome[]> {
  return collect(
    readFiles({ kind: 'local', ...options }, { workdir: join(base, '.work'), base, ...context }),
  );
}

export function filesOf(outcomes: readonly Outcome[]): ReadFile[] {
  return outcomes.filter((outcome) => outcome.kind === 'file');
}

/** `kind code name` of each, for one comparison of all. */
export function brief(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) =>
    outcome.kind === 'file' ? `file ${outcome.name}` : `${outcome.kind} ${outcome.code} ${outcome.name}`,
  );
}

export const contentOf = (file: ReadFile): Promise<string> => text(file.open());

/** Names of everything below a folder that is a file. */
export async function left(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}
