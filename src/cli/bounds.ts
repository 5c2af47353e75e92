/** What the verbs that send may send, over all runs of one command, oldest first. */
import type { Bounds } from '../app/sending.ts';
import { count, flag, text, type Values } from './options.ts';

export const boundOptions = {
  limit: count('send at most N operations over all runs; the rest stays pending (exit code 4)', {
    expected: 'a number of operations',
  }),
  only: text('send only this transaction, member or key; the rest stays pending (exit code 4)', 'KEY'),
  embedded: flag('use the database of the work folder for any account'),
};

export const boundsOf = ({ limit, only, embedded }: Values<typeof boundOptions>): Bounds => ({
  limit,
  only,
  embedded,
});
