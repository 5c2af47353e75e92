/** Before a process begins: is the ledger where this machine saw it last? And what a person says to one that is not. */
import type { Db } from '../../db/pool.ts';
import { reading } from '../../db/transaction.ts';
import { acceptPlace } from './accept.ts';
import { ledgerWentBack } from './guard.ts';
import { readMark, writeMark } from './mark.ts';
import { type LedgerMark, type LedgerPlace, readPlace, wentBack } from './position.ts';

export interface LedgerFindings {
  readonly place: LedgerPlace;
  /** Null: this machine has not seen this ledger before. */
  readonly mark: LedgerMark | null;
  /** Why it is behind its mark; null where it is not. */
  readonly behind: string | null;
}

/** Compares the ledger with its mark in the folder `marks`; changes nothing. */
export async function lookAtLedger(db: Db, marks: string): Promise<LedgerFindings> {
  const { id } = await reading(db, (client) => readPlace(client, []));
  const mark = await readMark(marks, id);
  const place = await reading(db, (client) =>
    readPlace(client, mark?.owners.map(({ token }) => token) ?? []),
  );
  return { place, mark, behind: mark && wentBack(mark, place) };
}

/** Throws LEDGER_WENT_BACK (3): nothing may be sent before a person has accepted it. */
export async function requireLedger(db: Db, marks: string): Promise<void> {
  const { behind } = await lookAtLedger(db, marks);
  if (behind !== null) throw ledgerWentBack(behind);
}

/** Goes on from where the ledger is. Recorded; the new generation tells every other machine. */
export async function acceptLedger(
  db: Db,
  marks: string,
  said: { readonly actor: string; readonly note: string },
): Promise<void> {
  const { mark, behind } = await lookAtLedger(db, marks);
  const decision = { ...said, verb: 'accept-ledger', detail: { behind } };
  const place = await acceptPlace(db, decision, { seen: mark?.generation ?? 0, tokens: [] });
  await writeMark(marks, place, true);
}
