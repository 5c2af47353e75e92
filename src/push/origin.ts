/** Where an account's platform is. */

import type { Db } from '../db/pool.ts';
import { runMaybe } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import { isLoopback } from '../destinations/address.ts';
import type { BuiltRequest } from '../destinations/kind.ts';
import { PointferryError } from '../ground/errors.ts';

/** The origin that an account's first send records: scheme, host and port; on loopback without the port, which changes. */
export function originOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  return isLoopback(url) ? `${url.protocol}//${url.hostname}` : url.origin;
}

/**
 * Where a stored request is sent today: at the account's present origin and below its base path, since credentials go
 * with it. `built` is where its kind would send it now; null: it can no longer be built. Stored and built for the same
 * place below two base paths, it goes below the present one; else its stored path stays what it was.
 */
export function addressOf(stored: string, built: string | null, baseUrl: string): string {
  const target = new URL(baseUrl);
  const root = target.pathname.replace(/\/+$/, '');
  const below = (url: URL | null): string | null =>
    url !== null && `${url.pathname}/`.startsWith(`${root}/`) ? url.pathname.slice(root.length) : null;
  const then = URL.parse(stored);
  const now = built === null ? null : URL.parse(built);
  const place = below(now);
  const moved = place !== null && then?.pathname.endsWith(place) === true;
  const kept = moved ? null : below(then);
  target.pathname = root + (kept ?? place ?? '');
  target.search = (moved || kept !== null ? then : now)?.search ?? '';
  return target.href;
}

/** A stored request as it may leave: to the account's own address, and to the host of that address. */
export function atHome(request: BuiltRequest, built: string | null, baseUrl: string): BuiltRequest {
  const headers = Object.entries(request.headers).filter(([name]) => name.toLowerCase() !== 'host');
  const url = addressOf(request.url, built, baseUrl);
  return { ...request, url, headers: Object.fromEntries(headers) };
}

export const otherOrigin = (account: string, recorded: string, origin: string): PointferryError =>
  new PointferryError(
    'CONFIG_ORIGIN_CHANGED',
    `account ${account} has sent to ${recorded} and now points at ${origin}`,
    {
      hint: `put the old address back; or give the new platform an account of its own; or, where it is the same platform, pointferry unpause ${account} --accept-address`,
    },
  );

/** Throws CONFIG_ORIGIN_CHANGED where an account that has sent points at another platform now. Every booking asks again. */
export async function requireOrigin(
  db: Db,
  { name, baseUrl }: { readonly name: string; readonly baseUrl: string },
): Promise<void> {
  const known = await reading(db, (client) => runMaybe(client, 'push/origin', { account: name }));
  const origin = originOf(baseUrl);
  if (known?.origin && known.origin !== origin) throw otherOrigin(name, known.origin, origin);
}
