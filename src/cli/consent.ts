/** No first send to an account marked production before somebody typed its name. */
import type { Needs } from '../app/consent.ts';
import { ask, canAsk } from './ask.ts';
import type { Context } from './command.ts';

/**
 * Makes a request, and makes it again where it needs consent and somebody at the terminal gives it. `callsOf` says how many
 * requests would be sent: the question states it.
 */
export async function asking<T extends { readonly needs: Needs | null }>(
  context: Context,
  request: (consent: boolean, before: T | undefined) => Promise<T>,
  callsOf: () => Promise<number>,
): Promise<T> {
  const first = await request(context.yes, undefined);
  if (first.needs === null || !('consent' in first.needs) || !canAsk(context)) return first;
  const { account } = first.needs.consent;
  const calls = await callsOf();
  const question = `First send to ${account} (PRODUCTION): ${calls} calls. Type its name to continue: `;
  return (await ask(question, context)) === account ? request(true, first) : first;
}
