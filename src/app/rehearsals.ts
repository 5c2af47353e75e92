/** What a run would do, found out by its own code and rolled back: nothing is sent, and nothing is marked as seen. */
import { resolve } from 'node:path';
import { type Found, findPipeline } from '../check/find.ts';
import type { Client } from '../db/pool.ts';
import { resolveAccount } from '../destinations/account.ts';
import type { AccountAccess, Kind, Outgoing, Platform } from '../destinations/kind.ts';
import { limitsOf } from '../destinations/limits.ts';
import { requireSameRules } from '../flow/history.ts';
import { destinationOf } from '../flow/prepare.ts';
import { type NotTaken, type Rehearsed, rehearse } from '../flow/rehearse.ts';
import { otherSender, renamed } from '../flow/renamed.ts';
import { filesOf, noInput } from '../flow/take.ts';
import { nextLocal } from '../ground/clock.ts';
import { PointferryError } from '../ground/errors.ts';
import { neededColumns } from '../mapping/columns.ts';
import { explainSql } from '../mapping/compile.ts';
import { type Forecast, forecast } from '../normalize/forecast.ts';
import { type PreviewOperation, type PreviewRow, preview } from '../normalize/preview.ts';
import type { Outcome } from '../read/files.ts';
import { type Estimate, estimate, observedLatency } from '../report/findings/plan.ts';
import type { App } from './app.ts';

export interface RehearsalRequest {
  /** Local files instead of the source, absolute. */
  readonly files?: readonly string[] | undefined;
}

interface PipelineRehearsal extends Rehearsed {
  readonly found: Found;
  readonly kind: Kind;
  readonly platform: Platform;
}

/** Rehearses a pipeline over its files, at most `most`; they are held until the end. Throws READ_NO_INPUT. */
async function rehearsed<T>(
  app: App,
  pipeline: string,
  { files: named = [] }: RehearsalRequest,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
  fn: (rehearsal: PipelineRehearsal) => Promise<T>,
): Promise<T> {
  const found = await findPipeline(app.pipelines, pipeline);
  const { kind, platform } = await destinationOf(found.pipeline.operation, found.account.platform);
  const db = await app.db();
  const files: Outcome[] = [];
  const listing = filesOf({
    pipeline: found.pipeline,
    options: named.length > 0 ? { files: named } : {},
    workdir: app.workdir,
    base: resolve(app.pipelines, '..'),
    env: app.env,
    signal,
  });
  try {
    for await (const file of listing) {
      files.push(file);
      if (files.filter((each) => each.kind === 'file').length >= most) break;
    }
    if (files.length === 0) throw noInput(found.pipeline);
    return await rehearse(db, { found, kind, files, signal }, (rehearsal) =>
      fn({ ...rehearsal, found, kind, platform }),
    );
  } finally {
    for (const file of files) if (file.kind === 'file') await file.discard();
  }
}

export interface Plan extends Forecast {
  readonly pipeline: string;
  readonly account: { readonly name: string; readonly environment: string; readonly statesLimits: boolean };
  readonly kind: string;
  readonly zone: string;
  readonly files: number;
  readonly notTaken: readonly NotTaken[];
  readonly estimate: Estimate;
  readonly endsAt: Date;
  readonly deadline: Date | null;
  /** It ends before the deadline. */
  readonly fits: boolean;
  /** Why a run would be refused before it sends anything. */
  readonly refused: PointferryError | null;
}

/** What a run would do: rows by bucket, calls, the limit that binds, the end against the deadline. */
export async function planRun(
  app: App,
  pipeline: string,
  request: RehearsalRequest,
  signal: AbortSignal,
): Promise<Plan> {
  const how = { most: Number.POSITIVE_INFINITY, signal };
  return rehearsed(app, pipeline, request, how, async (rehearsal) => {
    const { client, run, found, kind, platform, files, notTaken } = rehearsal;
    await requireSameRules(client, found);
    const refused = await refusalOf(client, app, found, platform);
    const seen = await forecast(client, { run, pipeline: found.pipeline, kind }, files);
    const { account } = found;
    const latencyMs = await observedLatency(client, found.pipeline.account);
    return {
      pipeline: found.name,
      account: {
        name: found.pipeline.account,
        environment: account.stage,
        statesLimits: account.windows !== undefined,
      },
      kind: kind.name,
      zone: found.pipeline.schedule?.zone ?? 'UTC',
      files: files.length,
      notTaken,
      ...seen,
      ...endOf(found, seen.operations, latencyMs),
      refused,
    };
  });
}

