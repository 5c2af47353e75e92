/** The business date of files that name none. */
import { today } from '../ground/clock.ts';
import type { Pipeline } from '../pipeline/types.ts';

/** The day on which a run starts, in the zone that its pipeline states. A rehearsal takes the same. */
export const businessDay = ({ businessDate, schedule }: Pipeline): string =>
  today(businessDate?.zone ?? schedule?.zone ?? 'UTC');
