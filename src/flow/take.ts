/** The first step: every file that the source has is read and landed, or noted with why not. */

import { isDatabaseError } from '../db/failure.ts';
import type { Db } from '../db/pool.ts';
import { readVariable } from '../ground/environment.ts';
import { PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { type Outcome, readFiles } from '../read/files.ts';
import { duplicateOf, knownFiles } from '../stage/known.ts';
import { landFile } from '../stage/land.ts';
import type { Landed, Landing } from '../stage/landing.ts';
import { note, notesOf } from '../stage/notes.ts';
import { shapeOf } from '../stage/shape.ts';
import type { Halt, Journey, RunOptions } from './journey.ts';

/** Files of the source, from the beginning: also for a run that goes on, which finds its own ones landed. */
export function filesOf(
  journey: Pick<Journey, 'pipeline' | 'options' | 'workdir' | 'base' | 'env' | 'signal'>,
): AsyncGenerator<Outcome> {
  const { pipeline, options, workdir, base, env, signal } = journey;
  const date = pipeline.businessDate;
  return readFiles(pipeline.source, {
    workdir,
    base,
    secrets: (ref) => readVariable(ref.env, env),
    signal,
    ...(options.files ? { only: options.files } : {}),
    ...(date && 'fileName' in date ? { businessDate: date.fileName } : {}),
  });
}

/**
 * What a listing brings that no run has taken: `new`, only `known` files, or `nothing` to take. Reads the files through, takes
 * none, and ends the listing.
 */
export async function newsIn(
  db: Db,
  run: { readonly account: string; readonly pipeline: string },
  files: AsyncIterable<Outcome>,
  how: { readonly options: RunOptions; readonly state: boolean },
): Promise<'new' | 'known' | 'nothing'> {
  let news: 'known' | 'nothing' = 'nothing';
  for await (const file of files) {
    if (file.kind === 'unfinished') continue;
    if (file.kind === 'refused') return 'new';
    const known = await knownFiles(db, run, file);
    await file.discard();
    const named = { name: file.name, businessDate: how.options.date ?? file.businessDateText };
    const allowAgain = how.options.allowDuplicateFile ?? false;
    if (!duplicateOf(known, named, { allowAgain, state: how.state })) return 'new';
    news = 'known';
  }
  return news;
}

interface Listed {
  readonly files: AsyncIterable<Outcome>;
  readonly businessDate: string | null;
}

export const noInput = ({ source }: Pick<Pipeline, 'source'>): PointferryError =>
  new PointferryError('READ_NO_INPUT', `no file matched ${JSON.stringify(source.path)}`);

/** Looks whether there is anything to take at all; unfinished files alone count as not come. Nothing is lost of the listing. */
export async function firstOf(files: AsyncGenerator<Outcome>): Promise<Listed | null> {
  const seen: Outcome[] = [];
  for (;;) {
    const { value, done } = await files.next();
    if (done) break;
    seen.push(value);
    if (value.kind !== 'unfinished') break;
  }
  const taken = seen.at(-1);
  if (!taken || taken.kind === 'unfinished') return null;
  return {
    businessDate: taken.kind === 'file' ? taken.businessDateText : null,
    files: (async function* () {
      yield* seen;
      yield* files;
    })(),
  };
}

/** Reads and lands. Throws what stops the run; gives a halt for what a person asked to be stopped by. */
export async function take(journey: Journey, files: AsyncIterable<Outcome>): Promise<Halt | null> {
  const so = { done: 0, bytes: 0, staged: 0, damaged: 0 };
  const show = (rows: number, damaged: number): void =>
    journey.watch({
      stage: 'stage',
      files: { done: so.done, total: so.done, bytes: so.bytes },
      rows: { staged: so.staged + rows, damaged: so.damaged + damaged },
    });
  const before = await notesOf(journey.db, journey.run.id);
  for await (const file of files) {
    const landed = await takeOne(journey, before, file, show);
    so.done += 1;
    so.bytes += file.kind === 'file' ? file.bytes : 0;
    so.staged += landed.records;
    so.damaged += landed.damaged;
    const { verdict, records: rows, code } = landed;
    journey.watch({ stage: 'stage', file: { name: file.name, verdict, rows, code } });
    show(0, 0);
    if (landed.verdict === 'refused' && journey.pipeline.files === 'all') {
      return {
        exitCode: exit.fatal,
        code: landed.code ?? 'READ_FAILED',
        reason: `${file.name} was refused, and the pipeline takes all files or none`,
      };
    }
    if (journey.signal.aborted)
      return { exitCode: exit.interrupted, code: 'INTERRUPTED', reason: 'stopped while files were read' };
  }
  return null;
}

/** The reason with what to do about it: a host key's pin, or a workbook's export, stands in the hint. */
const told = ({ message, hint }: { message: string; hint: string }): string => `${message} (${hint})`;

async function takeOne(
  journey: Journey,
  before: readonly number[],
  file: Outcome,
  show: (rows: number, damaged: number) => void,
): Promise<Landed> {
  const { db, log } = journey;
  const { id, account, pipeline } = journey.run;
  const run = { id, account, pipeline, before, token: journey.owner.token };
  const named = { name: file.name, path: file.displayPath };
  if (file.kind === 'unfinished')
    return note(db, run, named, { verdict: 'unfinished', code: file.code, reason: file.message });
  if (file.kind === 'refused')
    return note(db, run, named, { verdict: 'refused', code: file.code, reason: told(file) });
  const landing: Landing = {
    ...named,
    businessDate: journey.options.date ?? file.businessDateText,
    dated: file.businessDateText !== null,
    sha256: file.sha256,
    contentSha256: file.contentSha256,
    bytes: file.bytes,
    open: () => file.open(),
  };
  try {
    const landed = await landFile(db, {
      run,
      file: landing,
      shape: shapeOf(journey.pipeline, journey.kind),
      options: {
        allowAgain: journey.options.allowDuplicateFile ?? false,
        asNew: journey.options.asNew ?? false,
        signal: journey.signal,
        progress: show,
      },
    });
    for (const warning of landed.warnings) log('warn', warning, { file: file.name });
    // Its rows are in Postgres: the original is no longer needed. A kill before this line is no loss, the content is known.
    const isDone = landed.verdict === 'empty' && journey.pipeline.empty === 'ok';
    if (landed.verdict === 'staged' || landed.verdict === 'duplicate' || isDone) {
      // a ledger that is restored to before this landing must be noticed: the original is not where it was any more
      if (journey.pipeline.source.after !== undefined && journey.pipeline.source.after !== 'leave')
        await journey.owner.ledger.note();
      const finished = await file.finish();
      if (finished === 'changed')
        log('warn', 'another file stands where this one was; it was left alone', { file: file.name });
    }
    return landed;
  } catch (error) {
    if (error instanceof PointferryError && error.code.startsWith('READ_'))
      return note(db, run, named, { verdict: 'refused', code: error.code, reason: told(error) });
    if (isDatabaseError(error) && error.kind === 'statement')
      throw error.saying(`${file.name}: ${error.message}`);
    throw error;
  } finally {
    await file.discard();
  }
}
