/** Pipelines and accounts as files: checked, listed, guessed from a sample. No database; network only for `online`. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Checked, checkFolder, checkLoaded, type Problem } from '../check/check.ts';
import { resolveAccount } from '../destinations/account.ts';
import { loadKinds, loadPlatforms } from '../destinations/index.ts';
import type { Kind } from '../destinations/kind.ts';
import { readVariable } from '../ground/environment.ts';
import { PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';
import { didYouMean } from '../ground/words.ts';
import { type Guess, guessPipeline } from '../guess/guess.ts';
import { loadAll } from '../pipeline/load.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { unmetNeeds } from '../read/needs.ts';
import type { App } from './app.ts';

/** Pipelines and accounts by name, with every problem; null where there is no folder of pipelines. */
export async function definitions(app: App): Promise<Checked | null> {
  try {
    return await checkFolder(app.pipelines);
  } catch (error) {
    if (error instanceof PointferryError) return null;
    throw error;
  }
}

export interface CheckRequest {
  /** One pipeline with its account; null: all. */
  readonly pipeline: string | null;
  /** Also the variables and addresses that accounts and sources need. */
  readonly online: boolean;
}

export interface CheckResult {
  readonly problems: readonly Problem[];
  /** Pipelines and accounts that can be used. */
  readonly good: number;
}

/** Every problem of every pipeline and account at once. */
export async function check(app: App, { pipeline, online }: CheckRequest): Promise<CheckResult> {
  const checked = await checkFolder(app.pipelines);
  const account = pipeline === null ? undefined : checked.pipelines.get(pipeline)?.account;
  const isAbout = (name: string): boolean => pipeline === null || name === pipeline || name === account;
  const problems = checked.problems.filter(({ name }) => isAbout(name));
  if (pipeline !== null && !checked.pipelines.has(pipeline) && problems.length === 0) {
    throw new PointferryError('CONFIG_USAGE', `there is no pipeline "${pipeline}" in ${app.pipelines}`, {
      exitCode: exit.config,
    });
  }
  const missing = online
    ? [...(await accountNeeds(app, checked, isAbout)), ...(await sourceNeeds(app, checked, isAbout))]
    : [];
  const good = new Set([...checked.pipelines.keys(), ...checked.accounts.keys()].filter(isAbout)).size;
  return { problems: [...problems, ...missing], good };
}

/** Credentials and addresses of accounts, which a file does not hold. */
async function accountNeeds(
  app: App,
  checked: Checked,
  isAbout: (name: string) => boolean,
): Promise<Problem[]> {
  const platforms = await loadPlatforms();
  return [...checked.accounts].flatMap(([name, account]) => {
    const platform = platforms.get(account.platform);
    if (!platform || !isAbout(name)) return [];
    try {
      resolveAccount(name, account, platform, app.env);
      return [];
    } catch (error) {
      if (!(error instanceof PointferryError)) throw error;
      return [{ file: `accounts/${name}.ts`, name, path: '', reason: error.message }];
    }
  });
}

/** The same for the sources of pipelines. */
async function sourceNeeds(
  app: App,
  checked: Checked,
  isAbout: (name: string) => boolean,
): Promise<Problem[]> {
  const pipelines = [...checked.pipelines].filter(([name]) => isAbout(name));
  const problems = await Promise.all(
    pipelines.map(async ([name, { source }]) => {
      const unmet = await unmetNeeds(source, (ref) => readVariable(ref.env, app.env));
      return unmet.map((reason) => ({ file: `${name}.ts`, name, path: 'source', reason }));
    }),
  );
  return problems.flat();
}

export interface GuessRequest {
  /** The sample, absolute. */
  readonly sample: string;
  /** Name of the operation kind. */
  readonly operation: string;
  readonly account: string | null;
  /** The file to write, absolute; one that is there is left alone. */
  readonly file: string;
  /** Writes nothing. */
  readonly dryRun: boolean;
}

/** What only a person knows: until it is filled in, the check refuses the pipeline. */
export interface OpenQuestion {
  readonly path: string;
  readonly reason: string;
}

export interface Guessed {
  readonly guess: Guess;
  readonly open: readonly OpenQuestion[];
  /** False after a dry run. */
  readonly isWritten: boolean;
}

/** Writes a pipeline for a sample of a file, with the questions that it leaves open. */
export async function guess(app: App, request: GuessRequest): Promise<Guessed> {
  const { sample, operation, account, file, dryRun } = request;
  const kind = await kindOf(operation);
  const guessed = await guessPipeline(sample, { kind, account, base: dirname(app.pipelines) });
  const open = await openQuestions(app, file, guessed);
  if (!dryRun) await write(file, guessed.text);
  return { guess: guessed, open, isWritten: !dryRun };
}

async function kindOf(operation: string): Promise<Kind> {
  const kinds = await loadKinds();
  const kind = kinds.get(operation);
  if (kind) return kind;
  throw new PointferryError(
    'CONFIG_USAGE',
    operation === ''
      ? 'guess: --operation is missing'
      : `there is no operation kind "${operation}"${didYouMean(operation, kinds.keys())}`,
    { hint: `one of ${[...kinds.keys()].join(', ')}` },
  );
}

/** What the check will say of the file. */
async function openQuestions(app: App, file: string, guessed: Guess): Promise<OpenQuestion[]> {
  const loaded = await loadAll(app.pipelines).catch(() => ({
    folder: '',
    pipelines: [],
    accounts: [],
    unloadable: [],
  }));
  const name = basename(file).replace(/\.ts$/, '');
  const pipeline = guessed.pipeline as unknown as Pipeline;
  const { problems } = checkLoaded(
    { ...loaded, pipelines: [{ name, file, pipeline }] },
    await loadKinds(),
    await loadPlatforms(),
  );
  return problems.filter((problem) => problem.file === file).map(({ path, reason }) => ({ path, reason }));
}

async function write(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'EEXIST' ? 'exists already, and is not changed' : 'cannot be written';
    throw new PointferryError('CONFIG_USAGE', `${file} ${reason}`, { hint: 'name another file with --out' });
  }
}
