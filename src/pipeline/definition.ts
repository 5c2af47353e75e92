/** A pipeline as a run stores it. */

import { milliseconds } from '../ground/duration.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Pipeline } from './types.ts';

/** A stored definition: checked before the run began, so only its outline is looked at. Throws CONFIG_INVALID. */
export function storedPipeline(definition: unknown): Pipeline {
  if (isPipeline(definition)) return definition;
  throw new PointferryError('CONFIG_INVALID', 'the stored definition of the run is no pipeline');
}

function isPipeline(value: unknown): value is Pipeline {
  if (typeof value !== 'object' || value === null) return false;
  const { account, operation, columns } = value as Partial<Record<keyof Pipeline, unknown>>;
  return (
    typeof account === 'string' &&
    typeof operation === 'string' &&
    typeof columns === 'object' &&
    columns !== null
  );
}

/** How long a row waits for its member, as an interval of Postgres. Throws CONFIG_INVALID. */
export const parkInterval = (pipeline: Pipeline): string =>
  `${milliseconds(pipeline.parkFor ?? '30d') / 1000} seconds`;
