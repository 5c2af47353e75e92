/** `--limit` and `--only` of the verbs that send: over all runs of one command, oldest first. */

import { type Allowed, isUsedUp } from '../flow/journey.ts';
import { type ExitCode, exit } from '../ground/errors.ts';
import { count, text, type Values } from './options.ts';

export const allowedOptions = {
  limit: count('send at most N operations over all runs; the rest stays pending (exit code 4)', {
    expected: 'a number of operations',
  }),
  only: text('send only this transaction, member or key; the rest stays pending (exit code 4)', 'KEY'),
};

export const allowedOf = ({ limit, only }: Values<typeof allowedOptions>): Allowed => ({
  limit: limit === undefined ? null : { most: limit, begun: new Set() },
  only: only ?? null,
});

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
