/** A ledger with operations in it, and a sandbox that they can be pushed to. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
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
import { startSandbox } from '../../src/sandbox/server.ts';
import { cloneDatabase } from '../support/postgres.ts';

export const kinds = await loadKinds();
export const platforms = await loadPlatforms();

export const quick: Partial<PushSettings> = {
  requestDeadlineMs: 1_500,
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
  readonly run?: string;
}

/** Account, lanes and operations, inserted in bulk. Gives the operations' ids in the order of the specs. */
export async function addOperations(
  db: Db,
  run: string,
  account: string,
  specs: readonly Spec[],
): Promise<number[]> {
  const rows = specs.map((spec, i) => {
    const kind = spec.kind ?? 'hang.activity';
    const known = kinds.get(kind);
    const fields = spec.fields ?? {
      activity_type_id: 'purchase',
      value: `${i + 1}.25`,
      transaction_timestamp: '2026-05-12T07:36:00.000Z',
    };
    return {
      i,
      kind,
      run: spec.run ?? run,
      nature: known?.nature,
      type: known?.subjectType,
      member: spec.member,
      at: spec.at ?? i,
      fields,
      state: spec.state ?? 'ready',
    };
  });
  return withClient(db, async (client) => {
    await client.query(
      `insert into pointferry.lane (account, subject_type, subject)
       select distinct $1, r.type, r.member from json_to_recordset($2::json) as r (type text, member text)
       on conflict do nothing`,
      [account, JSON.stringify(rows)],
    );
    const { rows: made } = await client.query<{ id: number }>(
      `insert into pointferry.operation (account, kind, nature, pipeline, run, file, record, identity, subject, lane,
         member_key, version_at, run_seq, file_place, key, content, content_recipe, payload, state)
       select $1, r.kind, r.nature, u.pipeline, r.run, f.id, (select count(*) from pointferry.operation) + r.i + 1,
         case r.nature when 'event' then format('pos:%s-%s', r.run, (select count(*) from pointferry.operation) + r.i) end, r.member, l.id, r.member,
         '2026-01-01Z'::timestamptz + make_interval(secs => r.at), u.seq, f.place,
         md5(format('%s-%s-%s', r.run, (select count(*) from pointferry.operation), r.i)), 'c', 1, r.fields, r.state
       from json_to_recordset($2::json) as r (i integer, kind text, nature text, type text, member text, at float8,
         fields jsonb, state text, run text)
       join pointferry.run u on u.id = r.run
       join lateral (select * from pointferry.file f where f.run = r.run order by place desc limit 1) f on true
       join pointferry.lane l on l.account = $1 and l.subject_type = r.type and l.subject = r.member
       order by r.i
       returning id`,
      [account, JSON.stringify(rows)],
    );
    return made.map((row) => row.id);
  });
}

let runs = 0;

/** A run that is being pushed, with one file. */
export async function addRun(db: Db, account: string, pipeline = 'pos'): Promise<string> {
  runs += 1;
  const id = `rt${runs.toString(36).padStart(4, '0')}`;
  await withClient(db, async (client) => {
    await client.query(
      `insert into pointferry.run (id, pipeline, account, kind, scope, mode, actor, definition, definition_hash,
         account_definition, folder, stage)
       values ($1, $2, $3, 'hang.activity', 'nightly', 'run', 'tester', '{}', 'h', '{}', '/nowhere', 'push')`,
      [id, pipeline, account],
    );
    await client.query(
      `insert into pointferry.file (run, account, pipeline, place, name, path, verdict)
       values ($1, $2, $3, 1, 'a.csv', '/in/a.csv', 'empty')`,
      [id, account, pipeline],
    );
  });
  return id;
}

export interface PushOptions extends Partial<PushRequest> {
  readonly windows?: readonly RateWindow[];
  readonly maxInFlight?: number;
}

export interface House {
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

export function accountAt(
  sandboxUrl: string,
  platform: 'hang' | 'fabric' | 'stickystreet' = 'hang',
): AccountAccess {
  const secrets: Readonly<Record<string, string>> = {
    hang: { apiKey: 'sandbox-hang-key' },
    fabric: { token: 'sandbox-fabric-token' },
    stickystreet: { userId: 'john1970', apiKey: 'sandbox-sticky-key', accountId: 'greatwidgets' },
  }[platform];
  const prefix = { hang: '/partner-api', fabric: '/api', stickystreet: '/api.php' }[platform];
  return { name: `${platform}-test`, platform, baseUrl: `${sandboxUrl}${prefix}`, secrets, settings: {} };
}

/** A database, a sandbox with the members that come along, an account, and a run to push. All gone after the test. */
export async function stand(
  t: TestContext,
  options: Partial<SandboxOptions> & { platform?: 'hang' | 'fabric' | 'stickystreet' } = {},
): Promise<House> {
  const { platform = 'hang', ...rest } = options;
  const { db, url } = await cloneDatabase(t, { reconnectMs: 10_000 });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'push-'));
  const sandbox = await startSandbox({
    journal: path.join(folder, 'journal.jsonl'),
    switches: {
      hang: { autoMembers: true },
      fabric: { autoMembers: true },
      stickystreet: { autoPrograms: true },
    },
    ...rest,
  });
  t.after(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  return houseOf(t, { db, url, sandboxUrl: sandbox.url, platform });
}

export async function houseOf(
  t: TestContext,
  at: { db: Db; url: string; sandboxUrl: string; platform?: 'hang' | 'fabric' | 'stickystreet' },
): Promise<House> {
  const { db, url, sandboxUrl, platform = 'hang' } = at;
  const account = accountAt(sandboxUrl, platform);
  const query = async <R>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
    (await withClient(db, (client) => client.query<R>(text, values))).rows;
  await query(`insert into pointferry.account (name, platform, stage) values ($1, $2, 'sandbox')`, [
    account.name,
    account.platform,
  ]);
  const run = await addRun(db, account.name);
  const owners: Owner[] = [];
  t.after(async () => {
    for (const owner of owners) await owner.end();
  });
  const house: House = {
    db,
    url,
    admin: adminOf(sandboxUrl),
    sandboxUrl,
    run,
    account,
    query,
    add: (specs, into = run) => addOperations(db, into, account.name, specs),
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
      const own = more.holder ? null : await house.owner();
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
  return house;
}

export const many = (count: number, members: number): Spec[] =>
  Array.from({ length: count }, (_none, i) => ({ member: `m${i % members}` }));
