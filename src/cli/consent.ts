/** No first send to an account marked production before somebody typed its name. */
import type { Needs } from '../app/consent.ts';
import { ask, canAsk } from './ask.ts';
import type { Context } from './command.ts';

/** `callsOf` says how many requests would be sent: the question states it. */
export async function agreed(
  context: Context,
  needs: Needs | null,
  callsOf: () => Promise<number>,
): Promise<boolean> {
  if (needs === null || !('consent' in needs) || !canAsk(context)) return false;
  const { account } = needs.consent;
  const calls = await callsOf();
  const question = `First send to ${account} (PRODUCTION): ${calls} calls. Type its name to continue: `;
  return (await ask(question, context)) === account;
}
