/** Whether a file is known: by its content, or as a correction of an earlier file of that name and day. */

import type { Client, Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import type { RunFile } from '../ledger/file.ts';
import type { Landing, LandingRun, LandOptions, LandRequest, Shape } from './landing.ts';

/** A file with the same content that was landed before. */
export interface KnownFile extends Pick<RunFile, 'id' | 'run' | 'name' | 'businessDate'> {
  /** Another content was staged under this name since. */
  readonly wentOn: boolean;
}

/** Files of the account and pipeline with this content, earliest first. */
export const knownFiles = (
  db: Db,
  run: Pick<LandingRun, 'account' | 'pipeline'>,
  file: Pick<Landing, 'name' | 'contentSha256'>,
): Promise<KnownFile[]> =>
  reading(db, (client) =>
    query(client, 'stage/known-file', {
      account: run.account,
      pipeline: run.pipeline,
      contentSha256: file.contentSha256,
      name: file.name,
    }),
  );

/**
 * Events happen once, so known content is a duplicate whatever its name. A state may go back to an earlier value: known
 * content is new if the name has another business date, or if the partner sent another content under this name since. A
 * renamed copy without a date stays a duplicate, because it would overwrite newer values with old ones.
 */
function isBack(known: readonly KnownFile[], file: Pick<Landing, 'name' | 'businessDate'>): boolean {
  const dated = file.businessDate !== null && known.every((each) => each.businessDate !== file.businessDate);
  const sameName = known.filter((each) => each.name === file.name);
  return dated || (sameName.length > 0 && sameName.every((each) => each.wentOn));
}

/** Returns the earliest file with this content if the content is not to be landed again, else null. */
export function duplicateOf(
  known: readonly KnownFile[],
  file: Pick<Landing, 'name' | 'businessDate'>,
  how: Pick<LandOptions, 'allowAgain'> & Pick<Shape, 'state'>,
): KnownFile | null {
  const [earliest] = known;
  if (!earliest || how.allowAgain || (how.state && isBack(known, file))) return null;
  return earliest;
}

/**
 * Returns the file that this one corrects, or null. A correction has the same name and other content, and its day is in the
 * name. Throws STAGE_CORRECTION if rows have no natural key, unless --as-new states that all of them are new.
 */
export async function correctionFor(
  client: Client,
  { run, file, shape, options }: LandRequest,
): Promise<number | null> {
  if (!file.dated || file.businessDate === null) return null;
  const earlier = await runMaybe(client, 'stage/correction-of', {
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
