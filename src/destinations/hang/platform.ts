/** Hang partner API: what its kinds share. Documents: docs/platforms/hang.md. */
import type { Authorize, Kind, Platform } from '../kind.ts';

export default {
  name: 'hang',
  secrets: { apiKey: { purpose: 'key of the program, sent as X-API-Key' } },
  settings: {},
  sandboxPath: '/partner-api',
} satisfies Platform as Platform;

/** Header X-API-Key (docs/platforms/hang.md#address-and-key). */
export const authorize: Authorize = (request, account) => ({
  ...request,
  headers: { ...request.headers, 'X-API-Key': account.secrets.apiKey ?? '' },
});

/** JSON, as in the documents' examples. */
export const headers = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;

/** A 400 may say that the key is missing, which no row is to blame for. */
export const statuses: Kind['statuses'] = {
  400: {
    means: 'kind',
    source: 'docs/platforms/hang.md#address-and-key: a missing key is 400 API_KEY_HEADER_IS_MISSING',
  },
};
