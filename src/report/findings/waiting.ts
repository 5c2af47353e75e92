/** What of a run waits for a member, or for an operator to settle an unknown outcome; by whole days. */
import type { Client } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';

export interface Aged {
  readonly days: number;
  readonly operations: number;
  readonly members: number;
}

export interface Waiting {
  readonly parked: readonly Aged[];
  readonly unknown: readonly Aged[];
  readonly oldestParkedDays: number | null;
  /** When the first parked operation is rejected, unless its member arrives. */
  readonly nextGivenUp: Date | null;
}

export async function waitingOf(client: Client, runId: string): Promise<Waiting> {
  const rows = await query(client, 'report/waiting', { run: runId });
  const of = (state: string): Aged[] =>
    rows
      .filter((row) => row.state === state)
      .map(({ days, operations, members }) => ({ days, operations, members }));
  const until = rows.flatMap((row) => (row.state === 'parked' && row.nextRelease ? [row.nextRelease] : []));
  return {
    parked: of('parked'),
    unknown: of('unknown'),
    oldestParkedDays: of('parked').at(-1)?.days ?? null,
    nextGivenUp: until.sort((a, b) => a.getTime() - b.getTime())[0] ?? null,
  };
}
