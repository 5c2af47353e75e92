/**
 * Loaded before the importer (`node --import`): counts its I/O edges - statements, requests, files of the story's
 * folder - with one counter, and at the Nth makes it fail or kills the process, before or after the edge took effect.
 * Stands outside src/, so that nothing of it can be in the way of a real run.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';
import { Pool } from 'undici';
import type { EdgeKind, EdgeOrder, EdgeReport } from './edge.ts';

const order = JSON.parse(process.env.POINTFERRY_FAULT_EDGE ?? '{"n":0}') as EdgeOrder;
const appendFileSync = fs.appendFileSync;
let passed = 0;
let fired: string | null = null;

const report = (): void => {
  const found: EdgeReport = { passed, fired };
  appendFileSync(order.report, `${JSON.stringify(found)}\n`);
};
process.on('exit', report);

/** Counts one edge. True: it is the one. */
function isIt(kind: EdgeKind, name: string): boolean {
  if (order.kind !== 'any' && order.kind !== kind) return false;
  passed += 1;
  if (passed !== order.n) return false;
  fired = `${order.act} ${order.when} ${kind} ${name}`;
  return true;
}

function die(): void {
  report();
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}

const failure = (code: string): Error =>
  Object.assign(new Error(`${code} (injected)`), { code, syscall: 'injected', errno: -1 });

/** Runs an edge of the kind that gives a promise. `broken` is what goes with a failure. */
async function through<T>(run: () => Promise<T>, code: string, broken: () => void): Promise<T> {
  if (order.when === 'before') {
    if (order.act === 'kill') die();
    broken();
    throw failure(code);
  }
  await run();
  if (order.act === 'kill') die();
  broken();
  throw failure(code);
}

// ---------------------------------------------------------------------------------------------- statements

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
const clients = pg.Client.prototype as unknown as { query: Query; connect: Query };

const textOf = (first: unknown): string => {
  if (typeof first === 'string') return first;
  if (typeof first === 'object' && first !== null && 'text' in first) return String(first.text);
  return 'copy';
};

const { query, connect } = clients;
clients.query = function (...args) {
  const text = textOf(args[0]).trim();
  if (!isIt(/^commit\b/i.test(text) ? 'commit' : 'sql', text.slice(0, 50))) return query.apply(this, args);
  if (order.act === 'full') {
    const full = new pg.DatabaseError('could not extend file: No space left on device', 100, 'error');
    return Promise.reject(Object.assign(full, { code: '53100', severity: 'ERROR' }));
  }
  const hangUp = (): void => {
    (
      this as unknown as { connection: { stream: { destroy: (error: Error) => void } } }
    ).connection.stream.destroy(failure('ECONNRESET'));
  };
  const isStream = typeof args[0] === 'object' && args[0] !== null && 'submit' in args[0];
  if (!isStream) return through(async () => query.apply(this, args), 'ECONNRESET', hangUp);
  // a COPY: the connection goes while the rows are on their way
  const stream = query.apply(this, args);
  setImmediate(order.act === 'kill' ? die : hangUp);
  return stream;
};
clients.connect = function (...args) {
  if (!isIt('sql', 'connect')) return connect.apply(this, args);
  if (order.act === 'kill') die();
  const done = args[0];
  const error = failure('ECONNREFUSED');
  if (typeof done !== 'function') return Promise.reject(error);
  setImmediate(() => done(error));
};

// ---------------------------------------------------------------------------------------------- requests

type Request = (this: Pool, ...args: unknown[]) => Promise<{ body: { text: () => Promise<string> } }>;
const pools = Pool.prototype as unknown as { request: Request };
const { request } = pools;
pools.request = function (...args) {
  const { method = '', path = '' } = (args[0] ?? {}) as { method?: string; path?: string };
  if (!isIt('http', `${method} ${path.replace(/\d+/g, 'N')}`)) return request.apply(this, args);
  const answered = async () => {
    const response = await request.apply(this, args);
    await response.body.text();
    return response;
  };
  return through(answered, 'ECONNRESET', () => undefined);
};

// ---------------------------------------------------------------------------------------------- files

const inFolder = (file: unknown): boolean => String(file).startsWith(order.folder);
const full = new Set(['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync']);

type Act = (...args: unknown[]) => Promise<unknown>;

function guarded(name: string, run: Act): Act {
  const code = full.has(name) ? 'ENOSPC' : 'EIO';
  return (...args) =>
    isIt('file', name)
      ? through(
          () => run(...args),
          code,
          () => undefined,
        )
      : run(...args);
}

function guardHandle(handle: object): object {
  const methods = handle as unknown as Record<string, Act>;
  for (const name of [
    'read',
    'write',
    'writev',
    'writeFile',
    'appendFile',
    'readFile',
    'sync',
    'datasync',
    'stat',
  ]) {
    const run = methods[name]?.bind(handle);
    if (run) methods[name] = guarded(name, run);
  }
  return handle;
}

const promises = fs.promises as unknown as Record<string, Act>;
for (const name of [
  ...['open', 'readFile', 'writeFile', 'appendFile', 'readdir', 'mkdir', 'mkdtemp', 'rename', 'rm', 'rmdir'],
  ...['unlink', 'stat', 'lstat', 'chmod', 'copyFile', 'link', 'realpath', 'access', 'utimes'],
]) {
  const run = promises[name];
  if (!run) continue;
  const guard = guarded(name, run);
  promises[name] = async (...args) => {
    if (!inFolder(args[0])) return run(...args);
    const result = await guard(...args);
    return name === 'open' ? guardHandle(result as object) : result;
  };
}

// streams use the functions with callbacks
type Callback = (...args: unknown[]) => void;
const plain = fs as unknown as Record<string, Callback>;
const ours = new Set<unknown>();
for (const name of ['open', 'read']) {
  const run = plain[name];
  if (!run) continue;
  plain[name] = (...args) => {
    const back = args.at(-1) as Callback;
    const mine = name === 'open' ? inFolder(args[0]) : ours.has(args[0]);
    if (!mine) return run(...args);
    const it = isIt('file', `stream ${name}`);
    if (it && order.when === 'before') {
      if (order.act === 'kill') die();
      return void setImmediate(() => back(failure('EIO')));
    }
    return run(...args.slice(0, -1), (error: unknown, ...rest: unknown[]) => {
      if (name === 'open' && !error) ours.add(rest[0]);
      if (it && order.act === 'kill') die();
      back(it ? failure('EIO') : error, ...rest);
    });
  };
}
syncBuiltinESMExports();
