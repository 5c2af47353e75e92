/** `--limit` and `--only` of the verbs that send: over all runs of one command, oldest first. */

import { type Allowed, isUsedUp } from '../flow/journey.ts';
import { type ExitCode, exit, PointferryError } from '../ground/errors.ts';
import { type Flags, type OptionSpec, text } from './command.ts';

export const allowedOptions: Readonly<Record<'limit' | 'only', OptionSpec>> = {
  limit: {
    type: 'string',
    value: 'N',
    help: 'send at most so many operations, over all runs; the rest stays pending (exit 4)',
  },
  only: {
    type: 'string',
    value: 'KEY',
    help: 'send only this transaction, member or key, of whichever run; the rest stays pending (exit 4)',
  },
};

export function allowedOf(flags: Flags): Allowed {
  const limit = text(flags, 'limit');
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    throw new PointferryError('CONFIG_USAGE', '--limit: expected a number of operations');
  return {
    limit: limit === undefined ? null : { most: Number(limit), begun: new Set() },
    only: text(flags, 'only') ?? null,
  };
}

/** What was left because of them, and what sends it. `next`: the same command, without them. */
export function restLines({ limit, only }: Allowed, code: ExitCode, next: string): string[] {
  if (code === exit.ok || code === exit.rows || code === exit.noInput) return []; // nothing was left
  if (limit !== null && isUsedUp({ limit, only }))
    return [`  --limit ${limit.most} is used up; the next run sends the rest: ${next}`];
  if (only !== null && code === exit.interrupted)
    return [`  --only left the rest; the next run without it sends it: ${next}`];
  return [];
}

/** The same for programs. */
export const limitDocument = ({ limit }: Allowed): { asked: number; begun: number } | null =>
  limit === null ? null : { asked: limit.most, begun: limit.begun.size };
