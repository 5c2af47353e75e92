/** A pipeline and its account as a run stores them: checked before the run began, so only their outline is looked at. */

import { milliseconds } from '../ground/duration.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Account, Pipeline } from './types.ts';

/** Throws CONFIG_INVALID. */
export function storedPipeline(definition: unknown): Pipeline {
  if (isPipeline(definition)) return definition;
  throw new PointferryError('CONFIG_INVALID', 'the stored definition of the run is no pipeline');
}

/** Throws CONFIG_INVALID. */
export function storedAccount(definition: unknown): Account {
  if (isAccount(definition)) return definition;
  throw new PointferryError('CONFIG_INVALID', 'the stored account of the run is no account');
}

function isAccount(value: unknown): value is Account {
  if (typeof value !== 'object' || value === null) return false;
  const { platform, stage } = value as Partial<Record<keyof Account, unknown>>;
  return typeof platform === 'string' && typeof stage === 'string';
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
