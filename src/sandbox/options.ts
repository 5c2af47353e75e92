/** What can be set about a sandbox when it starts. Everything but the journal has a default. */
import type { ActivityType, FabricSeed, HangSeed, Platform, ProgramSettings } from './effects.ts';
import type { Fault } from './faults.ts';
import type { SwitchChanges } from './switches.ts';

export interface RateLimit {
  /** All hold at once. `limit` accepted requests in any `perMs` milliseconds, judged by arrival. */
  readonly windows: readonly { readonly limit: number; readonly perMs: number }[];
  /** What a 429 says of the wait: whole seconds (default), an HTTP date, or nothing. */
  readonly retryAfter?: 'seconds' | 'date' | 'none';
}

export interface Credentials {
  readonly hang: { readonly apiKeys: readonly string[] };
  readonly fabric: {
    /** Bearer tokens that do not expire. */
    readonly tokens: readonly string[];
    readonly clients: Readonly<Record<string, string>>;
  };
  readonly stickystreet: {
    /** user_id to user_api_key. */
    readonly users: Readonly<Record<string, string>>;
    readonly accountIds: readonly string[];
  };
}

export const demoCredentials: Credentials = {
  hang: { apiKeys: ['sandbox-hang-key'] },
  fabric: { tokens: ['sandbox-fabric-token'], clients: { 'sandbox-client': 'sandbox-secret' } },
  stickystreet: { users: { john1970: 'sandbox-sticky-key' }, accountIds: ['greatwidgets'] },
};

/** What is there from the start. Ids that the journal knows already are left as they are. */
export interface Seeds {
  readonly hang?: {
    readonly members?: readonly HangSeed[];
    readonly activityTypes?: readonly ActivityType[];
  };
  readonly fabric?: { readonly members?: readonly FabricSeed[] };
  readonly stickystreet?: { readonly programs?: readonly ProgramSettings[] };
}

export interface SandboxOptions {
  /** Path of the journal; made if absent, replayed if there. */
  readonly journal: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. The admin endpoints have no password: leave it on loopback. */
  readonly host?: string;
  readonly credentials?: Partial<Credentials>;
  /** Default: no limit. */
  readonly rates?: Partial<Record<Platform, RateLimit>>;
  readonly switches?: SwitchChanges;
  readonly seeds?: Seeds;
  readonly faults?: readonly Fault[];
  /** Decides which requests a fault with a share hits. Default 1. */
  readonly seed?: number;
  /** How long an idle connection is kept (default 60 s), and whether the answers say so. */
  readonly keepAlive?: { readonly idleMs?: number; readonly hint?: boolean };
}

export interface Sandbox {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Waits for the journal, ends open connections, frees the port. */
  close(): Promise<void>;
}
