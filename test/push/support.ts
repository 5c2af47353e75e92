/** A ledger with operations in it, and a sandbox that they can be pushed to. */
import type { TestContext } from 'node:test';
import { type Db, withClient } from '../../src/db/pool.ts';
import { loadKinds, loadPlatforms } from '../../src/destinations/index.ts';
import type { AccountAccess, FieldValue } from '../../src/destinations/kind.ts';
import { limitsFrom, type RateWindow } from '../../src/destinations/limits.ts';
import { type Owner, registerOwner } from '../../src/ledger/owner.ts';
import { pushRun } from '../../src/push/push.ts';
import type { PushRequest } from '../../src/push/request.ts';
import type { PushResult } from '../../src/push/result.ts';
import type { PushSettings } from '../../src/push/settings.ts';
import { type Admin, adminOf } from '../../src/sandbox/admin.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { cloneDatabase } from '../support/postgres.ts';
import type { Columns } from '../world/insert.ts';
import { makeAccount, makeFile, makeRun, ownerOf, running } from '../world/ledger.ts';
import { makeOperations } from '../world/ledger-rows.ts';
import { anyMember, openSandbox } from '../world/sandbox.ts';

export const kinds = await loadKinds();
export const platforms = await loadPlatforms();

export const quick: Partial<PushSettings> = {
  requestDeadlineMs: 3_000,
  backoffFirstMs: 10,
  backoffMostMs: 80,
  watchMs: 100,
  probeAfterMs: 100,
  stopWithinMs: 1_000,
};

export interface Spec {
  readonly member: string;
  readonly fields?: Readonly<Record<string, FieldValue>>;
  /** Seconds: the order within a lane, and a state's version. */
  readonly at?: number;
  readonly kind?: string;
  readonly state?: string;
}

/** Operations of the last file of a run, with their lanes. Returns their ids, in order. */
export function addOperations(db: Db, run: string, specs: readonly Spec[]): Promise<number[]> {
  return withClient(db, async (client) => {
    const owner = await ownerOf(client, run);
    const { rows } = await client.query<{ file: number; place: number; before: number }>(
      `select id as file, place, (select count(*) from pointferry.operation) as before
       from pointferry.file where run = $1 order by place desc limit 1`,
      [run],
    );
    const { file = 0, place = 1, before = 0 } = rows[0] ?? {};
    const [subjectType = 'member'] = specs.map(({ kind = 'hang.activity' }) => kinds.get(kind)?.subjectType);
    const operations = specs.map((spec, i) => columnsOf(spec, i, `${run}-${before + i}`, before + i + 1));
    return makeOperations(client, { id: file, run, place, owner }, operations, subjectType);
  });
}

const newYear = Date.UTC(2026, 0, 1);

function columnsOf(spec: Spec, i: number, name: string, record: number): Columns {
  const { kind = 'hang.activity', member, at = i, state = 'ready' } = spec;
  const nature = kinds.get(kind)?.nature;
  const payload = spec.fields ?? {
    activity_type_id: 'purchase',
    value: `${i + 1}.25`,
    transaction_timestamp: '2026-05-12T07:36:00.000Z',
  };
  return {
    kind,
    nature,
    record,
    identity: nature === 'event' ? `pos:${name}` : null,
    subject: member,
    member_key: member,
    member_key_type: null,
    version_at: new Date(newYear + at * 1_000).toISOString(),
    payload,
    state,
  };
}

/** A run that is being pushed, with one file. */
export async function addRun(db: Db, account: string, pipeline = 'pos'): Promise<string> {
  const run = await makeRun(db, { account, pipeline, ...running, definition: {}, stage: 'push' });
  await makeFile(db, run, { columns: { verdict: 'empty', name: 'a.csv', path: '/in/a.csv' } });
  return run;
}

export interface PushOptions extends Partial<PushRequest> {
  readonly windows?: readonly RateWindow[];
  readonly maxInFlight?: number;
}

