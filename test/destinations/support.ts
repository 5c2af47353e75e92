/** What the tests of kinds share. */
import type { AccountAccess, Answer, Outgoing } from '../../src/destinations/kind.ts';

export function answer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers, body, truncated: false };
}

export function access(
  platform: string,
  baseUrl: string,
  secrets: Record<string, string>,
  settings: Record<string, unknown> = {},
): AccountAccess {
  return { name: `${platform}-test`, platform, baseUrl, secrets, settings };
}

/** The same operation with other fields; a field given as undefined is left out. */
export function withFields(
  out: Outgoing,
  fields: Readonly<Record<string, Outgoing['fields'][string] | undefined>>,
): Outgoing {
  const all = Object.entries({ ...out.fields, ...fields }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...out, fields: Object.fromEntries(all) };
}
