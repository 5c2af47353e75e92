/** Where an account's platform is. */

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
