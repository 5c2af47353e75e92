/** Puts a journey together: from a pipeline as it is written today, or from a run as it was begun. */

import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Found } from '../check/find.ts';
import { databaseUrl } from '../db/database.ts';
import type { Db } from '../db/pool.ts';
import { reading } from '../db/transaction.ts';
import { resolveAccount } from '../destinations/account.ts';
import { isLoopback } from '../destinations/address.ts';
import { loadKinds, loadPlatforms } from '../destinations/index.ts';
import type { AccountAccess, Kind, Platform } from '../destinations/kind.ts';
import type { Environment } from '../ground/environment.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';
import { beginRun, ensureAccount, type NewRun } from '../ledger/begin-run.ts';
import type { Owner } from '../ledger/owner.ts';
import type { Run } from '../ledger/run.ts';
import { requireOrigin } from '../push/origin.ts';
import type { Allowed, Journey, RunOptions } from './journey.ts';
import type { Progress } from './progress.ts';
import { atDeadline, watchForStop } from './stopping.ts';
import { requireUnderstood } from './understood.ts';

/** What the runs of one request share. */
export interface Sending {
  readonly db: Db;
  readonly owner: Owner;
  readonly allowed: Allowed;
  /** The folder of pipelines, absolute. */
  readonly pipelines: string;
  /** Absolute. */
  readonly workdir: string;
  readonly env: Environment;
  /** The database of the work folder is good enough for remote platforms. */
  readonly embedded: boolean;
  /** Who asked for it. */
  readonly actor: string;
  readonly log: Log;
  /** Aborted: stop cleanly. */
  readonly signal: AbortSignal;
}

/** Begins a run of a pipeline: its folder is made, its definition stored. Throws 75 when another one lives. */
export async function begin(
  sending: Sending,
  written: Found,
  options: RunOptions,
  how: Pick<NewRun, 'scope' | 'mode' | 'businessDate' | 'of' | 'alongside'>,
): Promise<Run> {
  const { db, owner } = sending;
  const { name, pipeline, account } = written;
  await reading(db, (client) => requireUnderstood(client, written));
  await ensureAccount(db, { name: pipeline.account, platform: account.platform, stage: account.stage });
  const definition = { ...pipeline, base: dirname(sending.pipelines) };
  const run = await beginRun(db, owner, {
    pipeline: name,
    account: pipeline.account,
    kind: pipeline.operation,
    ...how,
    actor: sending.actor,
    definition,
    definitionHash: createHash('sha256').update(JSON.stringify(pipeline)).digest('hex').slice(0, 16),
    accountDefinition: account,
    options,
    folder: (id) => join(sending.workdir, 'runs', `${name}_${stamp(new Date())}_${id}`),
  });
  await mkdir(run.folder, { recursive: true, mode: 0o700 });
  return run;
}

/** UTC, as in `20260512T073600Z`. */
const stamp = (at: Date): string => `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** All that the steps of a held run need. Its own definition is used, and today's secrets. */
export async function journeyOf(
  sending: Sending,
  run: Run,
  watch: (progress: Progress) => void,
  options: RunOptions = {},
): Promise<Journey & { end: () => Promise<void> }> {
  const { db, owner, allowed, workdir, env, log } = sending;
  const { definition: pipeline, accountDefinition: account } = run;
  const { kinds, kind, platform } = await destinationOf(pipeline.operation, account.platform);
  const access = resolveAccount(run.account, account, platform, env);
  requireServer(access, sending);
  const stop = watchForStop(db, run.id, log);
  const deadline = atDeadline(pipeline, log);
  return {
    db,
    owner,
    run,
    pipeline,
    account,
    access,
    platform,
    kind,
    kinds,
    options: { ...(run.options as RunOptions), ...options },
    allowed,
    workdir,
    base: pipeline.base ?? dirname(sending.pipelines),
    env,
    signal: AbortSignal.any([sending.signal, owner.lost, stop.signal, deadline.signal]),
    log,
    watch,
    end: () => {
      deadline.end();
      return stop.end();
    },
  };
}

/** The account's address and credentials; throws what is missing or wrong about them, before anything is begun. */
export async function requireAccess(
  { pipeline, account }: Pick<Found, 'pipeline' | 'account'>,
  sending: Pick<Sending, 'db' | 'env' | 'embedded'>,
): Promise<AccountAccess> {
  const { platform } = await destinationOf(pipeline.operation, account.platform);
  const access = resolveAccount(pipeline.account, account, platform, sending.env);
  requireServer(access, sending);
  await requireOrigin(sending.db, access);
  return access;
}

/** The same for a run that is to be resumed: what is wrong leaves it as it is. */
export const requireAccessOf = (run: Run, sending: Sending): Promise<AccountAccess> =>
  requireAccess({ pipeline: run.definition, account: run.accountDefinition }, sending);

/** Sending to a remote platform needs a database that somebody named: the embedded one is for trials. */
function requireServer(
  { name, baseUrl }: AccountAccess,
  { env, embedded }: Pick<Sending, 'env' | 'embedded'>,
): void {
  if (embedded || isLoopback(new URL(baseUrl)) || databaseUrl({ ...env }) !== undefined) return;
  throw new PointferryError('CONFIG_DATABASE', `account ${name} is remote, and DATABASE_URL is not set`, {
    hint: 'set DATABASE_URL, or pass --embedded to use the database of the work folder',
  });
}

/** The kind of an operation, with its platform. Throws CONFIG_INVALID. */
export async function destinationOf(
  operation: string,
  platformName: string,
): Promise<{ kinds: Map<string, Kind>; kind: Kind; platform: Platform }> {
  const [kinds, platforms] = await Promise.all([loadKinds(), loadPlatforms()]);
  const kind = kinds.get(operation);
  const platform = platforms.get(platformName);
  if (!kind || !platform)
    throw new PointferryError(
      'CONFIG_INVALID',
      `this version does not know ${kind ? platformName : operation}`,
    );
  return { kinds, kind, platform };
}
