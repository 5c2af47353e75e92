/**
 * The crosswalk: member keys of exports to ids of the platform. Keys are stored as a pipeline's column would clean them,
 * so that both sides of the join have gone through the same rule.
 */
import type { Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { literal, sql } from '../ground/sql-text.ts';
import { isTooLong } from '../mapping/keys.ts';
import { cleanText } from '../mapping/text.ts';
import type { Reading } from '../pipeline/mapping.ts';
import { overRecords } from './at-fault.ts';
import { type E164, loadE164 } from './phones.ts';
import { worthAnalyzing } from './tables.ts';

export interface MemberKey {
  readonly keyType: string;
  readonly key: string;
  readonly memberId: string;
  /** Its line in the file, from 1. */
  readonly line: number;
}

/** How the pipelines of an account read keys of one type. */
export interface KeyRule {
  readonly keyType: string;
  readonly reading: Reading;
}

export interface Imported {
  readonly added: number;
  readonly known: number;
  /** Lines whose key names another member already, there or in this file. */
  readonly conflicts: readonly number[];
  /** Lines without key or member, or whose key a pipeline's rule cannot read. */
  readonly unreadable: readonly number[];
  /** Lines whose key type, key or member is too long for an index. */
  readonly tooLong: readonly number[];
}

const chunk = 5_000;

/** Adds entries. Several pipelines that clean a key type differently each get their form of the key. */
export async function importMembers(
  db: Db,
  account: string,
  keys: AsyncIterable<MemberKey> | Iterable<MemberKey>,
  rules: readonly KeyRule[],
  actor: string,
): Promise<Imported> {
  const total = {
    added: 0,
    known: 0,
    conflicts: [] as number[],
    unreadable: [] as number[],
    tooLong: [] as number[],
  };
  const flush = (batch: readonly MemberKey[]): Promise<void> =>
    overRecords(`lines ${batch[0]?.line} to ${batch.at(-1)?.line}`, () => take(batch));
  const take = async (batch: readonly MemberKey[]): Promise<void> => {
    const { entries, unreadable, tooLong } = await cleaned(db, batch, rules);
    total.unreadable.push(...unreadable);
    total.tooLong.push(...tooLong);
    const outcomes = await inTransaction(
      db,
      (client) =>
        query(client, 'normalize/import-members', {
          account,
          actor,
          keyTypes: entries.map((entry) => entry.keyType),
          keys: entries.map((entry) => entry.key),
          memberIds: entries.map((entry) => entry.memberId),
          lines: entries.map((entry) => entry.line),
        }),
      { idempotent: true },
    );
    for (const { line, outcome } of outcomes) {
      if (outcome === 'conflict') total.conflicts.push(line);
      else total[outcome] += 1;
    }
  };
  let batch: MemberKey[] = [];
  for await (const key of keys) {
    batch.push(key);
    if (batch.length < chunk) continue;
    await flush(batch);
    batch = [];
  }
  if (batch.length > 0) await flush(batch);
  if (total.added >= worthAnalyzing)
    await inTransaction(db, (client) => query(client, 'normalize/analyze-crosswalk'), { idempotent: true });
  return { ...total, conflicts: total.conflicts.sort((a, b) => a - b) };
}

interface Cleaned {
  readonly entries: readonly MemberKey[];
  readonly unreadable: readonly number[];
  readonly tooLong: readonly number[];
}

/** Each key in every form that pipelines of the account clean it to; trimmed if there is no such pipeline. */
async function cleaned(db: Db, batch: readonly MemberKey[], rules: readonly KeyRule[]): Promise<Cleaned> {
  const e164 = await loadE164();
  const entries: MemberKey[] = [];
  const long = new Set<number>();
  // Postgres has no text with a NUL in it
  const bad = new Set(batch.filter(hasNul).map((entry) => entry.line));
  const whole = batch.filter((entry) => !bad.has(entry.line));
  for (const keyType of new Set(whole.map((entry) => entry.keyType))) {
    const own = whole.filter((entry) => entry.keyType === keyType);
    const readings = distinct(rules.filter((rule) => rule.keyType === keyType).map((rule) => rule.reading));
    for (const reading of readings.length > 0 ? readings : [{}]) {
      const texts = await cleanAll(
        db,
        own.map((entry) => entry.key),
        reading,
      );
      own.forEach((entry, i) => {
        const key = keyOf(texts[i] ?? null, reading, e164);
        const memberId = entry.memberId.trim();
        if (key === null || memberId === '') bad.add(entry.line);
        else if ([keyType, key, memberId].some(isTooLong)) long.add(entry.line);
        else entries.push({ ...entry, key, memberId });
      });
    }
  }
  const ordered = (lines: ReadonlySet<number>): number[] => [...lines].sort((a, b) => a - b);
  return { entries, unreadable: ordered(bad), tooLong: ordered(long) };
}

const hasNul = ({ keyType, key, memberId }: MemberKey): boolean =>
  `${keyType}${key}${memberId}`.includes('\u0000');

function keyOf(text: string | null, reading: Reading, e164: E164): string | null {
  if (text === null || reading.as !== 'phone') return text;
  return e164(text, typeof reading.region === 'string' ? reading.region : '');
}

/** The very SQL that normalize cleans the column with. */
async function cleanAll(db: Db, keys: readonly string[], reading: Reading): Promise<(string | null)[]> {
  const query = `select ${cleanText(sql`k.key`, reading, [])} as key
                 from unnest($1::text[]) with ordinality as k (key, n) order by k.n`;
  const { rows } = await inTransaction(db, (client) => client.query<{ key: string | null }>(query, [keys]), {
    idempotent: true,
  });
  return rows.map((row) => row.key);
}

const distinct = (readings: readonly Reading[]): Reading[] => [
  ...new Map(readings.map((reading) => [literal(JSON.stringify(ruleOf(reading))), reading])).values(),
];

const ruleOf = ({ trim, nulls, clean, case: letters, as, region }: Reading): object => ({
  trim,
  nulls,
  clean,
  letters,
  phone: as === 'phone',
  region,
});
