/**
 * Is the account the one that these data were sent to until now, under another name? Keys, lanes and history belong to the
 * account's name: under a new one nothing is known, and all that comes again is sent again.
 */

import type { Found } from '../check/find.ts';
import type { Client } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { isLoopback } from '../destinations/address.ts';
import { PointferryError } from '../ground/errors.ts';
import { loadAll } from '../pipeline/load.ts';
import { originOf } from '../push/origin.ts';

/** One account and pipeline that have sent the same kind of data from the same source. */
interface Sender {
  readonly account: string;
  /** Null: its address was given up for another one, which is not known yet. */
  readonly origin: string | null;
  readonly pipeline: string;
  readonly run: string;
  readonly seq: number;
  /** `2026-05-12`, of its newest run. */
  readonly day: string;
  readonly accepted: boolean;
}

/** What must be known beside the ledger. */
export interface Today {
  readonly found: Found;
  readonly baseUrl: string;
  /** The folder of pipelines. */
  readonly folder: string;
}

/**
 * The other account that has sent these data to this place; null where there is none, or a person has accepted it.
 *
 * Two accounts at one address are legitimate: two tenants, two brands, a sandbox on loopback, whose origin says nothing at
 * all. An address alone, or with it the platform, would be a false alarm for each of them. What tells a rename is that the
 * *data* move: the sender of then has no pipeline any more that sends to the account of then. So
 *  - this very pipeline had another account in its newest run that sent anything: it moves (or moves back), whatever it sent
 *    under today's account before that;
 *  - another pipeline of the same kind and source sent as another account, and is gone from the folder or sends elsewhere now:
 *    pipeline and account were renamed at once. It is asked only while these data were never sent as today's account.
 * A brand beside another keeps its own pipeline and account, and is never asked about.
 */
export async function otherSender(client: Client, { found, baseUrl, folder }: Today): Promise<Sender | null> {
  const { name, pipeline, account } = found;
  const senders = await query(client, 'ledger/senders', {
    account: pipeline.account,
    platform: account.platform,
    kind: pipeline.operation,
    pipeline: name,
    source: pipeline.identity?.source ?? null,
  });
  const own = senders.filter((sender) => sender.account === pipeline.account);
  const ownNewest = Math.max(0, ...own.filter((sender) => sender.pipeline === name).map(({ seq }) => seq));
  const others = senders.filter(
    (sender) =>
      sender.account !== pipeline.account &&
      !sender.accepted &&
      isThere(sender.origin, baseUrl) &&
      (sender.pipeline === name ? sender.seq > ownNewest : own.length === 0),
  );
  if (others.length === 0) return null;
  const stillSends = await sendersToday(folder);
  const moved = others.filter((sender) => !stillSends(sender));
  return moved.sort((a, b) => b.seq - a.seq)[0] ?? null;
}

/** Ports of loopback come and go, and so do its names. */
function isThere(origin: string | null, baseUrl: string): boolean {
  if (origin === null || origin === originOf(baseUrl)) return true;
  return isLoopback(new URL(origin)) && isLoopback(new URL(baseUrl));
}

/** Whether a pipeline of the folder sends to that account today. One that cannot be loaded may. */
async function sendersToday(folder: string): Promise<(sender: Sender) => boolean> {
  const { pipelines, unloadable } = await loadAll(folder);
  const accounts = new Map(pipelines.map(({ name, pipeline }) => [name, pipeline.account]));
  const unknown = new Set(unloadable.map(({ name }) => name));
  return ({ account, pipeline }) => unknown.has(pipeline) || accounts.get(pipeline) === account;
}

export function renamed({ found }: Today, sender: Sender): PointferryError {
  const { name, pipeline } = found;
  const where = sender.origin === null ? '' : ` to ${sender.origin}`;
  return new PointferryError(
    'CONFIG_ACCOUNT_RENAMED',
    `${name} would send as account ${pipeline.account} what ${sender.pipeline} has sent${where} as account ${sender.account}, last on ${sender.day} in ${sender.run}: keys and history belong to the account's name, so everything that comes again would be sent again`,
    {
      hint: `give the account its old name back (accounts/${sender.account}.ts, and account: '${sender.account}' in ${name}.ts); or, where ${pipeline.account} is another account of the platform: pointferry run ${name} --accept-new-account`,
    },
  );
}
