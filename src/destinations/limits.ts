/** What an account allows: requests in each of its windows, and requests in flight at once. Read and defaulted here alone. */
import { type Duration, milliseconds } from '../ground/duration.ts';
import { list, record } from '../ground/json.ts';

export interface RateWindow {
  readonly limit: number;
  readonly perMs: number;
}

export interface Limits {
  /** The window that requests are spread over. */
  readonly pace: RateWindow;
  /** Windows that are counted; shortest first. */
  readonly quotas: readonly RateWindow[];
  /** Over all processes that send for the account. */
  readonly maxInFlight: number;
  /** False: the account states no window at all. */
  readonly isStated: boolean;
}

const defaultPace: RateWindow = { limit: 5, perMs: 1_000 };
const defaultMaxInFlight = 4;
/** A quota of an hour or a day says nothing about a pace. */
const longestPaceMs = 60_000;

/** The limits of an account's literal, as loaded or as a run stored it. */
export function limitsOf(account: Readonly<Record<string, unknown>>): Limits {
  const windows = list(account.windows).flatMap((one): RateWindow[] => {
    const { limit, per } = record(one);
    return typeof limit === 'number' && typeof per === 'string'
      ? [{ limit, perMs: milliseconds(per as Duration) }]
      : [];
  });
  const { maxInFlight } = account;
  return limitsFrom(windows, typeof maxInFlight === 'number' ? maxInFlight : undefined);
}

export function limitsFrom(windows: readonly RateWindow[], maxInFlight = defaultMaxInFlight): Limits {
  const sorted = [...windows].sort((a, b) => a.perMs - b.perMs);
  const [shortest, ...longer] = sorted;
  const isStated = shortest !== undefined;
  return shortest !== undefined && shortest.perMs <= longestPaceMs
    ? { pace: shortest, quotas: longer, maxInFlight, isStated }
    : { pace: defaultPace, quotas: sorted, maxInFlight, isStated };
}

/** All windows that hold at once, shortest first. */
export const windowsOf = ({ pace, quotas }: Limits): readonly RateWindow[] => [pace, ...quotas];
