/** One connection to an SFTP server: made with deadlines, trusted by its host key, and watched. */
import { readFile } from 'node:fs/promises';
import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { milliseconds } from '../../ground/duration.ts';
import { PointferryError } from '../../ground/errors.ts';
import type { SftpSource } from '../../pipeline/source.ts';
import { defaults } from '../defaults.ts';
import type { Secrets } from '../source.ts';
import { authOf } from './auth.ts';
import { fingerprintOf, hostKeyTypes, judge, knownKeys, parsePin, type Trust, typeOf } from './hostkeys.ts';
import { defaultPort } from './settings.ts';

export interface Session {
  readonly sftp: SFTPWrapper;
  /** How long an answer may take. */
  readonly stallMs: number;
  /**
   * One request. Rejects with the server's own error, with READ_STALLED when no answer comes in time, and with
   * READ_CONNECT when the connection ends.
   */
  ask<T>(request: (callback: (error: Error | null | undefined, value: T) => void) => void): Promise<T>;
  readonly isOpen: () => boolean;
  close(): void;
}

const keepalive = { keepaliveInterval: 10_000, keepaliveCountMax: 3 } as const;

/**
 * Connects and opens the SFTP subsystem. Throws READ_CONNECT (unreachable, or no answer in time), READ_AUTH,
 * READ_HOST_KEY with the key shown and how to pin it, CONFIG_INVALID, CONFIG_MISSING_ENV. An abort ends the
 * connection, and with it every request that waits.
 */
export async function connect(options: SftpSource, secrets: Secrets, signal?: AbortSignal): Promise<Session> {
  signal?.throwIfAborted();
  const trust = await trustOf(options);
  const connectMs = milliseconds(options.deadlines?.connect ?? defaults.connect);
  const stallMs = milliseconds(options.deadlines?.stall ?? defaults.stall);
  const client = new ssh2.Client();
  const life = watch(client, options, signal);
  const shown: { key?: Buffer } = {};
  const config: ConnectConfig = {
    host: options.host,
    port: options.port ?? defaultPort,
    username: options.user,
    authHandler: authOf(options, secrets),
    ...keepalive,
    // the timer of `within` ends first, and names what it waited for
    readyTimeout: connectMs + 1_000,
    hostVerifier: (key: Buffer) => {
      shown.key = key;
      return judge(key, trust) === 'trusted';
    },
    algorithms: { serverHostKey: hostKeyTypes(trust) },
  };
  try {
    await within(connectMs, life, options, (done) => {
      client.once('ready', () => done(null, undefined));
      client.connect(config);
      // small requests one after another would each wait for a delayed acknowledgement
      client.setNoDelay(true);
    });
    const sftp = await within<SFTPWrapper>(connectMs, life, options, (done) => client.sftp(done));
    sftp.on('error', (error: Error) => life.end(lost(options, error)));
    sftp.on('close', () => life.end(lost(options)));
    return {
      sftp,
      stallMs,
      ask: (request) => within(stallMs, life, options, request),
      isOpen: () => life.ended === null,
      close: () => life.end(lost(options)),
    };
  } catch (error) {
    life.end(lost(options));
    throw explain(error, options, trust, shown.key);
  }
}

/** The end of a connection, for every request that waits on it. */
interface Life {
  ended: Error | null;
  readonly waiting: Set<(error: Error) => void>;
  end(error: Error): void;
}

function watch(client: Client, options: SftpSource, signal: AbortSignal | undefined): Life {
  const abort = (): void => life.end(signal?.reason instanceof Error ? signal.reason : lost(options));
  const life: Life = {
    ended: null,
    waiting: new Set(),
    end: (error) => {
      if (life.ended !== null) return;
      life.ended = error;
      signal?.removeEventListener('abort', abort);
      for (const reject of life.waiting) reject(error);
      life.waiting.clear();
      client.destroy();
    },
  };
  signal?.addEventListener('abort', abort, { once: true });
  // kept after the end: an error without a listener would end the process
  client.on('error', (error: Error & { level?: string }) => {
    // if an agent does not answer, ssh2 tries the next method
    if (error.level !== 'agent') life.end(error);
  });
  client.on('close', () => life.end(lost(options)));
  return life;
}

