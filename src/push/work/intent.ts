/** Intents: what is to be sent is committed, on disk, before it leaves. */
import { failpoint } from '../../db/failpoint.ts';
import type { Db } from '../../db/pool.ts';
import { jsonRows, runAs } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { AccountAccess, BuiltRequest, Outgoing } from '../../destinations/kind.ts';
import type { WatchedLedger } from '../../ledger/position/watch.ts';
import type { Work } from './claim.ts';
import { sha256 } from './hash.ts';

/** Work whose attempt is committed: it may leave. */
export interface Armed extends Work {
  readonly attempt: number;
  /** Attempt number within the revision, from 1; attempts that do not count are numbered too. */
  readonly n: number;
  readonly request: BuiltRequest;
  /** Where its kind would send it now; null: it can no longer be built. */
  readonly builtUrl: string | null;
}

interface Intended {
  readonly armed: readonly Armed[];
  /** Their lanes were taken over meanwhile: not ours to send. */
  readonly fenced: readonly Work[];
  /** The kind could not build a request of them: a payload that normalize should not have let through. */
  readonly unbuilt: readonly { readonly work: Work; readonly reason: string }[];
}

interface AttemptRow {
  readonly attempt: number;
  readonly operation: number;
  readonly n: number;
  readonly method: BuiltRequest['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Sending {
  readonly account: AccountAccess;
  readonly token: number;
  /** The run on whose behalf it is sent. */
  readonly by: string;
  readonly asIs: readonly string[];
  /** What each request is given from its send to the end of its answer. */
  readonly deadlineMs: number;
  readonly ledger: Pick<WatchedLedger, 'count'>;
}

/** What the kind is given to build a request from, and to understand its answer by. */
export function outgoing(work: Work, sending: Pick<Sending, 'account' | 'asIs'>): Outgoing {
  const { subject, key, fields } = work;
  return { account: sending.account, subject, key, fields, asIs: sending.asIs };
}

/**
 * Commits an attempt for each, with `synchronous_commit=on`. A commit without an answer is asked after, and where
 * nobody can tell, CommitUnknown is thrown and nothing is sent; LedgerBehind where the ledger went back meanwhile.
 */
export async function intend(db: Db, sending: Sending, work: readonly Work[]): Promise<Intended> {
  const { drafts, unbuilt } = draftsOf(sending, work);
  if (drafts.length === 0) return { armed: [], fenced: [], unbuilt };
  const written = await write(db, sending, drafts);
  const byId = new Map(drafts.map((draft) => [draft.work.operation, draft]));
  const armed = written.flatMap((row): Armed[] => {
    const { attempt, n, method, url, headers, body } = row;
    const draft = byId.get(row.operation);
    byId.delete(row.operation);
    if (!draft) return [];
    const builtUrl = draft.built?.url ?? null;
    return [{ ...draft.work, attempt, n, request: { method, url, headers, body }, builtUrl }];
  });
  return { armed, fenced: [...byId.values()].map((draft) => draft.work), unbuilt };
}

interface Draft {
  readonly work: Work;
  /** Null: it can no longer be built, and its stored request is sent again. */
  readonly built: Built | null;
}

function draftsOf(
  sending: Sending,
  work: readonly Work[],
): { readonly drafts: readonly Draft[]; readonly unbuilt: Intended['unbuilt'] } {
  const drafts: Draft[] = [];
  const unbuilt: { work: Work; reason: string }[] = [];
  for (const each of work) {
    const built = build(each, sending);
    const failed = typeof built === 'string';
    if (failed && !each.doubtful) unbuilt.push({ work: each, reason: built });
    else drafts.push({ work: each, built: failed ? null : built });
  }
  return { drafts, unbuilt };
}

async function write(db: Db, sending: Sending, drafts: readonly Draft[]): Promise<readonly AttemptRow[]> {
  const intents = drafts.map(({ work: { operation, lane, units, doubtful }, built }) => ({
    operation,
    lane,
    units: units.map((unit) => unit.name),
    again: doubtful,
    ...built,
  }));
  const { rows, counted } = await inTransaction(
    db,
    async (client) => {
      const written = await runAs<AttemptRow>(client, 'push/intend', {
        intents: jsonRows(intents),
        token: sending.token,
        by: sending.by,
        deadlineMs: sending.deadlineMs,
      });
      // a ledger that lost its last transactions may not know that this was sent
      const commit = await sending.ledger.count(client);
      commit.require();
      failpoint('push/before-intent-commit');
      return { rows: written, counted: commit };
    },
    { syncCommit: true, lostCommit: 'settle' },
  );
  await counted.done();
  failpoint('push/after-intent');
  return rows;
}

type Built = BuiltRequest & { readonly bodyHash: string };

/** The request, or why there can be none. */
function build(work: Work, sending: Sending): Built | string {
  try {
    const request = work.kind.build(outgoing(work, sending));
    return { ...request, bodyHash: sha256(request.body ?? '') };
  } catch (error) {
    // the kinds throw TypeError without values for what they cannot build
    return error instanceof Error ? error.message.slice(0, 300) : 'not built';
  }
}
