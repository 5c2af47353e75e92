/** What a living process knows of how far its ledger has come. Every look at it tells whether it went back meanwhile. */
import { PointferryError } from '../../ground/errors.ts';
import type { LedgerPlace } from './position.ts';
import { furthestOf, type LedgerMark, type OwnerMark, wentBack } from './position.ts';

/** Thrown where something was about to be sent: the sender gives up what it knows, and looks anew. */
export class LedgerBehind extends Error {}

/** A look at the ledger, begun before its statement left: answers may come out of order, and later ones raise the mark. */
export interface LedgerLook {
  /** False: it went back, and nothing may leave until `adopt`. */
  readonly see: (place: LedgerPlace) => boolean;
  /** By the count of this process's commits with the present one; null: the ledger does not know it. False: it went back. */
  readonly count: (commits: number | null) => boolean;
}

export interface LedgerGuard {
  readonly look: () => LedgerLook;
  /** Why it went back; null where it has not. */
  readonly behind: () => string | null;
  /** Signs of life that were lost with it, give or take one. */
  readonly lostBeats: () => number;
  /** So many commits of this process were acknowledged: fewer from now on say that the ledger went back. */
  readonly committed: (commits: number) => void;
  /** Goes on from where the ledger is now. */
  readonly adopt: (place: LedgerPlace) => void;
  readonly mark: () => LedgerMark;
}

export function createLedgerGuard(token: number, from: LedgerPlace): LedgerGuard {
  let mark: LedgerMark = from;
  let behind: string | null = null;
  let lostBeats: number | null = null;
  let adopted = 0;
  const ownOf = ({ owners }: LedgerPlace): OwnerMark | undefined =>
    owners.find((owner) => owner.token === token);
  /** Accepted or not: what this process did since is not there any more. */
  const compare = (before: LedgerMark, place: LedgerPlace): string | null =>
    wentBack({ ...before, generation: Math.max(before.generation, place.generation) }, place);
  return {
    look() {
      const before = mark;
      const since = adopted;
      return {
        see(place) {
          if (since !== adopted) return behind === null; // read before the ledger was adopted
          behind ??= compare(before, place);
          if (behind === null) {
            mark = furthestOf(mark, place);
            return true;
          }
          // counted at the first sight: signs of life go on while nothing is sent
          lostBeats ??= Math.max(0, (ownOf(before)?.beats ?? 0) - (ownOf(place)?.beats ?? 0));
          return false;
        },
        count(commits) {
          if (since !== adopted) return behind === null;
          const known = ownOf(before)?.commits ?? 0;
          if (commits === null) behind ??= `it does not know process ${token} any more`;
          else if (commits <= known)
            behind ??= `it lacks ${known - commits + 1} of the commits of process ${token}`;
          return behind === null;
        },
      };
    },
    behind: () => behind,
    lostBeats: () => lostBeats ?? 0,
    committed(commits) {
      const own = ownOf(mark);
      if (behind !== null || own === undefined || own.commits >= commits) return;
      mark = furthestOf(mark, { ...mark, owners: [{ ...own, commits }] });
    },
    adopt(place) {
      mark = place;
      behind = null;
      lostBeats = null;
      adopted += 1;
    },
    mark: () => mark,
  };
}

export const ledgerWentBack = (why: string): PointferryError =>
  new PointferryError(
    'LEDGER_WENT_BACK',
    `the ledger has gone back in time: ${why}. What was sent since then would be sent again, and the platform may have forgotten its keys`,
  );
