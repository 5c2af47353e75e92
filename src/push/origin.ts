/** Where an account's platform is. */
import { type Db, withClient } from '../db/pool.ts';
import { runMaybe } from '../db/sql.ts';
import { PointferryError } from '../errors.ts';

/** On this machine: ports come and go, so they are no part of the place. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The origin that an account's first send records: scheme, host and port; on loopback without the port. */
export function originOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  return isLoopback(url.hostname) ? `${url.protocol}//${url.hostname}` : url.origin;
}

/**
 * A stored URL, to be sent again: as it is, but on loopback at the port of today, since a stand-in platform that was
 * restarted listens elsewhere and is the same platform still.
 */
export function today(storedUrl: string, baseUrl: string): string {
  const stored = new URL(storedUrl);
  const base = new URL(baseUrl);
  if (originOf(storedUrl) === originOf(baseUrl)) stored.port = base.port;
  return stored.href;
}

export const otherOrigin = (account: string, recorded: string, origin: string): PointferryError =>
  new PointferryError(
    'CONFIG_ORIGIN_CHANGED',
    `account ${account} has sent to ${recorded} and now points at ${origin}`,
  );

/** Throws CONFIG_ORIGIN_CHANGED where an account that has sent points at another platform now. Every booking asks again. */
export async function requireOrigin(
  db: Db,
  { name, baseUrl }: { readonly name: string; readonly baseUrl: string },
): Promise<void> {
  const known = await withClient(db, (client) =>
    runMaybe<{ origin: string | null }>(client, 'push/origin', { account: name }),
  );
  const origin = originOf(baseUrl);
  if (known?.origin && known.origin !== origin) throw otherOrigin(name, known.origin, origin);
}
