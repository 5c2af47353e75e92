/** Hang partner API: what its kinds share. Documents: seeds S1 (update membership) and S3 (record activities). */
import type { Authorize, Kind, Platform } from '../kind.ts';

export default {
  name: 'hang',
  secrets: { apiKey: { purpose: 'key of the program, sent as X-API-Key' } },
  settings: {},
  sandboxPath: '/partner-api',
} satisfies Platform as Platform;

/** Header X-API-Key [S1, S3]. */
export const authorize: Authorize = (request, account) => ({
  ...request,
  headers: { ...request.headers, 'X-API-Key': account.secrets.apiKey ?? '' },
});

/** Seeds send JSON [S1, S3]. */
export const headers = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;

/** A 400 may say that the key is missing, which no row is to blame for. */
export const statuses: Kind['statuses'] = {
  400: { means: 'kind', source: 'apis.md 1.1: a missing key is 400 API_KEY_HEADER_IS_MISSING' },
};
