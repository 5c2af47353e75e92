/** What a pipeline or account file imports from `pointferry`. */
import type { Account, Pipeline } from './types.ts';

export type { Format } from './format.ts';
export type * from './mapping.ts';
export { env, local, type Source, sftp } from './source.ts';
export type * from './types.ts';

/** A pipeline: the default export of a file in `pipelines/`. Returns its argument; the types help while writing. */
export function definePipeline(pipeline: Pipeline): Pipeline {
  return pipeline;
}

/** An account: the default export of a file in `pipelines/accounts/`. */
export function defineAccount(account: Account): Account {
  return account;
}
