/** A living process watches its ledger: at each sign of life, and before anything leaves. */

import { DatabaseError } from '../../db/failure.ts';
import type { Client, Db } from '../../db/pool.ts';
import { runMaybe } from '../../db/sql.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { PointferryError } from '../../ground/errors.ts';
import { noteDecision } from '../decisions.ts';
import type { Registration } from '../registration.ts';
import { createLedgerGuard, LedgerBehind, type LedgerLook, ledgerWentBack } from './guard.ts';
import { adoptMark, keepFurthest } from './mark.ts';
import { type LedgerPlace, readPlace } from './position.ts';

/** What a sign of life brought: where the ledger is; or that this owner is out; or nothing at all. */
export type Beat = LedgerPlace | 'fenced' | 'silent';

export interface WatchedLedger {
  /** Takes what a sign of life brought. Gives why this process has to stop; null: it may go on. */
  readonly heard: (beat: Exclude<Beat, 'silent'>, look: LedgerLook) => Promise<PointferryError | null>;
  /** Begins a look; to be called before the statement leaves whose answer is looked at. */
  readonly look: () => LedgerLook;
  /** The last statement of a transaction that must not be forgotten. */
  readonly count: (client: Client) => Promise<Counted>;
  /** Why the ledger went back; null where it has not. */
  readonly behind: () => string | null;
  /** Asks the ledger anew whether it went back. Throws DatabaseError where it does not answer. */
  readonly ask: () => Promise<boolean>;
  /** What failed, or that the ledger went back: then rows that were there are missing, and any statement may fail of it. */
  readonly explain: (error: unknown) => Promise<unknown>;
  /** While it sends, a process can outlive a ledger that lost seconds: it is asked (`goOn`) before it is stopped. */
  readonly outlive: (may: boolean) => void;
  /**
   * Goes on although the ledger went back, where it lost seconds of this process. Else throws LEDGER_WENT_BACK. Gives the
   * seconds. `note` writes down what of this process must not be forgotten, in the transaction that records the decision.
   * What the ledger lost of other processes is not accepted by this: their marks stay, and a person is asked.
   */
  readonly goOn: (note: (client: Client) => Promise<void>) => Promise<number>;
  /** Notes what was committed so far, before something is done that relies on it. Throws DatabaseError. */
  readonly note: () => Promise<void>;
  /** Keeps how far the ledger has come, for later processes of this machine; as far as it can. */
  readonly keep: () => Promise<void>;
}

/** A commit that is counted with its owner. */
export interface Counted {
  /** Throws LedgerBehind where the ledger lacks earlier ones. */
  readonly require: () => void;
  /**
   * To be called once the transaction is committed, and before anything leaves that relies on it. The mark outlives this
   * process; `lasting`: the machine as well, which else a sign of life sees to.
   */
  readonly done: (lasting?: boolean) => Promise<void>;
}

/** What a failover to a copy may lose and still be outlived; a platform remembers its keys for longer than that. */
const secondsMs = 60_000;

export async function watchLedger(
  db: Db,
  {
    token,
    identity,
    beat,
    who,
    lost,
  }: {
    readonly token: number;
    readonly identity: string;
    readonly beat: () => Promise<Beat>;
    readonly who: Registration;
    readonly lost: AbortController;
  },
): Promise<WatchedLedger> {
  const placeNow = (): Promise<LedgerPlace> => reading(db, (client) => readPlace(client, [token]));
  const guard = createLedgerGuard(token, await placeNow());
  let mayOutlive = false;
  let warned = false;
  let writing = Promise.resolve();
  const write = async (lasting: boolean): Promise<void> => {
    if (who.marks === undefined || guard.behind() !== null) return;
    try {
      await keepFurthest(who.marks, guard.mark(), lasting);
    } catch (error) {
      if (!warned) who.log('warn', 'how far the ledger has come could not be noted', codeOf(error));
      warned = true;
    }
  };
  /** One after the other: each reads what the one before has written. */
  const keep = (lasting = true): Promise<void> => {
    writing = writing.then(() => write(lasting));
    return writing;
  };
  await keep();
  const count = async (client: Client): Promise<Counted> => {
    const look = guard.look();
    const row = await runMaybe(client, 'ledger/count-commit', { token, identity });
    const commits = row?.commits ?? null;
    look.count(commits);
    return {
      require() {
        const why = guard.behind();
        if (why !== null) throw new LedgerBehind(why);
      },
      async done(lasting = false) {
        guard.committed(commits ?? 0);
        await keep(lasting);
      },
    };
  };
  const note = async (): Promise<void> => {
    // what was committed before is at least as lasting as this
    const counted = await inTransaction(db, count, { lostCommit: 'rerun' });
    await counted.done(true);
  };
  const ask = async (): Promise<boolean> => {
    const look = guard.look();
    return !look.see(await placeNow());
  };
  return {
    note,
    keep: async () => {
      const look = guard.look();
      const place = await placeNow().catch(() => null);
      if (place !== null) look.see(place);
      await note().catch(() => keep());
    },
    async heard(heard, look) {
      const isThere = heard !== 'fenced';
      const place = isThere ? heard : await placeNow().catch(() => null);
      if (place !== null && !look.see(place))
        return mayOutlive && isThere ? null : ledgerWentBack(guard.behind() ?? '');
      if (!isThere) return runLost();
      await keep();
      return null;
    },
    look: guard.look,
    count,
    behind: guard.behind,
    ask,
    async explain(error) {
      const isBehind = await ask().catch(() => false); // the database is away: then that is what failed
      return isBehind ? ledgerWentBack(guard.behind() ?? '') : error;
    },
    outlive(may) {
      mayOutlive = may;
    },
    async goOn(also) {
      const look = guard.look();
      const heard = await beat();
      if (heard === 'silent') throw new DatabaseError('connection', 'the database does not answer');
      if (heard !== 'fenced') look.see(heard);
      const why = guard.behind();
      if (why === null) return 0;
      const lostMs =
        heard === 'fenced' ? Number.POSITIVE_INFINITY : guard.lostBeats() * who.lease.heartbeatMs;
      if (lostMs > secondsMs) {
        const error = ledgerWentBack(why);
        lost.abort(error);
        throw error;
      }
      const seconds = Math.ceil((lostMs + who.lease.heartbeatMs) / 1_000);
      const decision = { actor: who.actor, verb: 'outlive-ledger', note: why, detail: { seconds } };
      const place = await inTransaction(
        db,
        async (client) => {
          await also(client);
          await noteDecision(client, decision);
          return readPlace(client, [token]);
        },
        { lostCommit: 'settle' },
      );
      guard.adopt(place);
      if (who.marks !== undefined) await adoptMark(who.marks, place);
      return seconds;
    },
  };
}

/** What a process is told that was taken for dead: it changes nothing any more. */
const runLost = (): PointferryError =>
  new PointferryError(
    'RUN_LOST',
    'another process has taken this one for dead, and it may change nothing any more',
  );

const codeOf = (error: unknown): { code: string } | undefined => {
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' ? { code } : undefined;
};
