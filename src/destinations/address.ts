/** Which addresses requests may go to. */

/**
 * What is wrong with an address, for people and without quoting it; undefined where it may be used. Plain http only
 * to this machine, or where `plainAllowed`; no credentials in it (they would end up in logs), no query, no fragment.
 */
export function addressProblem(address: string, plainAllowed: boolean): string | undefined {
  if (/[\s\p{Cc}]/u.test(address) || !URL.canParse(address)) return 'is not an address';
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials';
  if (/[?#]/.test(address)) return 'must not hold a query or a fragment';
  if (url.protocol === 'http:' && !plainAllowed && !isLoopback(url)) {
    return 'must begin with https: (http is for this machine, and for sandbox accounts that say allowPlainHttp)';
  }
  return undefined;
}

/** This machine. `URL` has brought every spelling of an IPv4 address (0x7f.1, 2130706433) into one form. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
