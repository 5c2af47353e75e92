/** A pipeline by its name, with its account, checked and ready to be used. */

import { PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';
import { didYouMean } from '../ground/words.ts';
import type { Account, Pipeline } from '../pipeline/types.ts';
import { type Checked, checkFolder, problemLine } from './check.ts';

export interface Found {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly account: Account;
}

/** Throws CONFIG_INVALID (78) with every problem of the pipeline or its account; or when there is none of that name. */
export async function findPipeline(folder: string, name: string): Promise<Found> {
  const checked = await checkFolder(folder);
  refuse(checked, name);
  const pipeline = checked.pipelines.get(name);
  if (!pipeline) {
    const hint = didYouMean(name, [...checked.pipelines.keys()]);
    throw new PointferryError('CONFIG_USAGE', `there is no pipeline "${name}" in ${folder}${hint}`, {
      exitCode: exit.config,
      hint: 'pointferry check',
    });
  }
  refuse(checked, pipeline.account);
  const account = checked.accounts.get(pipeline.account);
  if (!account)
    throw new PointferryError('CONFIG_INVALID', `${name}: there is no account ${pipeline.account}`);
  return { name, pipeline, account };
}

function refuse({ problems }: Checked, name: string): void {
  const own = problems.filter((problem) => problem.name === name);
  if (own.length === 0) return;
  throw new PointferryError('CONFIG_INVALID', own.map(problemLine).join('\n  '), {
    hint: `pointferry check ${name}`,
  });
}
