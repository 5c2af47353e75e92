/** Sticky Street API 1.5: what its kinds share. Document: docs/platforms/stickystreet.md. */
import type { AccountAccess, Authorize, Kind, Platform } from '../kind.ts';

export default {
  name: 'stickystreet',
  secrets: {
    userId: { open: true, purpose: 'user_id' },
    apiKey: { purpose: 'user_api_key, or header api_access_key' },
    accountId: { open: true, purpose: 'account_id' },
  },
  settings: {
    keyIn: {
      type: 'text',
      values: ['header', 'body', 'both'],
      default: 'body',
      purpose: 'where the key is put; in both, the platform validates the header only',
    },
    output: { type: 'text', values: ['XML', 'JSON'], default: 'XML', purpose: 'form of the answer' },
    callback: { type: 'text', default: null, purpose: 'ask for JSONP under this name (with output JSON)' },
    condensed: { type: 'boolean', default: false, purpose: 'ask for JSON without white space' },
    badCredentials: {
      type: 'texts',
      default: [],
      purpose: 'error texts that mean bad credentials: they stop the account (the document lists none)',
    },
  },
  sandboxPath: '/api.php',
} satisfies Platform as Platform;

/** Parameters that come after the call's own, in the order of the document; none where the default is wanted. */
export function outputParameters(account: AccountAccess): readonly (readonly [string, string])[] {
  const { output, callback, condensed } = account.settings;
  const named = typeof callback === 'string' && callback !== '';
  return [
    ...(output === 'JSON' || named ? [['output', 'JSON'] as const] : []),
    ...(named ? [['callback', callback] as const] : []),
    ...(condensed === true ? [['condensed', 'yes'] as const] : []),
  ];
}

/** user_id and the key go in where the document has them: after `API`. The key in the header instead where so set. */
export const authorize: Authorize = (request, account) => {
  const { userId = '', apiKey = '', accountId = '' } = account.secrets;
  const keyIn = account.settings.keyIn;
  const [api, ...call] = [...new URLSearchParams(request.body ?? '')];
  const form: (readonly [string, string])[] = [
    ...(api === undefined ? [] : [api]),
    ['user_id', userId],
    ...(keyIn === 'header' ? [] : [['user_api_key', apiKey] as const]),
    ['account_id', accountId],
    ...call,
  ];
  return {
    ...request,
    headers: {
      ...request.headers,
      ...(keyIn === 'header' || keyIn === 'both' ? { api_access_key: apiKey } : {}),
    },
    body: formOf(form),
  };
};

/** application/x-www-form-urlencoded, in the order given. */
export function formOf(pairs: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
}

export const headers = { 'Content-Type': 'application/x-www-form-urlencoded' } as const;

const decidedByStatus = new Set([401, 403, 408, 425, 429]);
const source =
  'docs/platforms/stickystreet.md#the-answer: the status of an error is undocumented, the body says it';

/** At 4xx the body decides, but for the statuses that mean the same everywhere. */
export const statuses: Kind['statuses'] = Object.fromEntries(
  Array.from({ length: 100 }, (_, at) => 400 + at)
    .filter((status) => !decidedByStatus.has(status))
    .map((status) => [status, { means: 'kind', source }]),
);
