/** What passes between the server and a platform's endpoints. */
import type { IncomingHttpHeaders } from 'node:http';
import type { NewEffect, Platform } from './effects.ts';
import type { Tokens } from './fabric/tokens.ts';
import type { Credentials } from './options.ts';
import type { State } from './state.ts';
import type { Switches } from './switches.ts';

export interface Call {
  readonly method: string;
  /** Without the platform's prefix; always begins with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly bodySha256: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** True when the answer is that of an earlier request with the same key. */
  readonly replayed?: boolean;
}

export interface World {
  readonly state: State;
  readonly switches: Switches;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  /** Applies a change and queues its line. */
  readonly commit: (change: NewEffect) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A request whose endpoint is known. `handle` runs without waiting for anything, so requests never interleave in it. */
export interface Endpoint {
  /** For faults, statistics and the request log, e.g. `hang.activity`. */
  readonly route: string;
  readonly subject: string | null;
  readonly identity: string | null;
  readonly handle: (world: World) => Answer;
}

export interface PlatformApi {
  readonly platform: Platform;
  readonly resolve: (call: Call, world: World) => Promise<Endpoint> | Endpoint;
  /** The platform's own way to say that something is wrong, for limits and faults. */
  readonly failure: (status: number, message: string, call: Call, world: World) => Answer;
}

export const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/** Thrown by an endpoint that refuses a request; the platform turns it into its own kind of answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
