/** Bearer tokens of the fabric stand-in: fixed ones from the options, and short-lived ones from the token endpoint. */
import { randomUUID } from 'node:crypto';

export interface Tokens {
  /** Gives out a token that lives so many milliseconds. */
  issue(now: number, lifeMs: number): string;
  accepts(token: string, now: number): boolean;
  /** Ends every token given out so far. */
  expireAll(): void;
}

/** Issued tokens live in memory: after a restart they are unknown, and clients fetch new ones. */
export function newTokens(fixed: readonly string[]): Tokens {
  const issued = new Map<string, number>();
  return {
    issue: (now, lifeMs) => {
      const token = `sandbox.${randomUUID()}`;
      issued.set(token, now + lifeMs);
      return token;
    },
    accepts: (token, now) => fixed.includes(token) || (issued.get(token) ?? 0) > now,
    expireAll: () => issued.clear(),
  };
}
