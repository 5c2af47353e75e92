/** What a push is asked for. */
import type { AccountAccess, Kind, Platform } from '../destinations/kind.ts';
import type { Limits } from '../destinations/limits.ts';
import type { Environment } from '../ground/environment.ts';
import type { Holder } from './holder.ts';
import type { PushEvent } from './result.ts';
import type { SendLimit } from './send-limit.ts';
import type { PushSettings } from './settings.ts';

interface PushHooks {
  readonly progress?: (event: PushEvent) => void;
  /** True ends the push with `stopped`. Asked after each batch of settled operations. */
  readonly checkThreshold?: () => Promise<boolean>;
  /** Releases parked operations. Returns the ids of other runs whose released operations this push sends too. */
  readonly releaseParked?: () => Promise<readonly string[]>;
}

export interface PushRequest {
  /** Ids of the runs this process holds; the first is named as the one that settles doubts of others. */
  readonly runs: readonly string[];
  readonly holder: Holder;
  readonly account: AccountAccess;
  readonly platform?: Platform;
  readonly limits: Limits;
  /** How long the platform honours an idempotency key; null: it has none. */
  readonly keyRetentionMs: number | null;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Fields by pipeline that are sent as the cell has them. */
  readonly asIs?: readonly string[];
  readonly limit?: SendLimit;
  /** Only the operations of this identity, business key, member key or subject. */
  readonly only?: string;
  readonly settings?: Partial<PushSettings>;
  /** For proxies: `HTTPS_PROXY` and the like. */
  readonly env: Environment;
  /** Aborted: claim no more, let requests in flight finish within `stopWithinMs`, settle. */
  readonly signal?: AbortSignal;
  readonly hooks?: PushHooks;
}
