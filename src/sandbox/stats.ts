/** What was asked of each platform since the start: kept in memory, for tests and people to look at. */
import { type Platform, platforms } from './effects.ts';
import type { RateLimit } from './options.ts';
import { hit, type Meter, newMeter } from './rate.ts';

export interface RequestRecord {
  readonly n: number;
  /** UTC instant of arrival. */
  readonly at: string;
  readonly platform: Platform;
  readonly route: string;
  readonly subject: string | null;
  readonly identity: string | null;
  readonly bodySha256: string;
  /** Null when no answer was sent. */
  readonly status: number | null;
  /** The answer of an earlier request with the same key was given again. */
  readonly replayed: boolean;
  readonly faults: readonly string[];
}

export interface PlatformStats {
  readonly requests: number;
  readonly byRoute: Readonly<Record<string, number>>;
  /** `cut` counts connections ended, or left, without an answer. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** 429 answers, of the limit and of faults. */
  readonly throttled: number;
  readonly replayed: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Most requests, refused ones included, that arrived within any second. */
  readonly maxPerSecond: number;
  /** The same for each window of the limit that holds now. */
  readonly windows: readonly { readonly limit: number; readonly perMs: number; readonly max: number }[];
}

interface Counters {
  requests: number;
  byRoute: Record<string, number>;
  byStatus: Record<string, number>;
  replayed: number;
  inFlight: number;
  maxInFlight: number;
  second: Meter;
  windows: { limit: number; meter: Meter }[];
}

export interface Stats {
  /** `now` is the time of arrival, where the request counts for the limit. */
  arrived(platform: Platform, now: number | undefined): void;
  answered(record: Omit<RequestRecord, 'n'>): void;
  /** Begins the meters of a platform's limit. */
  watch(platform: Platform, limit: RateLimit | undefined): void;
  read(): Readonly<Record<Platform, PlatformStats>>;
  /** The latest requests, oldest first, up to 20,000. */
  log(): readonly RequestRecord[];
  /** All requests answered so far. */
  total(): number;
  reset(): void;
}

const kept = 20_000;

const newCounters = (): Counters => ({
  requests: 0,
  byRoute: {},
  byStatus: {},
  replayed: 0,
  inFlight: 0,
  maxInFlight: 0,
  second: newMeter(1000),
  windows: [],
});

export function newStats(): Stats {
  const all: Record<Platform, Counters> = {
    hang: newCounters(),
    fabric: newCounters(),
    stickystreet: newCounters(),
  };
  let records: RequestRecord[] = [];
  let total = 0;

  const arrived = (platform: Platform, now: number | undefined): void => {
    const counters = all[platform];
    counters.requests += 1;
    counters.inFlight += 1;
    counters.maxInFlight = Math.max(counters.maxInFlight, counters.inFlight);
    if (now === undefined) return;
    hit(counters.second, now);
    for (const { meter } of counters.windows) hit(meter, now);
  };

  const answered = (record: Omit<RequestRecord, 'n'>): void => {
    const counters = all[record.platform];
    const status = String(record.status ?? 'cut');
    total += 1;
    counters.inFlight -= 1;
    counters.byRoute[record.route] = (counters.byRoute[record.route] ?? 0) + 1;
    counters.byStatus[status] = (counters.byStatus[status] ?? 0) + 1;
    if (record.replayed) counters.replayed += 1;
    records.push({ n: total, ...record });
    if (records.length >= 2 * kept) records = records.slice(-kept);
  };

  const watch = (platform: Platform, limit: RateLimit | undefined): void => {
    const windows = limit?.windows ?? [];
    all[platform].windows = windows.map((one) => ({ limit: one.limit, meter: newMeter(one.perMs) }));
  };

  const reset = (): void => {
    records = [];
    for (const platform of platforms) {
      const { windows, inFlight } = all[platform];
      const fresh = windows.map(({ limit, meter }) => ({ limit, meter: newMeter(meter.perMs) }));
      all[platform] = { ...newCounters(), inFlight, windows: fresh };
    }
  };

  return {
    arrived,
    answered,
    watch,
    read: () => ({ hang: view(all.hang), fabric: view(all.fabric), stickystreet: view(all.stickystreet) }),
    log: () => records.slice(-kept),
    total: () => total,
    reset,
  };
}

function view(counters: Counters): PlatformStats {
  const { requests, byRoute, byStatus, replayed, inFlight, maxInFlight } = counters;
  return {
    requests,
    byRoute: { ...byRoute },
    byStatus: { ...byStatus },
    throttled: byStatus['429'] ?? 0,
    replayed,
    inFlight,
    maxInFlight,
    maxPerSecond: counters.second.max,
    windows: counters.windows.map(({ limit, meter }) => ({ limit, perMs: meter.perMs, max: meter.max })),
  };
}
