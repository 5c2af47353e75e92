/** An operator decides what became of operations that were sent and never answered. Nothing is sent here. */
import type { Client } from '../../db/pool.ts';
import { jsonRows, run, runAs } from '../../db/sql.ts';
import type { Kind } from '../../destinations/kind.ts';
import { parseFields } from './claim.ts';
import { type AcceptedValue, fateOf, type Unit } from './supersede.ts';

/** What is asked for: one row, or one group of errors (as the ledger names it), of a run. */
export type Unsettled =
  | { readonly run: string; readonly file: number; readonly record: number }
  | { readonly run: string; readonly code: string; readonly field: string; readonly platformCode: string };

export type DecidedAs = 'delivered' | 'failed' | 'retry';

export interface Decided {
  readonly operations: readonly number[];
  /** All rows that share these operations, whichever were asked for. */
  readonly rows: number;
  readonly account: string | null;
  /** Whose definition made the requests. */
  readonly runs: readonly string[];
}

interface UnknownRow {
  readonly operation: number;
  readonly account: string;
  readonly kind: string;
  readonly nature: 'event' | 'state';
  readonly run: string;
  readonly payload: string;
  readonly rows: number;
  readonly accepted: readonly AcceptedValue[] | null;
}

/**
 * Settles what is unknown of them, as `as` says, in the caller's transaction; a decision always takes whole groups, since
 * their rows are one operation. `by` names the person. With `look` nothing is changed. What is not unknown is left alone.
 */
export async function decideUnknown(
  client: Client,
  asked: Unsettled,
  how: {
    readonly as: DecidedAs;
    readonly by: string;
    readonly kinds: ReadonlyMap<string, Kind>;
    readonly look: boolean;
  },
): Promise<Decided> {
  const chosen = { file: null, record: null, code: null, field: null, platformCode: null, run: asked.run };
  const params =
    'file' in asked
      ? { ...chosen, file: asked.file, record: asked.record }
      : { ...chosen, code: asked.code, field: asked.field, platformCode: asked.platformCode };
  const seen = await runAs<UnknownRow>(client, 'push/unknown-operations', params);
  if (how.look) return decidedOf(seen);
  await run(client, 'push/lock-lanes-of', { operations: seen.map((each) => each.operation) });
  const now = await runAs<UnknownRow>(client, 'push/unknown-operations', params); // as they are under the locks
  const decided = now.map((each) => ({
    operation: each.operation,
    accepts: how.as === 'delivered' ? acceptsOf(each, how.kinds) : [],
  }));
  await run(client, 'push/decide', { as: how.as, by: how.by, decided: jsonRows(decided) });
  return decidedOf(now);
}

const decidedOf = (rows: readonly UnknownRow[]): Decided => ({
  operations: rows.map((each) => each.operation),
  rows: rows.reduce((sum, each) => sum + each.rows, 0),
  account: rows[0]?.account ?? null,
  runs: [...new Set(rows.map((each) => each.run))],
});

/** The values of a state that are accepted by it: those that nothing newer has overtaken. */
function acceptsOf(
  row: UnknownRow,
  kinds: ReadonlyMap<string, Kind>,
): readonly Pick<Unit, 'name' | 'hash'>[] {
  const kind = kinds.get(row.kind);
  if (kind === undefined || row.nature !== 'state') return [];
  const fate = fateOf(kind, parseFields(row.payload), row.accepted ?? [], true);
  return fate.fate === 'send' ? fate.units.map(({ name, hash }) => ({ name, hash })) : [];
}
