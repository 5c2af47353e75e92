/** Is a file as long as files of its pipeline usually are? A cut one without a trailer looks whole otherwise. */
import type { Client } from '../db/pool.ts';
import { runOne } from '../db/sql.ts';
import { allowed } from '../ground/threshold.ts';
import type { ExpectedRows } from '../pipeline/types.ts';
import type { LandingRun } from './land.ts';

/** What is wrong with so many records, or null. A share needs three earlier files to say what is usual. */
export async function tooFew(
  client: Client,
  run: LandingRun,
  records: number,
  { atLeast }: ExpectedRows,
): Promise<string | null> {
  if (typeof atLeast === 'number')
    return records >= atLeast ? null : `${records} records; the pipeline expects at least ${atLeast}`;
  const { id, account, pipeline } = run;
  const usual = await runOne<{ records: number | null }>(client, 'stage/usual-records', {
    run: id,
    account,
    pipeline,
  });
  if (usual.records === null || records >= allowed(atLeast, usual.records)) return null;
  return `${records} records; usual are ${usual.records}, and the pipeline expects at least ${atLeast} of that`;
}
