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

/** Lets pipelines of other folders say `from 'pointferry'`. */
function resolveOurName(): void {
  if (hooked) return;
  hooked = true;
  const index = pathToFileURL(join(import.meta.dirname, 'index.ts')).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'pointferry' ? { url: index, shortCircuit: true } : next(specifier, context),
  });
}

/** Every pipeline and account of the folder, in the order of their names. Throws CONFIG_INVALID when there is no folder. */
export async function loadAll(folder: string): Promise<Loaded> {
  resolveOurName();
  const [pipelines, accounts] = await Promise.all([
    literalsOf<Pipeline>(folder, true),
    literalsOf<Account>(join(folder, 'accounts'), false),
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

async function literalsOf<T>(folder: string, mustBe: boolean): Promise<Literals<T>> {
  const good: { name: string; file: string; value: T }[] = [];
  const bad: Unloadable[] = [];
  for (const each of await filesOf(folder, mustBe)) {
    const file = join(folder, each);
    const name = each.replace(/\.ts$/, '');
    try {
      const loaded = await moduleOf(file);
      if (typeof loaded.default === 'object' && loaded.default !== null) {
        good.push({ name, file, value: plainData(loaded.default) as T }); // what it holds is for `check` to say
      } else bad.push({ name, file, reason: 'has no default export' });
    } catch (error) {
      bad.push({ name, file, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { good, bad };
}

/** As the file is now: Node keeps a module by its address while the process lives, and files are edited meanwhile. */
async function moduleOf(file: string): Promise<{ readonly default?: unknown }> {
  const { mtimeNs, size } = await stat(file, { bigint: true });
  return await import(`${pathToFileURL(file).href}?${mtimeNs}-${size}`);
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
