/** What a status means before the kind looks at the body. The one table (docs/architecture.md#what-an-answer-means). */
import type { Kind, StatusMeaning } from '../../destinations/kind.ts';

/**
 *  status            meaning      what follows
 *  2xx               kind         the kind decides
 *  3xx               redirect     never followed; ends the run
 *  401, 403          credentials  after one refresh: stops the account; the row is ready again
 *  425, 429          throttled    pauses the account; the row is ready again
 *  408, 5xx          doubt        it may have been applied
 *  409               failed       unless the kind says otherwise
 *  other 4xx         failed       refused for good
 *  anything else     doubt        no answer that HTTP knows
 */
export function meaningOf(status: number, kind: Pick<Kind, 'statuses'>): StatusMeaning {
  const moved = kind.statuses?.[status];
  if (moved !== undefined) return moved.means;
  if (status >= 200 && status < 300) return 'kind';
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 401 || status === 403) return 'credentials';
  if (status === 425 || status === 429) return 'throttled';
  if (status === 408) return 'doubt';
  if (status >= 400 && status < 500) return 'failed';
  return 'doubt';
}

/** Counts against the platform's health: the breaker opens on these, never on a 4xx. */
export const isBadStatus = (status: number): boolean => status === 408 || status >= 500;
