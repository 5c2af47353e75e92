/** Every mistake of every pipeline and account of a folder, as data. No database, no network. */
import { accountProblems } from '../destinations/account.ts';
import { loadKinds, loadPlatforms } from '../destinations/index.ts';
import type { Kind, Platform } from '../destinations/kind.ts';
import { isRecord, object, type Report, that } from '../ground/shape.ts';
import { didYouMean } from '../ground/words.ts';
import { type Loaded, loadAll } from '../pipeline/load.ts';
import { type Account, accountKeys, type Pipeline, pipelineShape } from '../pipeline/types.ts';
import { checkPipeline } from './semantics.ts';
import { checkSettled } from './settled.ts';

export interface Problem {
  readonly file: string;
  /** Of the pipeline or account. */
  readonly name: string;
  /** Key path in the literal, '' for the file itself. */
  readonly path: string;
  readonly reason: string;
}

export interface Checked {
  /** By name, those that can be used. */
  readonly pipelines: ReadonlyMap<string, Pipeline>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly problems: readonly Problem[];
}

/** One problem as a line for people. */
export const problemLine = ({ file, path, reason }: Problem): string =>
  `${file}: ${path === '' ? '' : `${path}: `}${reason}`;

/** Names become names of files and tables, and stand in commands. */
const nameShape = /^[a-z0-9][a-z0-9_-]{0,59}$/;

/** Checks everything that was loaded of a folder. */
export function checkLoaded(
  loaded: Loaded,
  kinds: ReadonlyMap<string, Kind>,
  platforms: ReadonlyMap<string, Platform>,
): Checked {
  const problems: Problem[] = loaded.unloadable.map(({ name, file, reason }) => ({
    file,
    name,
    path: '',
    reason,
  }));
  const accounts = new Map<string, Account>();
  for (const { name, file, account } of loaded.accounts) {
    if (checkFile({ name, file }, problems, (report) => checkAccount(account, platforms, report)))
      accounts.set(name, account);
  }
  const pipelines = new Map<string, Pipeline>();
  const known = [...loaded.accounts, ...loaded.unloadable].map((each) => each.name);
  for (const { name, file, pipeline } of loaded.pipelines) {
    const isGood = checkFile({ name, file }, problems, (report) =>
      checkOne(pipeline, kinds, platforms, accounts, known, report),
    );
    if (isGood) pipelines.set(name, pipeline);
  }
  return { pipelines, accounts, problems };
}

/** Loads and checks a folder: what the verb `check` prints. */
export async function checkFolder(folder: string): Promise<Checked> {
  return checkLoaded(await loadAll(folder), await loadKinds(), await loadPlatforms());
}

/** True if nothing was reported. */
function checkFile(
  about: { readonly name: string; readonly file: string },
  problems: Problem[],
  check: (report: Report) => void,
): boolean {
  const before = problems.length;
  const report: Report = (path, reason) => problems.push({ ...about, path, reason });
  if (!nameShape.test(about.name)) {
    report('', `a name has small letters, digits, - and _, and at most 60: "${about.name}" has others`);
  }
  check(report);
  return problems.length === before;
}

function checkOne(
  value: unknown,
  kinds: ReadonlyMap<string, Kind>,
  platforms: ReadonlyMap<string, Platform>,
  accounts: ReadonlyMap<string, Account>,
  accountNames: readonly string[],
  report: Report,
): void {
  const open = checkSettled(value, report);
  // a mark explains itself: what else is wrong with it does not matter
  const told: Report = (path, reason) => open.has(path) || report(path, reason);
  let shaped = true;
  pipelineShape(value, '', (path, reason) => {
    shaped &&= open.has(path);
    told(path, reason);
  });
  if (!isRecord(value)) return;
  const { operation, account } = value;
  const kind = typeof operation === 'string' ? kinds.get(operation) : undefined;
  if (typeof operation === 'string' && kind === undefined) {
    report('operation', `there is no operation kind "${operation}"${didYouMean(operation, kinds.keys())}`);
  }
  if (typeof account === 'string' && !accountNames.includes(account)) {
    told('account', `there is no account "${account}" in accounts/${didYouMean(account, accountNames)}`);
  }
  const platform = typeof account === 'string' ? accounts.get(account)?.platform : undefined;
  if (kind !== undefined && platform !== undefined && platforms.has(platform) && kind.platform !== platform) {
    report('account', `${kind.name} goes to ${kind.platform}, and this account is of ${platform}`);
  }
  if (shaped && kind !== undefined) checkPipeline(value as unknown as Pipeline, kind, told);
}

function checkAccount(value: unknown, platforms: ReadonlyMap<string, Platform>, report: Report): void {
  const name = isRecord(value) && typeof value.platform === 'string' ? value.platform : undefined;
  const platform = name === undefined ? undefined : platforms.get(name);
  if (name !== undefined && platform === undefined)
    report('platform', `there is no platform "${name}"${didYouMean(name, platforms.keys())}`);
  const stated = isRecord(value) ? Object.keys(value) : [];
  const secrets =
    platform === undefined
      ? stated.filter((key) => !Object.hasOwn(accountKeys, key))
      : Object.keys(platform.secrets);
  const any = that('a value', () => true);
  let shaped = true;
  object({ ...Object.fromEntries(secrets.map((secret) => [secret, any])), ...accountKeys })(
    value,
    '',
    (path, reason) => {
      shaped = false;
      report(path, reason);
    },
  );
  if (!shaped || platform === undefined) return;
  for (const problem of accountProblems(value as Account, platform)) report(problem.key, problem.words);
}
