/** The sandbox: three stand-in platforms behind one port, with one journal. */
import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminContext, answerAdmin } from './adminRoutes.ts';
import type { Answer, Call, Endpoint, PlatformApi, World } from './call.ts';
import { deliver, isApplied, retryAfterOf, send } from './deliver.ts';
import { type Platform, platforms } from './effects.ts';
import { fabric } from './fabric/endpoints.ts';
import { newTokens } from './fabric/tokens.ts';
import { type Fault, newFaultBook } from './faults.ts';
import { hang } from './hang/endpoints.ts';
import { openJournal } from './journal.ts';
import { demoCredentials, type RateLimit, type Sandbox, type SandboxOptions } from './options.ts';
import { type Gate, newGate, type Verdict } from './rate.ts';
import { plant } from './seed.ts';
import { applyLine, committer, emptyState } from './state.ts';
import { newStats } from './stats.ts';
import { stickystreet } from './stickystreet/endpoints.ts';
import { defaultSwitches, setSwitches } from './switches.ts';
import { newWatch } from './watch.ts';

const apis: Readonly<Record<Platform, PlatformApi>> = { hang, fabric, stickystreet };
const largestBody = 5 * 1024 * 1024;

/** Each platform with and without the prefix of its base URL. */
export function placeOf(path: string): { platform: Platform; path: string } | undefined {
  if (path === '/' || path === '/api.php') return { platform: 'stickystreet', path: '/' };
  const ofHang = path.replace(/^\/partner-api(?=\/)/, '');
  if (ofHang.startsWith('/v2/')) return { platform: 'hang', path: ofHang };
  const ofFabric = path.replace(/^\/api(?=\/)/, '');
  if (/^\/(v1|oauth2)\//.test(ofFabric)) return { platform: 'fabric', path: ofFabric };
  return undefined;
}

interface House extends AdminContext {
  readonly world: World;
  readonly stop: AbortSignal;
  /** Keys of Hang activities that are being answered. */
  readonly inFlight: Set<string>;
}

interface Arrival {
  readonly platform: Platform;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly at: number;
  readonly verdict: Verdict;
}

/**
 * Starts the stand-ins on loopback, their state rebuilt from the journal.
 * @throws PointferryError CONFIG_INVALID for a journal, switch or fault that cannot be used.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const stopping = new AbortController();
  const house = await furnish(options, stopping.signal);
  const { idleMs = 60_000, hint = true } = options.keepAlive ?? {};
  const server = createServer({ keepAliveTimeout: idleMs }, (request, response) => {
    // With this header set by hand Node leaves out its own `Keep-Alive: timeout=…`.
    if (!hint) response.setHeader('connection', 'keep-alive');
    serve(house, request, response).catch(() => request.socket.destroy());
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: async () => {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await house.journal.close();
    },
  };
}

async function furnish(options: SandboxOptions, stop: AbortSignal): Promise<House> {
  const switches = defaultSwitches();
  setSwitches(switches, options.switches);
  const credentials = { ...demoCredentials, ...options.credentials };
  const state = emptyState();
  const journal = await openJournal(options.journal, (line) => applyLine(state, line));
  const watch = newWatch();
  const stats = newStats();
  const commit = committer(state, journal, () => watch.changed());
  const tokens = newTokens(credentials.fabric.tokens);
  const world: World = { state, switches, credentials, tokens, commit, now: Date.now };
  const gates = {} as Record<Platform, Gate>;
  const setRate = (platform: Platform, limit: RateLimit | undefined): void => {
    gates[platform] = newGate(limit);
    stats.watch(platform, limit);
  };
  for (const platform of platforms) setRate(platform, options.rates?.[platform]);
  const faults = newFaultBook(options.seed ?? 1, () => performance.now());
  faults.set(options.faults ?? []);
  plant(world, options.seeds ?? {});
  await journal.settled();
  return { world, journal, stats, faults, gates, setRate, watch, stop, inFlight: new Set() };
}

async function serve(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const at = performance.now();
  const url = new URL(request.url ?? '/', 'http://sandbox');
  if (url.pathname.startsWith('/_admin/')) {
    const body = await readAll(request);
    return void send(
      response,
      await answerAdmin(house, request.method ?? 'GET', url, body ?? Buffer.alloc(0)),
    );
  }
  const place = placeOf(url.pathname);
  if (place === undefined) {
    request.resume();
    return void send(response, { status: 404, type: 'text/plain', body: 'nothing stands here\n' });
  }
  // Judged before anything else is done, so that the window sees the time of arrival.
  house.stats.arrived(place.platform, at);
  const verdict = house.gates[place.platform].judge(at);
  await exchange(house, { ...place, query: url.searchParams, at, verdict }, request, response);
}

async function exchange(
  house: House,
  arrival: Arrival,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrivedAt = new Date().toISOString();
  const seen = { route: `${arrival.platform}.unread`, subject: null, identity: null } as Pick<
    Endpoint,
    'route' | 'subject' | 'identity'
  >;
  const outcome: Outcome = { status: null, replayed: false, faults: [] };
  let bodySha256 = '';
  let endpoint: Endpoint | undefined;
  try {
    const body = await readAll(request);
    if (body === undefined) {
      outcome.status = send(response, { status: 413, type: 'text/plain', body: 'too large\n' });
      return;
    }
    bodySha256 = hash('sha256', body);
    const { method = 'GET', headers } = request;
    const call: Call = { method, path: arrival.path, query: arrival.query, headers, body, bodySha256 };
    endpoint = await apis[arrival.platform].resolve(call, house.world);
    await answerCall(house, arrival, call, endpoint, response, outcome);
  } finally {
    const { route, subject, identity } = endpoint ?? seen;
    const { platform } = arrival;
    house.stats.answered({ at: arrivedAt, platform, route, subject, identity, bodySha256, ...outcome });
    house.watch.changed();
  }
}

/** Filled in as the request goes its way, so that the log is right however it ends. */
interface Outcome {
  status: number | null;
  replayed: boolean;
  faults: string[];
}

async function answerCall(
  house: House,
  arrival: Arrival,
  call: Call,
  endpoint: Endpoint,
  response: ServerResponse,
  outcome: Outcome,
): Promise<void> {
  const { world, stop } = house;
  const { platform, verdict } = arrival;
  const failure = (status: number, message: string): Answer =>
    apis[platform].failure(status, message, call, world);
  if (!verdict.accepted) {
    outcome.status = send(response, throttled(house, platform, verdict, failure));
    return;
  }
  const fired = house.faults.pick({ platform, ...endpoint, bodySha256: call.bodySha256 }, arrival.at);
  outcome.faults = fired.map((fault) => fault.name ?? fault.do.kind);
  const key =
    endpoint.route === 'hang.activity' ? JSON.stringify([endpoint.subject, endpoint.identity]) : null;
  if (key !== null && house.inFlight.has(key) && world.switches.hang.keyInFlight === '409') {
    outcome.status = send(response, failure(409, 'IDEMPOTENCY_KEY_IN_FLIGHT'));
    return;
  }
  if (key !== null) house.inFlight.add(key);
  try {
    await wait(fired, 'before', stop);
    const action = fired.map((fault) => fault.do).find((one) => one.kind !== 'latency');
    if (action?.kind === 'expire-token') world.tokens.expireAll();
    const refused = action !== undefined && !isApplied(action);
    let answer = refused ? refusal(action, failure) : endpoint.handle(world);
    outcome.replayed = answer.replayed ?? false;
    // Also before a refusal or a replay: nobody is told of anything that is not on the disk.
    await house.journal.settled();
    await wait(fired, 'after', stop);
    if (action?.kind === 'status' && !refused) answer = refusal(action, failure);
    outcome.status =
      action === undefined ? send(response, answer) : await deliver(response, answer, action, stop);
  } finally {
    if (key !== null) house.inFlight.delete(key);
  }
}

function throttled(
  house: House,
  platform: Platform,
  verdict: Verdict,
  failure: (status: number, message: string) => Answer,
): Answer {
  const how = house.gates[platform].limit?.retryAfter ?? 'seconds';
  const seconds = Math.ceil(verdict.waitMs / 1000);
  const value = how === 'none' ? undefined : how === 'date' ? { date: seconds } : seconds;
  return { ...failure(429, 'TOO_MANY_REQUESTS'), headers: retryAfterOf(value, Date.now()) };
}

/** What a fault that refuses, or spoils the status, answers. */
function refusal(action: Fault['do'], failure: (status: number, message: string) => Answer): Answer {
  if (action.kind === 'throttle')
    return {
      ...failure(429, 'TOO_MANY_REQUESTS'),
      headers: retryAfterOf(action.retryAfter, Date.now()),
    };
  if (action.kind === 'expire-token') return failure(401, 'the token has expired');
  if (action.kind !== 'status') return failure(500, 'SANDBOX_FAULT');
  const answer = failure(action.status, 'SANDBOX_FAULT');
  return {
    ...answer,
    ...(action.body === undefined ? {} : { body: action.body }),
    headers: { ...answer.headers, ...action.headers },
    status: action.status,
  };
}

async function wait(fired: readonly Fault[], when: 'before' | 'after', stop: AbortSignal): Promise<void> {
  for (const { do: action } of fired) {
    if (action.kind !== 'latency' || (action.when ?? 'before') !== when) continue;
    await sleep(action.ms + Math.random() * (action.spreadMs ?? 0), undefined, { signal: stop });
  }
}

/** The whole body, or undefined when it is larger than anything these platforms take. */
function readAll(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
    });
    request.on('end', () => resolve(size <= largestBody ? Buffer.concat(chunks) : undefined));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client left')));
  });
}
