/** The account's token, refreshed once for all workers. */
import type { AccountAccess, Platform } from '../../destinations/kind.ts';
import type { Sender } from './send.ts';

/** A token and which one it is; a fixed or absent one is generation 0 for ever. */
export interface Token {
  readonly token: string | null;
  readonly generation: number;
}

/** Why there is none: `refused` by the token server for good, or it could not be reached or understood. */
interface NoToken {
  readonly token: undefined;
  readonly refused: boolean;
  readonly reason: string;
}

export interface Tokens {
  /** The token at hand, without asking anybody. */
  readonly held: () => Token | null;
  readonly current: () => Promise<Token | NoToken>;
  /**
   * A request sent with `generation` was answered 401 or 403. True: another token is there or will be, so the request
   * may be tried again. False: the token that replaced a refused one is refused as well, or there is none to replace it.
   */
  readonly refused: (generation: number) => boolean;
  /** A request of that generation was not refused for its credentials. */
  readonly worked: (generation: number) => void;
}

/** Before its end: a token must outlive the request that carries it. */
const earlyMs = 60_000;

interface Held extends Token {
  readonly until: number;
}

export function createTokens(
  account: AccountAccess,
  platform: Platform | undefined,
  sender: Sender,
  signal: AbortSignal,
): Tokens {
  const source = platform?.token;
  const request = source?.request(account) ?? null;
  if (!source || !request) {
    const fixed: Token = { token: account.secrets.token ?? null, generation: 0 };
    return {
      held: () => fixed,
      current: async () => fixed,
      refused: () => false,
      worked: () => undefined,
    };
  }
  let held: Held | null = null;
  let generation = 0;
  let replacing = false; // the held token replaces a refused one and has not worked yet
  let asking: Promise<Token | NoToken> | null = null;
  const ask = async (): Promise<Token | NoToken> => {
    const reply = await sender.send(request, signal);
    if (reply.got !== 'answer') return { token: undefined, refused: false, reason: reply.reason };
    const { status } = reply.answer;
    const granted = status < 300 ? source.understand(reply.answer) : null;
    if (!granted) {
      const refused = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
      return { token: undefined, refused, reason: `the token server answered HTTP ${status}` };
    }
    generation += 1;
    const early = Math.min(earlyMs, granted.expiresInMs / 2);
    held = { token: granted.token, generation, until: performance.now() + granted.expiresInMs - early };
    return held;
  };
  const fresh = (): Token | null => (held !== null && held.until > performance.now() ? held : null);
  return {
    held: fresh,
    async current() {
      const at = fresh();
      if (at !== null) return at;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
    refused(used) {
      if (held === null || held.generation !== used) return true;
      if (replacing) return false;
      replacing = true;
      held = null;
      return true;
    },
    worked(used) {
      if (held?.generation === used) replacing = false;
    },
  };
}
