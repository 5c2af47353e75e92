/** What a living process knows of how far its ledger has come. Every look at it tells whether it went back meanwhile. */
import { PointferryError } from '../../ground/errors.ts';
import type { LedgerPlace } from './position.ts';
import { further, furthestOf, type LedgerMark, wentBack } from './position.ts';

/** Thrown where something was about to be sent: the sender gives up what it knows, and looks anew. */
export class LedgerBehind extends Error {}

/** A look at the ledger, begun before its statement left: answers may come out of order, and later ones raise the mark. */
export interface LedgerLook {
  /** False: it went back, and nothing may leave until `adopt`. */
  readonly see: (place: LedgerPlace) => boolean;
  /** By the end of the server's log alone. Throws LedgerBehind. */
  readonly require: (flushed: string | null) => void;
}

export interface LedgerGuard {
  readonly look: () => LedgerLook;
  /** Why it went back; null where it has not. */
  readonly behind: () => string | null;
  /** Signs of life that were lost with it, give or take one. */
  readonly lostBeats: () => number;
  /** Goes on from where the ledger is now. */
  readonly adopt: (place: LedgerPlace) => void;
  readonly mark: () => LedgerMark;
}

export function createLedgerGuard(token: number, from: LedgerPlace): LedgerGuard {
  const markOf = (place: LedgerPlace): LedgerMark => further(null, place, { token, beats: place.beats ?? 0 });
  let mark = markOf(from);
  let behind: string | null = null;
  let lostBeats: number | null = null;
  let adopted = 0;
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
            mark = furthestOf(mark, markOf(place));
            return true;
          }
          // counted at the first sight: signs of life go on while nothing is sent
          lostBeats ??= Math.max(0, (before.owner?.beats ?? 0) - (place.beats ?? 0));
          return false;
        },
        require(flushed) {
          if (since !== adopted) return;
          if (flushed !== null && before.flushed !== null && BigInt(flushed) < BigInt(before.flushed))
            behind ??= `its log ends at byte ${flushed} and had reached ${before.flushed}`;
          if (behind !== null) throw new LedgerBehind(behind);
          if (flushed !== null && BigInt(flushed) > BigInt(mark.flushed ?? 0)) mark = { ...mark, flushed };
        },
      };
    },
    behind: () => behind,
    lostBeats: () => lostBeats ?? 0,
    adopt(place) {
      mark = markOf(place);
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
