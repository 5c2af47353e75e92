/** A rerun begins: rows are chosen, widened to whole groups, and held against today's definition, in one transaction. */

import type { Found } from '../check/find.ts';
import type { Client } from '../db/pool.ts';
import { run as query, runOne } from '../db/sql.ts';
import { PointferryError } from '../ground/errors.ts';
import { list } from '../ground/json.ts';
import { cellsGone } from '../normalize/plan.ts';
import { widenSelection } from '../normalize/rows-of-rerun.ts';
import { storedPipeline } from '../pipeline/definition.ts';
import { changedRules } from '../pipeline/rules.ts';
import { destinationOf } from './prepare.ts';
import { bindingOf } from './rebind.ts';

/** Which rows of a run; all that is not null must hold. */
export interface Selection {
  readonly run: string;
  readonly code: string | null;
  readonly group: number | null;
  readonly stage: 'stage' | 'normalize' | 'push' | null;
  /** ISO 8601. */
  readonly since: string | null;
  /** These rows, with what a person made of their cells, by column of the file. */
  readonly only: readonly EditedRow[] | null;
}

export interface EditedRow {
  readonly file: number;
  readonly record: number;
  readonly edits: Readonly<Record<string, string>> | null;
}

export interface Selected {
  /** Rows that were asked for. */
  readonly asked: number;
  /** Rows that came along, since they share a group with one of them. */
  readonly widened: number;
  /** The runs that read them. */
  readonly of: readonly string[];
}

/** Nothing is rejected or failed: thrown to undo the rerun that was begun for it. */
export class NothingToRerun extends Error {}

/**
 * Takes the rows for a rerun that was just created, in its transaction. Throws NothingToRerun, and CONFIG_INVALID (78) where
 * today's pipeline cannot read the rows of then: another identity or group rule, a column that the file does not have.
 */
export async function takeRows(
  client: Client,
  rerun: string,
  asked: Selection,
  today: Found,
): Promise<Selected> {
  const chosen = await query(client, 'rerun/select-rows', {
    ...asked,
    rerun,
    only: asked.only === null ? null : JSON.stringify(asked.only),
  });
  if (chosen.length === 0) throw new NothingToRerun();
  const across = today.pipeline.group?.across === 'files';
  const widened = await widenSelection(client, { run: rerun, across });
  const { of } = await runOne(client, 'rerun/set-of', { rerun });
  await query(client, 'rerun/note-was', { rerun });
  await refuseOtherRules(client, of, today);
  await refuseUnreadable(client, rerun, today);
  return { asked: chosen.length, widened, of };
}

async function refuseOtherRules(client: Client, ids: readonly string[], today: Found): Promise<void> {
  const runs = await query(client, 'rerun/definitions', { ids });
  for (const { id, definition } of runs) {
    const changed = changedRules(storedPipeline(definition), today.pipeline);
    if (changed.length === 0) continue;
    throw new PointferryError(
      'CONFIG_INVALID',
      `${today.name} has another ${changed.join(' and ')} now than when ${id} read these rows: what was sent could not be recognized`,
      { hint: 'put it back, or give the new rule a pipeline of its own' },
    );
  }
}

async function refuseUnreadable(client: Client, rerun: string, today: Found): Promise<void> {
  const { kind } = await destinationOf(today.pipeline.operation, today.account.platform);
  const bind = bindingOf(today.pipeline, kind);
  const files = await query(client, 'rerun/files', { rerun });
  for (const { name, header, rawTable } of files) {
    if (rawTable === null) throw cellsGone(name);
    bind(list(header).map(String));
  }
}
