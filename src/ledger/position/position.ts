/**
 * A ledger that went back: restored from a backup, or failed over to a copy that lacks the last transactions. What was sent
 * since would be sent again, by the same keys, which the platform may have forgotten. It cannot be prevented, so it is
 * noticed: by comparing where the ledger is with where it was seen before. Pure, but for the one read.
 */
import type { Client } from '../../db/pool.ts';
import { type RowOf, runOne } from '../../db/sql.ts';
import { list, record } from '../../ground/json.ts';

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
  /** Of the owners that were asked after, those that the ledger knows. */
  readonly owners: readonly OwnerMark[];
}

/** How much of an owner is known. Both counts only rise. */
export interface OwnerMark {
  readonly token: number;
  /** Null: a mark of an earlier version. A ledger that went back gives tokens out again, and identities never. */
  readonly identity: string | null;
  /** Signs of life. */
  readonly beats: number;
  /** Commits that must not be forgotten: intents, settlements, landed files. */
  readonly commits: number;
}

/** The furthest that a ledger was seen. */
export type LedgerMark = LedgerPlace;

export const readPlace = async (client: Client, tokens: readonly number[]): Promise<LedgerPlace> =>
  placeFrom(await runOne(client, 'ledger/ledger-place', { tokens }));

type StoredPlace = RowOf<'ledger/ledger-place'> | RowOf<'ledger/heartbeat'>;

export const placeFrom = (stored: StoredPlace): LedgerPlace => ({
  ...stored,
  owners: list(stored.owners).map((one) => {
    const { token, identity, beats, commits } = record(one);
    return {
      token: Number(token),
      identity: typeof identity === 'string' ? identity : null,
      beats: Number(beats),
      commits: Number(commits),
    };
  }),
});

/**
 * Why the ledger is not where it was seen, or has not come as far; null where it has. The place must have been asked for the
 * mark's owners. The server's log alone tells too little: other databases move it on as well. A higher generation says that a person has accepted it since.
 */
export function wentBack(mark: LedgerMark, place: LedgerPlace): string | null {
  if (place.generation > mark.generation) return null;
  if (place.generation < mark.generation) return 'it was accepted by a person once more than it knows of';
  if (differ(mark.system, place.system)) return 'it stands on another server (system identifier)';
  if (isLess(place.timeline, mark.timeline))
    return `it is on timeline ${place.timeline} after ${mark.timeline}`;
  if (place.newest < mark.newest)
    return `its newest process is ${place.newest}, and it had ${mark.newest} already`;
  for (const owner of mark.owners) {
    const why = lacks(owner, place.owners);
    if (why !== null) return why;
  }
  if (isLess(place.flushed, mark.flushed))
    return `its log ends at byte ${place.flushed} and had reached ${mark.flushed}`;
  return null;
}

function lacks(owner: OwnerMark, known: readonly OwnerMark[]): string | null {
  const there = known.find(({ token }) => token === owner.token);
  if (there === undefined || differ(owner.identity, there.identity))
    return `it does not know process ${owner.token} any more`;
  if (there.commits < owner.commits)
    return `it lacks ${owner.commits - there.commits} of the commits of process ${owner.token}`;
  if (there.beats < owner.beats) return `it lacks signs of life that process ${owner.token} had given`;
  return null;
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

const isLess = (a: string | number | null, b: string | number | null): boolean =>
  a !== null && b !== null && BigInt(a) < BigInt(b);

/** Of two marks of one ledger the one of the newer generation; of one generation what either has seen further on. */
export function furthestOf(kept: LedgerMark, seen: LedgerMark): LedgerMark {
  if (kept.generation !== seen.generation) return kept.generation > seen.generation ? kept : seen;
  const ahead = BigInt(kept.flushed ?? 0) > BigInt(seen.flushed ?? 0) && kept.timeline === seen.timeline;
  return {
    ...seen,
    flushed: ahead ? kept.flushed : (seen.flushed ?? kept.flushed),
    newest: Math.max(kept.newest, seen.newest),
    owners: furtherOwners(kept.owners, seen.owners),
  };
}

/** The owners that were heard of last. */
const ownersKept = 8;

function furtherOwners(kept: readonly OwnerMark[], seen: readonly OwnerMark[]): OwnerMark[] {
  const others = kept.filter(({ token }) => !seen.some((owner) => owner.token === token));
  const heard = seen.map((owner) => {
    const before = kept.find(({ token }) => token === owner.token);
    if (before === undefined || differ(before.identity, owner.identity)) return owner;
    const { beats, commits } = before;
    return { ...owner, beats: Math.max(beats, owner.beats), commits: Math.max(commits, owner.commits) };
  });
  return [...heard, ...others].slice(0, ownersKept);
}
