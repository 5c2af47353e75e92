/** A pipeline by its name, with its account, ready to be used. */

import { loadKinds, loadPlatforms } from '../destinations/index.ts';
import { exit, PointferryError } from '../errors.ts';
import { nearest } from '../words.ts';
import { checkLoaded, problemLine } from './check.ts';
import { type Loaded, type LoadedPipeline, loadAll } from './load.ts';
import type { Account, Pipeline } from './types.ts';

export interface Found {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly account: Account;
}

/**
 * Throws CONFIG_USAGE for a name that is not there, with the nearest one; CONFIG_INVALID with every mistake of the
 * pipeline and its account. Mistakes of other files do not matter here.
 */
export async function findPipeline(folder: string, name: string): Promise<Found> {
  const loaded = await loadAll(folder);
  const broken = loaded.unloadable.find((each) => each.name === name);
  if (broken) throw new PointferryError('CONFIG_INVALID', broken.reason, { where: { file: broken.file } });
  const found = loaded.pipelines.find((each) => each.name === name);
  if (!found)
    throw unknown(
      'pipeline',
      name,
      loaded.pipelines.map((each) => each.name),
      folder,
    );
  const account = accountOf(loaded, found.pipeline.account, found.file);
  await refuseMistakes(loaded, found);
  return { name, pipeline: found.pipeline, account };
}

async function refuseMistakes(loaded: Loaded, found: LoadedPipeline): Promise<void> {
  const account = loaded.accounts.find((each) => each.name === found.pipeline.account);
  const { problems } = checkLoaded(loaded, await loadKinds(), await loadPlatforms());
  const ours = problems.filter((problem) => problem.file === found.file || problem.file === account?.file);
  if (ours.length === 0) return;
  throw new PointferryError('CONFIG_INVALID', ours.map(problemLine).join('\n'));
}

function accountOf(loaded: Loaded, name: string, file: string): Account {
  const broken = loaded.unloadable.find((each) => each.name === name);
  if (broken) throw new PointferryError('CONFIG_INVALID', broken.reason, { where: { file: broken.file } });
  const found = loaded.accounts.find((each) => each.name === name);
  if (found) return found.account;
  const near = nearest(
    name,
    loaded.accounts.map((each) => each.name),
  );
  throw new PointferryError(
    'CONFIG_INVALID',
    `there is no account "${name}"${near ? `; did you mean "${near}"?` : ''}`,
    {
      where: { file, field: 'account' },
    },
  );
}

function unknown(what: string, name: string, known: readonly string[], folder: string): PointferryError {
  const near = nearest(name, known);
  return new PointferryError(
    'CONFIG_USAGE',
    `there is no ${what} "${name}" in ${folder}${near ? `; did you mean "${near}"?` : ''}`,
    {
      exitCode: exit.config,
      hint: 'pointferry check',
    },
  );
}
