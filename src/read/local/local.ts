import { milliseconds } from '../../ground/duration.ts';
import type { LocalSource } from '../../pipeline/source.ts';
import { defaults } from '../defaults.ts';
import type { SourceType } from '../source.ts';
import { localSource } from './source.ts';

export const local: SourceType<LocalSource> = {
  create: async (options, { base }) => localSource(options, base),
  // a disk that fails once fails again
  retries: () => ({ attempts: 1, totalMs: milliseconds(defaults.total) }),
  needs: () => ({ secrets: [], address: null }),
};
