/** Whether a server's host key is the one expected: by pinned fingerprints or a known_hosts file. */
import { createHash, createHmac } from 'node:crypto';
import { PointferryError } from '../../ground/errors.ts';

export interface Pin {
  /** `SHA256:...`, without padding, as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** The type of key if the pin states it; the server is then asked for that type first. */
  readonly type: string | null;
}

export type KeyVerdict = 'trusted' | 'unknown' | 'changed' | 'revoked';

/** What is known of one server's keys. */
export interface Trust {
  readonly pins: readonly Pin[];
  /** Keys that are never accepted, even if they are pinned. */
  readonly revoked: readonly Pin[];
}

/** `SHA256:...` of a public key as it goes over the wire. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type at the beginning of a public key, such as `ssh-ed25519`. */
export function typeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE() : 0;
  return length > 0 && length <= 64 ? key.toString('latin1', 4, 4 + length) : 'unknown';
}

export function judge(key: Buffer, trust: Trust): KeyVerdict {
  const fingerprint = fingerprintOf(key);
  const holds = (pins: readonly Pin[]): boolean => pins.some((pin) => pin.fingerprint === fingerprint);
  if (holds(trust.revoked)) return 'revoked';
  if (holds(trust.pins)) return 'trusted';
  return trust.pins.length === 0 ? 'unknown' : 'changed';
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/\(ED25519\)|ssh-ed25519/i, 'ssh-ed25519'],
  [/\(RSA\)|ssh-rsa/i, 'ssh-rsa'],
  [/\(ECDSA\)|ecdsa/i, 'ecdsa-sha2-nistp256'],
];

/**
 * A pin as people have it: `SHA256:...`, a whole line of `ssh-keygen -l`, or a public key
 * (`ssh-ed25519 AAAA...`). Throws CONFIG_INVALID for anything else, MD5 fingerprints included.
 */
export function parsePin(text: string): Pin {
  const printed = /SHA256:([A-Za-z0-9+/]{43})=?(?![A-Za-z0-9+/])/.exec(text);
  if (printed !== null)
    return {
      fingerprint: `SHA256:${printed[1]}`,
      type: kinds.find(([pattern]) => pattern.test(text))?.[1] ?? null,
    };
  const key = /^\s*([a-z0-9@.-]+)\s+(AAAA[A-Za-z0-9+/]+=*)/.exec(text);
  if (key !== null) return pinOf(key[2] ?? '');
  throw new PointferryError(
    'CONFIG_INVALID',
    `"${text.slice(0, 80)}" is not a host key fingerprint such as SHA256:...`,
    { hint: 'ssh-keyscan HOST | ssh-keygen -lf - prints it; compare it with the operator of the server' },
  );
}

/** The lines of a known_hosts file that name a server: plain, hashed and with wildcards. */
export function knownKeys(file: string, host: string, port: number): Trust {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  const pins: Pin[] = [];
  const revoked: Pin[] = [];
  for (const line of file.split(/\r?\n/)) {
    const parts = line.trim().split(/\s+/);
    const marker = parts[0]?.startsWith('@') === true ? parts.shift() : undefined;
    const [hosts = '', type, key] = parts;
    if (hosts.startsWith('#') || type === undefined || key === undefined || !speaksOf(hosts, name)) continue;
    // A certificate authority vouches for certificates, which ssh2 does not ask for.
    if (marker === undefined) pins.push(pinOf(key));
    else if (marker === '@revoked') revoked.push(pinOf(key));
  }
  return { pins, revoked };
}

function pinOf(base64: string): Pin {
  const key = Buffer.from(base64, 'base64');
  return { fingerprint: fingerprintOf(key), type: typeOf(key) };
}

function speaksOf(hosts: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts);
  if (hashed !== null) {
    const salt = Buffer.from(hashed[1] ?? '', 'base64');
    return createHmac('sha1', salt).update(name).digest('base64') === hashed[2];
  }
  const patterns = hosts.toLowerCase().split(',');
  const matches = (pattern: string): boolean => wildcard(pattern).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern));
}

function wildcard(pattern: string): RegExp {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
}

const rsa = ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] as const;
const supported = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  ...rsa,
] as const;

/**
 * In which order a server is asked for its keys: pinned types first. A server with several keys would otherwise show one
 * that is not pinned.
 */
export function hostKeyTypes(trust: Trust): (typeof supported)[number][] {
  const pinned = new Set(trust.pins.map(({ type }) => type));
  const isPinned = (type: string): boolean =>
    pinned.has(type) || (pinned.has('ssh-rsa') && rsa.some((name) => name === type));
  return [...supported.filter(isPinned), ...supported.filter((type) => !isPinned(type))];
}
