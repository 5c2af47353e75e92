/** What holds for a source where its pipeline states nothing; src/pipeline/source.ts explains each. */
import type { UnpackLimits } from '../pipeline/source.ts';

const GB = 1_000_000_000;

export const defaults = {
  looks: 3,
  ignore: ['.part', '.filepart', '.tmp'] as readonly string[],
  maxListed: 20_000,
  maxBytes: 20 * GB,
  attempts: 4,
  connect: '20s',
  stall: '30s',
  total: '2h',
  limits: { outputBytes: 20 * GB, ratio: 200, entries: 1_000, time: '30m' } satisfies UnpackLimits,
} as const;