function endOf(
  { pipeline, account }: Found,
  calls: number,
  latencyMs: number | null,
): Pick<Plan, 'estimate' | 'endsAt' | 'deadline' | 'fits'> {
  const now = new Date();
  const reckoned = estimate(calls, limitsOf(account), latencyMs);
  const { schedule } = pipeline;
  const begins = (schedule && nextLocal(now, schedule.at, schedule.zone)) ?? now;
  const deadline = schedule?.deadline ? nextLocal(begins, schedule.deadline, schedule.zone) : null;
  const endsAt = new Date(begins.getTime() + reckoned.ms);
  return { estimate: reckoned, endsAt, deadline, fits: deadline === null || endsAt <= deadline };
}

/** An account whose variables are not set says nothing. */
async function refusalOf(
  client: Client,
  app: App,
  found: Found,
  platform: Platform,
): Promise<PointferryError | null> {
  const baseUrl = addressOf(found, platform, app.env);
  if (baseUrl === null) return null;
  const today = { found, baseUrl, folder: app.pipelines };
  const sender = await otherSender(client, today);
  return sender && renamed(today, sender);
}

function addressOf({ pipeline, account }: Found, platform: Platform, env: App['env']): string | null {
  try {
    return resolveAccount(pipeline.account, account, platform, env).baseUrl;
  } catch (error) {
    if (error instanceof PointferryError) return null;
    throw error;
  }
}

export interface PreviewRequest extends RehearsalRequest {
  /** Begin at this record, from 1. */
  readonly row?: number | undefined;
  /** At most this many records: 3 by default, 1 with `row`. */
  readonly limit?: number | undefined;
}

/** A request as it would be sent, without credentials: they are put in at the moment of sending. */
export interface PreviewedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly remarks: readonly string[];
}

export interface PreviewedOperation {
  readonly operation: PreviewOperation;
  /** Null: it would not be sent. */
  readonly request: PreviewedRequest | null;
}

export interface Previewed {
  /** The file shown; null where none can be read. */
  readonly name: string | null;
  readonly notTaken: readonly NotTaken[];
  readonly rows: readonly PreviewRow[];
  readonly operations: readonly PreviewedOperation[];
}

/** Cells, typed values and requests of the first file; values as they are, not masked. */
export async function previewRows(
  app: App,
  pipeline: string,
  request: PreviewRequest,
  signal: AbortSignal,
): Promise<Previewed> {
  const { row, limit = row === undefined ? 3 : 1 } = request;
  return rehearsed(app, pipeline, request, { most: 1, signal }, async (rehearsal) => {
    const { client, found, kind, platform, notTaken } = rehearsal;
    const [file] = rehearsal.files;
    if (!file) return { name: null, notTaken, rows: [], operations: [] };
    const account = previewAccess(found, platform, app.env);
    const seen = await preview(client, {
      pipeline: found.pipeline,
      kind,
      file,
      businessDate: file.businessDate,
      limit,
      ...(row === undefined ? {} : { record: row }),
    });
    const operations = seen.operations.map((operation) => ({
      operation,
      request: requestOf(operation, kind, account),
    }));
    return { name: file.name, notTaken, rows: seen.rows, operations };
  });
}

/** The account with its secrets, or with names in their place where the environment does not hold them. */
function previewAccess({ pipeline, account }: Found, platform: Platform, env: App['env']): AccountAccess {
  const names = Object.values(account).flatMap((value) =>
    typeof value === 'object' && value !== null && 'env' in value ? [String(value.env)] : [],
  );
  const standIns = Object.fromEntries(names.map((name) => [name, `$${name}`]));
  const baseUrl =
    typeof account.baseUrl === 'string'
      ? {}
      : { [account.baseUrl.env]: `https://${account.baseUrl.env.toLowerCase().replaceAll('_', '-')}` };
  return resolveAccount(pipeline.account, account, platform, { ...standIns, ...baseUrl, ...env });
}

function requestOf(operation: PreviewOperation, kind: Kind, account: AccountAccess): PreviewedRequest | null {
  if (operation.status !== 'ok' || operation.fields === null) return null;
  const out: Outgoing = {
    account,
    subject: operation.subject ?? '{member}',
    key: operation.key ?? '{key}',
    fields: operation.fields,
  };
  const { method, url, headers, body } = kind.build(out);
  return { method, url, headers, body, remarks: kind.remarks?.(out) ?? [] };
}

/** The SQL that a mapping compiles to: what normalize runs over the raw table of a file. */
export async function mappingSql(app: App, pipeline: string): Promise<{ pipeline: string; sql: string }> {
  const found = await findPipeline(app.pipelines, pipeline);
  const { kind } = await destinationOf(found.pipeline.operation, found.account.platform);
  const columns = neededColumns(found.pipeline).map((column) => column.name);
  return { pipeline: found.name, sql: explainSql(found.pipeline, kind, columns) };
}
