/** A pipeline with a history keeps its rules: what it sent is known by them alone. */

import type { Found } from '../check/find.ts';
import type { Client } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { PointferryError } from '../ground/errors.ts';
import { storedPipeline } from '../pipeline/definition.ts';
import { changedRules } from '../pipeline/rules.ts';

/**
 * Throws CONFIG_INVALID (78) where events of this source were read under another identity or group rule: the same
 * transaction would get another key, and be sent twice. A person who knows that nothing of then comes again says so
 * by another `identity.source`: a source of another name has no history.
 */
export async function requireSameRules(client: Client, { name, pipeline }: Found): Promise<void> {
  const source = pipeline.identity?.source;
  if (source === undefined) return; // states are known by their subject
  const { account, operation: kind } = pipeline;
  const events = { pipeline: name, account, kind, source };
  const [last] = await query(client, 'ledger/history', events);
  if (last === undefined) return;
  const changed = changedRules(storedPipeline(last.definition), pipeline);
  if (changed.length === 0) return;
  throw new PointferryError(
    'CONFIG_INVALID',
    `${name} has another ${changed.join(' and ')} now than in ${last.id}: what was sent could not be recognized, and would be sent again`,
    {
      hint: `put it back; or, where nothing of then comes again, say so by another identity.source than '${source}'`,
    },
  );
}
