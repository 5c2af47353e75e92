/**
 * Loads pipelines and accounts: one literal per file, found by listing the folder. They may live in any folder:
 * `import … from 'pointferry'` resolves by the package's own name inside this one, by a hook everywhere else.
 */
import { readdir, stat } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PointferryError } from '../ground/errors.ts';
import type { Account, Pipeline } from './types.ts';

export interface LoadedPipeline {
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
  readonly pipeline: Pipeline;
}
export interface LoadedAccount {
  readonly name: string;
  readonly file: string;
  readonly account: Account;
}
/** A file that could not be loaded at all. */
export interface Unloadable {
  readonly name: string;
  readonly file: string;
  readonly reason: string;
}
export interface Loaded {
  readonly folder: string;
  readonly pipelines: readonly LoadedPipeline[];
  readonly accounts: readonly LoadedAccount[];
  readonly unloadable: readonly Unloadable[];
}

let hooked = false;

/** Lets pipelines of other folders say `from 'pointferry'`, and what they import be of their own edition. */
function resolveOurName(): void {
  if (hooked) return;
  hooked = true;
  const index = pathToFileURL(join(import.meta.dirname, 'index.ts')).href;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === 'pointferry') return { url: index, shortCircuit: true };
      const found = next(specifier, context);
      const edition = /\?edition=\d+$/.exec(context.parentURL ?? '')?.[0];
      return edition && specifier.startsWith('.') ? { ...found, url: found.url + edition } : found;
    },
  });
}

/** What this process has loaded of a folder: `print` tells whether a file changed since. */
const editions = new Map<string, { readonly print: string; readonly number: number }>();

/**
 * What makes URLs of the folder's files new ones when a file changed since this process loaded them: a module is evaluated
 * once per URL. Nothing the first time.
 */
async function editionOf(folder: string): Promise<string> {
  const names = [
    ...(await filesOf(folder, true)),
    ...(await filesOf(join(folder, 'accounts'), false)).map((name) => join('accounts', name)),
  ];
  const stats = await Promise.all(
    names.map((name) => stat(join(folder, name), { bigint: true }).catch(() => null)),
  );
  const print = names.map((name, n) => `${name} ${stats[n]?.mtimeNs} ${stats[n]?.size}`).join('\n');
  const last = editions.get(folder);
  const number = last === undefined ? 0 : last.number + (last.print === print ? 0 : 1);
  editions.set(folder, { print, number });
  return number === 0 ? '' : `?edition=${number}`;
}

/**
 * Every pipeline and account of the folder as they are now, in the order of their names. Throws CONFIG_INVALID when there is
 * no folder.
 */
export async function loadAll(folder: string): Promise<Loaded> {
  resolveOurName();
  const edition = await editionOf(folder);
  const [pipelines, accounts] = await Promise.all([
    literalsOf<Pipeline>(folder, edition),
    literalsOf<Account>(join(folder, 'accounts'), edition),
  ]);
  return {
    folder,
    pipelines: pipelines.good.map(({ value, ...rest }) => ({ ...rest, pipeline: value })),
    accounts: accounts.good.map(({ value, ...rest }) => ({ ...rest, account: value })),
    unloadable: [...pipelines.bad, ...accounts.bad],
  };
}

interface Literals<T> {
  readonly good: readonly { readonly name: string; readonly file: string; readonly value: T }[];
  readonly bad: readonly Unloadable[];
}

async function literalsOf<T>(folder: string, edition: string): Promise<Literals<T>> {
  const good: { name: string; file: string; value: T }[] = [];
  const bad: Unloadable[] = [];
  for (const each of await filesOf(folder, false)) {
    const file = join(folder, each);
    const name = each.replace(/\.ts$/, '');
    try {
      const loaded = (await import(pathToFileURL(file).href + edition)) as { readonly default?: unknown };
      if (typeof loaded.default === 'object' && loaded.default !== null) {
        good.push({ name, file, value: plainData(loaded.default) as T }); // what it holds is for `check` to say
      } else bad.push({ name, file, reason: 'has no default export' });
    } catch (error) {
      bad.push({ name, file, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { good, bad };
}

/** What JSON can hold and nothing else, since a run stores its definition. Throws for functions and the like. */
function plainData(value: unknown): unknown {
  const text = JSON.stringify(value, (key, item: unknown) => {
    const unfit =
      ['function', 'symbol', 'bigint'].includes(typeof item) ||
      (typeof item === 'number' && !Number.isFinite(item));
    if (unfit) throw new TypeError(`"${key}" is a ${typeof item}: a pipeline is data only`);
    return item;
  });
  return JSON.parse(text);
}

async function filesOf(folder: string, mustBe: boolean): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')).sort();
  } catch {
    if (!mustBe) return [];
    throw new PointferryError('CONFIG_INVALID', `there is no folder of pipelines at ${folder}`, {
      hint: 'name it with --pipelines DIR',
    });
  }
}