/** One request: answered, timed out, or ended with its connection, whichever comes first. */
function within<T>(
  ms: number,
  life: Life,
  options: SftpSource,
  request: (callback: (error: Error | null | undefined, value: T) => void) => void,
): Promise<T> {
  if (life.ended !== null) return Promise.reject(life.ended);
  return new Promise<T>((resolve, reject) => {
    const fail = (error: Error): void => {
      clearTimeout(timer);
      life.waiting.delete(fail);
      reject(error);
    };
    const timer = setTimeout(() => {
      const stalled = new PointferryError(
        'READ_STALLED',
        `${options.host} gave no answer for ${ms / 1000} s`,
      );
      fail(stalled);
      life.end(stalled);
    }, ms);
    life.waiting.add(fail);
    const answered = (error: Error | null | undefined, value: T): void => {
      clearTimeout(timer);
      life.waiting.delete(fail);
      if (error === null || error === undefined) resolve(value);
      else reject(error);
    };
    try {
      request(answered);
    } catch (error) {
      fail(error as Error);
    }
  });
}

async function trustOf(options: SftpSource): Promise<Trust> {
  const pins = (options.hostKeys ?? []).map(parsePin);
  if (options.knownHosts === undefined) return { pins, revoked: [] };
  const file = await readFile(options.knownHosts, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PointferryError(
      'CONFIG_INVALID',
      `cannot read knownHosts ${options.knownHosts}: ${error.code}`,
    );
  });
  const known = knownKeys(file, options.host, options.port ?? defaultPort);
  return { pins: [...pins, ...known.pins], revoked: known.revoked };
}

function lost(options: SftpSource, cause?: unknown): PointferryError {
  return new PointferryError('READ_CONNECT', `the connection to ${options.host} ended`, { cause });
}

/** What a failed connection means. ssh2 says where it failed (`level`), and its texts hold no secrets. */
function explain(error: unknown, options: SftpSource, trust: Trust, key: Buffer | undefined): unknown {
  if (key !== undefined && judge(key, trust) !== 'trusted') return untrusted(options, trust, key);
  if (error instanceof PointferryError)
    return error.code === 'READ_STALLED'
      ? new PointferryError('READ_CONNECT', `${error.message} while connecting`, { cause: error })
      : error;
  if (!(error instanceof Error) || error.name === 'AbortError' || error.name === 'TimeoutError') return error;
  const { level, code } = error as Error & { level?: string; code?: string };
  if (level === 'client-authentication')
    return new PointferryError('READ_AUTH', `${options.host} refuses ${options.user}: ${error.message}`);
  return new PointferryError(
    'READ_CONNECT',
    `${options.host}:${options.port ?? defaultPort}: ${code ?? error.message}`,
    {
      cause: error,
    },
  );
}

function untrusted(options: SftpSource, trust: Trust, key: Buffer): PointferryError {
  const verdict = judge(key, trust);
  const shown = `${typeOf(key)} ${fingerprintOf(key)}`;
  const what = {
    unknown: 'no host key is pinned for it',
    changed: `pinned are ${trust.pins.map(({ type, fingerprint }) => `${type === null ? '' : `${type} `}${fingerprint}`).join(', ')}`,
    revoked: 'this key is marked as revoked',
    trusted: '',
  }[verdict];
  return new PointferryError('READ_HOST_KEY', `${options.host} shows ${shown}; ${what}`, {
    hint:
      verdict === 'revoked'
        ? 'ask the operator of the server which key is right'
        : `ask the operator of the server for its fingerprint; if it is this one, add hostKeys: ['${shown}']`,
  });
}
