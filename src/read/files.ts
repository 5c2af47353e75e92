/**
 * The entry of this room: from a pipeline's source to files that are whole, verified and plain in the private folder.
 * It uses no database: the caller decides whether a file is known.
 */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Code, catalogue } from '../ground/catalogue.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Source as SourceOptions } from '../pipeline/source.ts';
import { businessDateOf } from './date.ts';
import { defaults } from './defaults.ts';
import { fetchFile } from './fetch.ts';
import { namedFiles } from './local/source.ts';
import { escaped, naturalCompare } from './names.ts';
import { type PrivateFolder, privateFolder } from './private.ts';
import { type Ready, whichAreReady } from './ready.ts';
import { createSource } from './registry.ts';
import type { Candidate, Finished, Source, SourceContext } from './source.ts';
import { type Plain, unpack } from './unpack/unpack.ts';

interface Named {
  /** The file's name; for an entry of an archive `archive.zip/entry.csv`. Escaped for printing. */
  readonly name: string;
  /** Its path at the source, for people. */
  readonly displayPath: string;
}

export interface ReadFile extends Named {
  readonly kind: 'file';
  /** Of the file as received; for an entry, of its archive. */
  readonly bytes: number;
  readonly sha256: string;
  /** Of the plain bytes. The hash leaves out line ends at the end: a file is recognized by it. */
  readonly contentBytes: number;
  readonly contentSha256: string;
  readonly mtime: Date;
  /** `YYYY-MM-DD` from the file's name (or its archive's), null where the pattern finds none. */
  readonly businessDateText: string | null;
  /** The plain bytes from the beginning. May be called again until `discard`. */
  open(): Readable;
  /**
   * Carries out the after action. Call it when the content is safe in the database. Safe to repeat. An archive is finished with
   * the last of its entries; for the others it returns `waits`.
   */
  finish(): Promise<Finished | 'waits'>;
  /** Removes the plain bytes from the private folder. */
  discard(): Promise<void>;
}

/** A file that cannot be read until somebody repairs it. */
export interface Refused extends Named {
  readonly kind: 'refused';
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
}

/** A file that a later run reads. */
export interface Unfinished extends Named {
  readonly kind: 'unfinished';
  readonly code: 'READ_NOT_FINISHED';
  readonly message: string;
}

export type Outcome = ReadFile | Refused | Unfinished;

export interface ReadContext extends SourceContext {
  readonly workdir: string;
  /** The files of `--file`: local, taken as finished, left where they are. */
  readonly only?: readonly string[];
  /** A pattern such as `transactions_{yyyyMMdd}`, see date.ts. */
  readonly businessDate?: string;
  readonly now?: () => Date;
}

/**
 * Yields refused and unfinished files first, then files by business date and name in natural order. Each is fetched when it
 * is asked for. Throws what concerns the source as a whole or the machine: READ_CONNECT, READ_AUTH, READ_HOST_KEY,
 * READ_STALLED, READ_LISTING_TOO_LONG, READ_FAILED on a folder, READ_WORKDIR, READ_DISK_FULL. Throws READ_NO_INPUT for a file of
 * `only` that is not there, and the signal's reason when it was aborted.
 */
export async function* readFiles(options: SourceOptions, context: ReadContext): AsyncGenerator<Outcome> {
  const named = context.only === undefined ? undefined : await namedFiles(context.only);
  const source =
    named === undefined
      ? await createSource(options, context)
      : await createSource({ kind: 'local', path: '' }, {});
  const folder = await privateFolder(context.workdir);
  try {
    const found = named === undefined ? yield* find(source, options, context) : named.map(asReady);
    for (const ready of inOrder(found, options, context))
      yield* take({ source, folder, options, context }, ready);
  } catch (error) {
    throw context.signal?.aborted === true ? context.signal.reason : error;
  } finally {
    await source.close();
    await folder.close();
  }
}

