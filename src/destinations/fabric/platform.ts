/** fabric Loyalty: what its kinds share. Document: docs/platforms/fabric.md. */
import { member, parseObject, textOf } from '../answer.ts';
import type { AccountAccess, Answer, Authorize, BuiltRequest, Platform } from '../kind.ts';

/** Shortest life any of the vendor's pages gives (docs/platforms/fabric.md#address-and-tokens): taken where the answer does not say. */
const shortestLifeMs = 600_000;

function tokenRequest(account: AccountAccess): BuiltRequest | null {
  const { token, tokenUrl, clientId, clientSecret } = account.secrets;
  if (token !== undefined || tokenUrl === undefined) return null;
  const scope = account.settings.scope;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (typeof scope === 'string' && scope !== '') form.set('scope', scope);
  const pair = `${clientId ?? ''}:${clientSecret ?? ''}`;
  return {
    method: 'POST',
    url: tokenUrl,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
      Authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    },
    body: form.toString(),
  };
}

function understandToken(answer: Answer): { readonly token: string; readonly expiresInMs: number } | null {
  if (answer.status < 200 || answer.status > 299 || answer.truncated) return null;
  const body = parseObject(answer.body);
  const token = body === null ? undefined : textOf(member(body, 'access_token'));
  if (body === null || token === undefined || /[^\x21-\x7e]/.test(token)) return null;
  const seconds = Number(textOf(member(body, 'expires_in')));
  return { token, expiresInMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : shortestLifeMs };
}

/** Authorization: Bearer <token> (docs/platforms/fabric.md#address-and-tokens). */
export const authorize: Authorize = (request, account, token) => ({
  ...request,
  headers: { ...request.headers, Authorization: `Bearer ${token ?? account.secrets.token ?? ''}` },
});

export const headers = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;

export default {
  name: 'fabric',
  secrets: {
    token: { optional: true, purpose: 'a fixed bearer token' },
    clientId: { optional: true, open: true, purpose: 'client credentials: id' },
    clientSecret: { optional: true, purpose: 'client credentials: secret' },
    tokenUrl: {
      optional: true,
      open: true,
      address: true,
      purpose: 'client credentials: where tokens are given',
    },
  },
  secretSets: [['token'], ['clientId', 'clientSecret', 'tokenUrl']],
  settings: {
    asIs: {
      type: 'boolean',
      default: false,
      purpose: 'send region and country codes as they are, not as names',
    },
    redemptionThreshold: {
      type: 'text',
      values: ['number', 'string'],
      default: 'number',
      purpose: 'how redemptionThreshold is written: a JSON number as in the example, or a string as declared',
    },
    scope: { type: 'text', default: null, purpose: 'scope asked for with client credentials, e.g. s2s' },
  },
  token: { request: tokenRequest, understand: understandToken },
  sandboxPath: '/api',
} satisfies Platform as Platform;
