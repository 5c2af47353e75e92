/** A pipeline as a run stores it. */
import { PointferryError } from '../errors.ts';
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

const days = { d: 1, h: 1 / 24, m: 1 / 1440, s: 1 / 86_400, ms: 1 / 86_400_000 } as const;

/** How long a row waits for its member, as an interval of Postgres. Throws CONFIG_INVALID. */
export function parkInterval(pipeline: Pipeline): string {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(pipeline.parkFor ?? '30d');
  if (match === null)
    throw new PointferryError('CONFIG_INVALID', `parkFor '${pipeline.parkFor}' is no duration such as 30d`);
  const unit = match[2] as keyof typeof days;
  return unit === 'd' ? `${match[1]} days` : `${Number(match[1]) * days[unit] * 86_400_000} milliseconds`;
}