async function* find(
  source: Source,
  options: SourceOptions,
  context: ReadContext,
): AsyncGenerator<Refused | Unfinished, Ready[]> {
  const { candidates, traps } = await source.list();
  for (const { name, path, code, message } of traps)
    yield refused({ name, displayPath: source.display(path) }, new PointferryError(code, message));
  const { ready, waiting } = await whichAreReady(source, candidates, options.ready ?? {}, {
    now: context.now ?? (() => new Date()),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  for (const { candidate, why } of waiting) yield unfinished(namedBy(source, candidate), why);
  return ready;
}

const asReady = (candidate: Candidate): Ready => ({ candidate, facts: {}, companion: null });

function inOrder(found: readonly Ready[], options: SourceOptions, context: ReadContext): Ready[] {
  const age = (ready: Ready): number => ready.candidate.mtime.getTime();
  const sign = options.order === 'newest' ? -1 : 1;
  const taken = [...found]
    .sort((a, b) => sign * (age(a) - age(b)) || naturalCompare(a.candidate.path, b.candidate.path))
    .slice(0, context.only === undefined ? options.take : undefined);
  const date = ({ candidate }: Ready): string => businessDateOf(candidate.name, context.businessDate) ?? '';
  return taken.sort(
    (a, b) =>
      naturalCompare(date(a), date(b)) ||
      naturalCompare(a.candidate.name, b.candidate.name) ||
      naturalCompare(a.candidate.path, b.candidate.path),
  );
}

interface Take {
  readonly source: Source;
  readonly folder: PrivateFolder;
  readonly options: SourceOptions;
  readonly context: ReadContext;
}

/** Errors that stop the run, not only the file. */
const ofTheRun: ReadonlySet<Code> = new Set([
  'READ_AUTH',
  'READ_CONNECT',
  'READ_DISK_FULL',
  'READ_HOST_KEY',
  'READ_STALLED',
  'READ_WORKDIR',
  'CONFIG_INVALID',
  'CONFIG_MISSING_ENV',
]);

async function* take(from: Take, ready: Ready): AsyncGenerator<Outcome> {
  const { source, folder, options, context } = from;
  const names = namedBy(source, ready.candidate);
  const signal = context.signal === undefined ? {} : { signal: context.signal };
  try {
    const fetched = await fetchFile(source, ready.candidate, folder, {
      facts: ready.facts,
      maxBytes: options.maxBytes ?? defaults.maxBytes,
      ...signal,
    });
    const plain = await unpack({ ...fetched, name: ready.candidate.name }, folder, {
      ...(options.unpack === undefined ? {} : { rules: options.unpack }),
      secrets: context.secrets ?? (() => undefined),
      ...signal,
    });
    yield* files(from, ready, fetched, plain);
  } catch (error) {
    if (context.signal?.aborted === true) throw error;
    if (!(error instanceof PointferryError) || ofTheRun.has(error.code)) throw error;
    yield error.code === 'READ_NOT_FINISHED' ? unfinished(names, error.message) : refused(names, error);
  }
}

async function* files(
  { source, folder, context }: Take,
  { candidate, companion }: Ready,
  fetched: { bytes: number; sha256: string },
  plain: readonly Plain[],
): AsyncGenerator<ReadFile> {
  const names = namedBy(source, candidate);
  const open = new Set(plain);
  const shown = new Set<Plain>();
  const date = businessDateOf(candidate.name, context.businessDate);
  const finish = async (part: Plain): Promise<Finished | 'waits'> => {
    open.delete(part);
    if (open.size > 0) return 'waits';
    return context.only === undefined ? source.finish(candidate, fetched.sha256, companion) : 'done';
  };
  try {
    for (const part of inEntryOrder(plain)) {
      shown.add(part);
      const entry = part.entry === null ? null : escaped(part.entry);
      yield {
        kind: 'file',
        name: entry === null ? names.name : `${names.name}/${entry}`,
        displayPath: entry === null ? names.displayPath : `${names.displayPath}/${entry}`,
        bytes: fetched.bytes,
        sha256: fetched.sha256,
        contentBytes: part.bytes,
        contentSha256: part.contentSha256,
        mtime: candidate.mtime,
        businessDateText: (entry === null ? null : businessDateOf(entry, context.businessDate)) ?? date,
        open: () => createReadStream(part.path, { highWaterMark: 256 * 1024 }),
        finish: () => finish(part),
        discard: () => folder.remove(part.path),
      };
    }
  } finally {
    // entries of an archive that the caller never asked for
    for (const part of plain) if (!shown.has(part)) await folder.remove(part.path);
  }
}

function inEntryOrder(plain: readonly Plain[]): Plain[] {
  return [...plain].sort((a, b) => naturalCompare(a.entry ?? '', b.entry ?? ''));
}

function namedBy(source: Source, candidate: Candidate): Named {
  return { name: escaped(candidate.name), displayPath: escaped(source.display(candidate.path)) };
}

function refused(names: Named, error: PointferryError): Refused {
  const { code, message, hint } = error;
  return { kind: 'refused', ...names, code, message, hint };
}

function unfinished(names: Named, why: string): Unfinished {
  return {
    kind: 'unfinished',
    ...names,
    code: 'READ_NOT_FINISHED',
    message: `${catalogue.READ_NOT_FINISHED.text}: ${why}`,
  };
}