export interface PushWorld {
  readonly db: Db;
  readonly url: string;
  readonly admin: Admin;
  readonly sandboxUrl: string;
  readonly run: string;
  readonly account: AccountAccess;
  readonly add: (specs: readonly Spec[], run?: string) => Promise<number[]>;
  readonly owner: (leaseMs?: number) => Promise<Owner>;
  /** `through`: another way to the same database. */
  readonly push: (options?: PushOptions, through?: Db) => Promise<PushResult>;
  readonly states: () => Promise<Readonly<Record<string, number>>>;
  readonly query: <R>(text: string, values?: readonly unknown[]) => Promise<R[]>;
}

export function accountAt(sandboxUrl: string, platform: Platform = 'hang'): AccountAccess {
  const secrets: Readonly<Record<string, string>> = {
    hang: { apiKey: 'sandbox-hang-key' },
    fabric: { token: 'sandbox-fabric-token' },
    stickystreet: { userId: 'john1970', apiKey: 'sandbox-sticky-key', accountId: 'greatwidgets' },
  }[platform];
  const prefix = { hang: '/partner-api', fabric: '/api', stickystreet: '/api.php' }[platform];
  return { name: `${platform}-test`, platform, baseUrl: `${sandboxUrl}${prefix}`, secrets, settings: {} };
}

/** A database, a sandbox with the members that come along, an account, and a run to push. All gone after the test. */
export async function makePushWorld(
  t: TestContext,
  options: Partial<SandboxOptions> & { platform?: Platform } = {},
): Promise<PushWorld> {
  const { platform = 'hang', ...rest } = options;
  const { db, url } = await cloneDatabase(t, { reconnectMs: 10_000 });
  const sandbox = await openSandbox(t, { ...anyMember, ...rest });
  return pushWorldAt(t, { db, url, sandboxUrl: sandbox.url, platform });
}

type Platform = 'hang' | 'fabric' | 'stickystreet';

/** The same, with a platform that is there already. */
export async function pushWorldAt(
  t: TestContext,
  at: { db: Db; url: string; sandboxUrl: string; platform?: Platform },
): Promise<PushWorld> {
  const { db, url, sandboxUrl, platform = 'hang' } = at;
  const account = accountAt(sandboxUrl, platform);
  const query = async <R>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
    (await withClient(db, (client) => client.query<R>(text, values))).rows;
  await makeAccount(db, account.name, { platform: account.platform });
  const run = await addRun(db, account.name);
  const owners: Owner[] = [];
  t.after(async () => {
    for (const owner of owners) await owner.end();
  });
  const world: PushWorld = {
    db,
    url,
    admin: adminOf(sandboxUrl),
    sandboxUrl,
    run,
    account,
    query,
    add: (specs, into = run) => addOperations(db, into, specs),
    async owner(leaseMs = 30_000) {
      const owner = await registerOwner(db, {
        actor: 'tester',
        verb: 'run',
        lease: { leaseMs, heartbeatMs: leaseMs / 4 },
        log: () => undefined,
      });
      owners.push(owner);
      return owner;
    },
    async push(options = {}, through = db) {
      const { windows = [{ limit: 200, perMs: 1_000 }], maxInFlight = 8, ...more } = options;
      const own = more.holder ? null : await world.owner();
      const holder = more.holder ?? own;
      if (!holder) throw new Error('no holder');
      const known = platforms.get(platform);
      const pushing = pushRun(through, {
        runs: [run],
        holder,
        account,
        ...(known ? { platform: known } : {}),
        limits: limitsFrom(windows, maxInFlight),
        keyRetentionMs: 24 * 3_600_000,
        kinds,
        env: process.env,
        ...more,
        settings: { ...quick, ...more.settings },
      });
      return pushing.finally(() => own?.end());
    },
    async states() {
      const rows = await query<{ state: string; n: number }>(
        'select state, count(*) as n from pointferry.operation group by state order by state',
      );
      return Object.fromEntries(rows.map((row) => [row.state, row.n]));
    },
  };
  return world;
}

export const many = (count: number, members: number): Spec[] =>
  Array.from({ length: count }, (_none, i) => ({ member: `m${i % members}` }));
