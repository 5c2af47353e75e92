/** What a process says of itself when it registers as an owner. */
import type { Log } from '../ground/log.ts';
import type { LeaseSettings } from './lease.ts';

export interface Registration {
  readonly actor: string;
  readonly verb: string;
  readonly lease: LeaseSettings;
  readonly log: Log;
  /** Where the furthest that the ledger was seen is kept; none in tests that do not ask. */
  readonly marks?: string;
}
