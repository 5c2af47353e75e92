/** Times and numbers that tests make smaller. */
export interface PushSettings {
  /** Connect, send, wait and read, together. Must be shorter than the lease. */
  readonly requestDeadlineMs: number;
  /** Counted attempts of one operation: an attempt counts when the platform, not a limit, kept it from being done. */
  readonly attempts: number;
  readonly resends: number;
  readonly resendWithinMs: number;
  /** A breaker open for this long ends the push. */
  readonly downAfterMs: number;
  /** Between probes while the breaker is open, at first; doubles up to eight times that. */
  readonly probeAfterMs: number;
  /** After a stop was asked for, how long requests in flight may take. */
  readonly stopWithinMs: number;
  readonly backoffFirstMs: number;
  readonly backoffMostMs: number;
  /** A retry that is due for so long is not held back by the retries' budget any more. */
  readonly retryPatienceMs: number;
  /** A Retry-After beyond this is not believed. */
  readonly retryAfterMostMs: number;
  /** How often pauses, stops and dead owners are looked for. */
  readonly watchMs: number;
  readonly parkedEveryMs: number;
  readonly answerMostBytes: number;
  /** A database that stays away longer ends the push. */
  readonly databaseWithinMs: number;
}

export const defaultSettings: PushSettings = {
  requestDeadlineMs: 30_000,
  attempts: 8,
  resends: 8,
  resendWithinMs: 30 * 60_000,
  downAfterMs: 15 * 60_000,
  probeAfterMs: 5_000,
  stopWithinMs: 10_000,
  backoffFirstMs: 500,
  backoffMostMs: 60_000,
  retryPatienceMs: 60_000,
  retryAfterMostMs: 15 * 60_000,
  watchMs: 400,
  parkedEveryMs: 30_000,
  answerMostBytes: 1_000_000,
  databaseWithinMs: 5 * 60_000,
};
