/** Sending to an account, held back and let go, in every process on every machine within a second. Recorded. */
import * as control from '../ledger/control.ts';
import type { App } from './app.ts';

export async function pauseAccount(app: App, account: string, note: string): Promise<void> {
  await control.pauseAccount(await app.db(), account, { actor: app.actor, until: null, note });
}

/** Lifts a pause, also one after 401 or 403, and closes the breaker. */
export async function unpauseAccount(app: App, account: string): Promise<void> {
  await control.unpauseAccount(await app.db(), account, app.actor);
}

/** The platform of the account has another address now; the next send records it. */
export async function acceptAddress(app: App, account: string): Promise<void> {
  await control.acceptAddress(await app.db(), account, app.actor);
}
