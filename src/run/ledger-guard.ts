/** What a living process knows of how far its ledger has come. Every look at it tells whether it went back meanwhile. */
import { PointferryError } from '../errors.ts';
import type { LedgerPlace } from './ledger-place.ts';
import { further, type LedgerMark, wentBack } from './ledger-place.ts';

/** Thrown where something was about to be sent: the sender gives up what it knows, and looks anew. */
export class LedgerBehind extends Error {}

export interface LedgerGuard {
  /** Looks at the ledger as it was just read. False: it went back, and nothing may leave until `adopt`. */
  readonly see: (place: LedgerPlace) => boolean;
  /** A cheaper look, by the end of the server's log alone. Throws LedgerBehind. */
  readonly require: (flushed: string | null) => void;
  /** Why it went back; null where it has not. */
  readonly behind: () => string | null;
  /** Signs of life that were lost with it, give or take one. */
  readonly lostBeats: () => number;
  /** Goes on from where the ledger is now. */
  readonly adopt: (place: LedgerPlace) => void;
  readonly mark: () => LedgerMark;
}

export function createLedgerGuard(token: number, from: LedgerPlace): LedgerGuard {
  let mark = further(null, from, { token, beats: from.beats ?? 0 });
  let behind: string | null = null;
  let lostBeats: number | null = null;
  const adopt = (place: LedgerPlace): void => {
    mark = further(null, place, { token, beats: place.beats ?? 0 });
    behind = null;
    lostBeats = null;
  };
  return {
    see(place) {
      // accepted or not: what this process did since is not there any more
      const generation = Math.max(mark.generation, place.generation);
      behind ??= wentBack({ ...mark, generation }, place);
      if (behind !== null) {
        // counted at the first sight: signs of life go on while nothing is sent
        lostBeats ??= Math.max(0, (mark.owner?.beats ?? 0) - (place.beats ?? 0));
        return false;
      }
      mark = further(mark, place, { token, beats: place.beats ?? 0 });
      return true;
    },
    require(flushed) {
      if (flushed !== null && mark.flushed !== null && BigInt(flushed) < BigInt(mark.flushed))
        behind ??= `its log ends at byte ${flushed} and had reached ${mark.flushed}`;
      if (behind !== null) throw new LedgerBehind(behind);
      mark = { ...mark, flushed: flushed ?? mark.flushed };
    },
    behind: () => behind,
    lostBeats: () => lostBeats ?? 0,
    adopt,
    mark: () => mark,
  };
}

export const ledgerWentBack = (why: string): PointferryError =>
  new PointferryError(
    'LEDGER_WENT_BACK',
    `the ledger has gone back in time: ${why}. What was sent since then would be sent again, and the platform may have forgotten its keys`,
  );
