import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginText } from './begin.ts';
import { CommitUnknown, DatabaseError } from './failure.ts';
import { type Client, type Db, withConnection } from './pool.ts';
import { run, runCount } from './sql.ts';
import { jitter, waitForDatabase } from './wait.ts';

/** What a transaction leaves in pointferry.commit_mark. Null stands for one that wrote nothing: nothing can be lost. */
export interface CommitMark {
  readonly slot: string;
  readonly token: string;
}

/** A CommitUnknown that still knows what the transaction's function had returned. */
export class LostCommit extends CommitUnknown {
  readonly mark: CommitMark | null;
  readonly value: unknown;
  constructor(mark: CommitMark | null, value: unknown) {
    super();
    this.mark = mark;
    this.value = value;
  }
}

/** A row per connection, not per transaction: a table that does not grow, and nobody waits for another's row. */
const slots = new WeakMap<object, string>();

/** Writes the mark as the last statement before COMMIT. */
export async function markCommit(client: Client): Promise<CommitMark | null> {
  const known = slots.get(client.raw);
  const slot = known ?? randomUUID();
  slots.set(client.raw, slot);
  const token = randomUUID();
  const written = await runCount(client, 'db/mark-commit', { slot, token, first: known === undefined });
  return written > 0 ? { slot, token } : null;
}

/**
 * What became of a transaction whose COMMIT got no answer, from its mark. Right over crashes and failovers, for the mark
 * shares the transaction's fate. `unknown` when it is still in progress at the deadline, or the database stays away.
 */
export async function settleCommit(
  db: Db,
  mark: CommitMark | null,
  deadlineMs = db.options.reconnectMs,
): Promise<'committed' | 'aborted' | 'unknown'> {
  if (mark === null) return 'committed';
  const end = performance.now() + deadlineMs;
  for (let attempt = 1; performance.now() < end; attempt++) {
    const outcome = await ask(db, mark, end - performance.now());
    if (outcome) return outcome;
    await sleep(jitter(attempt));
  }
  return 'unknown';
}

/** Undefined where the question itself got lost, or the transaction has not ended yet. */
async function ask(db: Db, mark: CommitMark, withinMs: number): Promise<'committed' | 'aborted' | undefined> {
  try {
    await waitForDatabase(db, withinMs);
    const rows = await withConnection(db, async (client) => {
      // the time limit is the server's: a statement left waiting there would keep its backend
      const timeout = Math.ceil(Math.min(4_000, Math.max(withinMs, 1)));
      await client.query(
        beginText({
          ...db.options,
          statementTimeoutMs: timeout,
          syncCommit: false,
          isolation: 'read committed',
          readOnly: false,
        }),
      );
      const found = await run(client, 'db/settle-commit', { ...mark });
      await client.query('commit');
      return found;
    });
    return rows[0]?.committed ? 'committed' : 'aborted';
  } catch (error) {
    if (error instanceof DatabaseError && error.kind !== 'statement' && error.kind !== 'refused')
      return undefined;
    throw error;
  }
}
