/**
 * Places: how many requests a process may have under way, booked in Postgres so that all processes of an account together
 * never have more than its `maxInFlight`. Those of a process that was fenced come free a little later.
 */
import type { Client, Db } from '../../db/pool.ts';
import { run, runCount } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';

/** Where more processes send than there are places, each waits for its turn, and a turn takes this long. */
const turnMs = 3_000;

export interface PlacesRequest {
  readonly account: string;
  readonly token: number;
  readonly maxInFlight: number;
  /** Places that this process uses, or may use until the booking is answered. */
  readonly used: number;
  /** Requests that it has under way or could send soon: more places are not taken. */
  readonly needed: number;
  /** What its answers took at most, of late. */
  readonly slowestMs: number;
}

interface SenderRow {
  readonly token: number;
  readonly slowestMs: number;
  readonly places: number;
  readonly gone: boolean;
  readonly resting: boolean;
}

/** Books this process's share, under the lock of the account's row. Returns how many requests it may have under way. */
export async function bookPlaces(client: Client, request: PlacesRequest, nowMs: number): Promise<number> {
  const { account, token, maxInFlight, used, needed, slowestMs } = request;
  const senders = await run(client, 'push/senders', { account });
  const mine = senders.find((sender) => sender.token === token);
  const over = senders.filter((sender) => sender.gone && !sender.resting && sender !== mine);
  if (over.length > 0) await removeSenders(client, account, over);
  if (mine === undefined || isOff(mine.slowestMs, slowestMs))
    await run(client, 'push/announce-sender', { account, token, slowestMs });
  const live = senders.filter((sender) => !sender.gone || sender === mine).map((sender) => sender.token);
  const share = shareOf(maxInFlight, mine === undefined ? [...live, token] : live, token, nowMs);
  const others = senders.filter((sender) => sender !== mine && !over.includes(sender));
  const free = maxInFlight - others.reduce((sum, sender) => sum + sender.places, 0);
  const held = mine?.places ?? 0;
  const wanted = Math.max(Math.min(share, free, needed), used);
  const places = held + (await change(client, request, wanted - held));
  return Math.min(share, places);
}

/** Takes or gives back `by` places and returns the difference. Only free ones are taken, whatever was reckoned. */
async function change(
  client: Client,
  { account, token, maxInFlight }: PlacesRequest,
  by: number,
): Promise<number> {
  if (by > 0) return runCount(client, 'push/take-places', { account, token, maxInFlight, more: by });
  if (by < 0) return -(await runCount(client, 'push/give-places', { account, token, fewer: -by }));
  return 0;
}

/** Written again only where it matters: the wait after a death follows from it. */
const isOff = (noted: number, slowestMs: number): boolean => slowestMs > noted || slowestMs < noted / 2;

/** Equal parts; what does not divide goes to some, in turns where there are fewer places than senders. */
export function shareOf(
  maxInFlight: number,
  senders: readonly number[],
  token: number,
  nowMs: number,
): number {
  const turn = senders.length > maxInFlight ? Math.floor(nowMs / turnMs) : 0;
  const rank = (senders.indexOf(token) + turn) % senders.length;
  const each = Math.floor(maxInFlight / senders.length);
  return rank < maxInFlight % senders.length ? each + 1 : each;
}

/** Gives all places back. Only when none of them is used. */
export async function leavePlaces(db: Db, account: string, token: number): Promise<void> {
  await inTransaction(db, (client) => removeSenders(client, account, [{ token }]), { idempotent: true });
}

const removeSenders = (
  client: Client,
  account: string,
  senders: readonly Pick<SenderRow, 'token'>[],
): Promise<unknown> =>
  run(client, 'push/remove-senders', { account, tokens: senders.map((sender) => sender.token) });
