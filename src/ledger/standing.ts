/** How the owners of other processes stand: who is dead for certain, who keeps silent, and who may be fenced. */
import type { Client, Db } from '../db/pool.ts';
import { run, runMaybe } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { isDead } from '../ground/process.ts';
import type { Silence } from './silence.ts';

export interface OwnerState {
  readonly token: number;
  readonly host: string;
  readonly bootId: string;
  readonly namespace: string;
  readonly pid: number;
  readonly processStart: string;
  readonly actor: string;
  readonly verb: string;
  readonly heartbeatAt: string;
  readonly leaseMs: number;
  readonly gone: boolean;
  /** By the clock of the server, which may be set: a hint. */
  readonly overdue: boolean;
}

/**
 * How an owner stands. `gone`: it ended, or was fenced. `dead`: its process certainly is, or it kept silent for a whole
 * lease. `alive`: its process certainly is there, and may stand still. `silent`: nothing is known yet.
 */
export type Standing = 'gone' | 'dead' | 'alive' | 'silent';

/** `silence` belongs to the observer: an owner is looked at again and again with the same one. */
export async function standing(owner: OwnerState, silence: Silence): Promise<Standing> {
  if (owner.gone) return 'gone';
  const dead = await isDead({
    host: owner.host,
    bootId: owner.bootId,
    namespace: owner.namespace,
    pid: owner.pid,
    start: owner.processStart,
  });
  // also one that is there and stands still (SIGSTOP): its token fences it, should it wake
  if (dead === true || silence.isOver(owner)) return 'dead';
  return dead === false ? 'alive' : 'silent';
}

export async function ownerState(client: Client, token: number): Promise<OwnerState | undefined> {
  return (await run(client, 'ledger/owner', { token }))[0];
}

/** Takes an owner out that is out of the way, so that it cannot come back with its token. False: it has stirred since. */
export async function fenceOwner(
  db: Db,
  { token, heartbeatAt }: Pick<OwnerState, 'token' | 'heartbeatAt'>,
): Promise<boolean> {
  const fenced = await inTransaction(
    db,
    (client) => runMaybe(client, 'ledger/fence-owner', { token, heartbeatAt }),
    { lostCommit: 'settle' },
  );
  return fenced !== undefined;
}
