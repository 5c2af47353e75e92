/**
 * A ledger that went back: restored from a backup, or failed over to a copy that lacks the last transactions. What was sent
 * since would be sent again, by the same keys, which the platform may have forgotten. It cannot be prevented, so it is
 * noticed: by comparing where the ledger is with where it was seen before. Pure, but for the one read.
 */
import type { Client } from '../../db/pool.ts';
import { runOne } from '../../db/sql.ts';

/** Where a ledger is. Null: the server does not tell. */
export interface LedgerPlace {
  readonly id: string;
  /** How many times a person has accepted that it went back. */
  readonly generation: number;
  readonly system: string | null;
  readonly timeline: number | null;
  /** Bytes of the server's log that are on disk, as a decimal. */
  readonly flushed: string | null;
  /** The newest process that has registered. */
  readonly newest: number;
  /** Signs of life of the owner that was asked after; null: it is not known. */
  readonly beats: number | null;
}

/** The furthest that a ledger was seen. */
export interface LedgerMark extends Omit<LedgerPlace, 'beats'> {
  /** A process of which we know how many signs of life it gave. */
  readonly owner: { readonly token: number; readonly beats: number } | null;
}

export const readPlace = (client: Client, token: number | null): Promise<LedgerPlace> =>
  runOne<LedgerPlace>(client, 'ledger/ledger-place', { token });

/**
 * Why the ledger is not where it was seen, or has not come as far; null where it has. The place must have been asked for the
 * mark's owner. A higher generation says that a person has accepted it since.
 */
export function wentBack(mark: LedgerMark, place: LedgerPlace): string | null {
  if (place.generation > mark.generation) return null;
  if (place.generation < mark.generation) return 'it was accepted by a person once more than it knows of';
  if (differ(mark.system, place.system)) return 'it stands on another server (system identifier)';
  if (isLess(place.timeline, mark.timeline))
    return `it is on timeline ${place.timeline} after ${mark.timeline}`;
  if (place.newest < mark.newest)
    return `its newest process is ${place.newest}, and it had ${mark.newest} already`;
  if (mark.owner !== null && (place.beats ?? -1) < mark.owner.beats)
    return `it lacks signs of life that process ${mark.owner.token} had given`;
  if (isLess(place.flushed, mark.flushed))
    return `its log ends at byte ${place.flushed} and had reached ${mark.flushed}`;
  return null;
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

const isLess = (a: string | number | null, b: string | number | null): boolean =>
  a !== null && b !== null && BigInt(a) < BigInt(b);

/** The mark after a look at a place that has not gone back. */
export function further(mark: LedgerMark | null, place: LedgerPlace, owner: LedgerMark['owner']): LedgerMark {
  const { id, generation, system, timeline, flushed, newest } = place;
  return {
    id,
    generation,
    system: system ?? mark?.system ?? null,
    timeline: timeline ?? mark?.timeline ?? null,
    flushed: flushed ?? mark?.flushed ?? null,
    newest: Math.max(newest, mark?.generation === generation ? mark.newest : 0),
    owner,
  };
}

/** Of two marks of one ledger the one of the newer generation; of one generation what either has seen further on. */
export function furthestOf(kept: LedgerMark, seen: LedgerMark): LedgerMark {
  if (kept.generation !== seen.generation) return kept.generation > seen.generation ? kept : seen;
  const ahead = BigInt(kept.flushed ?? 0) > BigInt(seen.flushed ?? 0) && kept.timeline === seen.timeline;
  return {
    ...seen,
    flushed: ahead ? kept.flushed : (seen.flushed ?? kept.flushed),
    newest: Math.max(kept.newest, seen.newest),
    owner: furtherOwner(kept.owner, seen.owner),
  };
}

const furtherOwner = (kept: LedgerMark['owner'], seen: LedgerMark['owner']): LedgerMark['owner'] =>
  kept !== null && kept.token === seen?.token && kept.beats > seen.beats ? kept : seen;
