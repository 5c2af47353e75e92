/** Is a file known? Its content, and the file of that name and day that it may be a correction of. */

import type { Client, Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Landing, LandingRun, LandOptions, Shape } from './land.ts';

export interface KnownFile {
  readonly id: number;
  readonly run: string;
  readonly name: string;
  readonly businessDate: string | null;
  readonly wentOn: boolean;
}

/** Files of the account and pipeline with this content, earliest first. */
export const knownFiles = (
  db: Db,
  run: Pick<LandingRun, 'account' | 'pipeline'>,
  file: Pick<Landing, 'name' | 'contentSha256'>,
): Promise<KnownFile[]> =>
  reading(db, (client) =>
    query<KnownFile>(client, 'stage/known-file', {
      account: run.account,
      pipeline: run.pipeline,
      contentSha256: file.contentSha256,
      name: file.name,
    }),
  );

/**
 * Events happen once, so known content is a duplicate whatever it is called. A state may go back: a file that says again
 * what an earlier one said is new when its name says another business date, or when the partner overwrote the file of
 * that name with something else in between. (A renamed copy without a date stays a duplicate: it would overwrite newer
 * values with old ones.)
 */
function comesBack(known: readonly KnownFile[], file: Pick<Landing, 'name' | 'businessDate'>): boolean {
  const dated = file.businessDate !== null && known.every((each) => each.businessDate !== file.businessDate);
  const sameName = known.filter((each) => each.name === file.name);
  return dated || (sameName.length > 0 && sameName.every((each) => each.wentOn));
}

/** The file that was taken with this content, where it is not to be taken again; else null. */
export function duplicateOf(
  known: readonly KnownFile[],
  file: Pick<Landing, 'name' | 'businessDate'>,
  how: Pick<LandOptions, 'allowAgain'> & Pick<Shape, 'state'>,
): KnownFile | null {
  const [earliest] = known;
  if (!earliest || how.allowAgain || (how.state && comesBack(known, file))) return null;
  return earliest;
}

/**
 * The file that this one corrects, or null: the same name with other content, where the day stands in the name. Throws
 * STAGE_CORRECTION where rows have no natural key, unless a person says that all of them are new.
 */
export async function correctionFor(
  client: Client,
  run: LandingRun,
  file: Landing,
  shape: Shape,
  options: Pick<LandOptions, 'asNew'>,
): Promise<number | null> {
  if (!file.dated || file.businessDate === null) return null;
  const earlier = await runMaybe<{ id: number; run: string }>(client, 'stage/correction-of', {
    account: run.account,
    pipeline: run.pipeline,
    name: file.name,
    businessDate: file.businessDate,
    contentSha256: file.contentSha256,
    run: run.id,
  });
  if (!earlier) return null;
  if (!shape.keyless) return earlier.id;
  if (options.asNew) return null;
  throw new PointferryError('STAGE_CORRECTION', `run ${earlier.run} took it with other content`);
}
