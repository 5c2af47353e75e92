/** The sandbox: three stand-in platforms behind one port, with one journal. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAdmin } from './admin-routes.ts';
import type { World } from './call.ts';
import { send } from './deliver.ts';
import { type Platform, platforms } from './effects.ts';
import { exchange, type House, readAll } from './exchange.ts';
import { newTokens } from './fabric/tokens.ts';
import { newFaultBook } from './faults.ts';
import { openJournal } from './journal.ts';
import { demoCredentials, type RateLimit, type Sandbox, type SandboxOptions } from './options.ts';
import { type Gate, newGate, type Verdict } from './rate.ts';
import { plant } from './seed.ts';
import { applyLine, committer, emptyState } from './state.ts';
import { newStats } from './stats.ts';
import { defaultSwitches, setSwitches } from './switches.ts';
import { newWatch } from './watch.ts';

/** A seed of some hundred thousand members in one go. */
const largestSeed = 256 * 1024 * 1024;
const free: Verdict = { accepted: true, waitMs: 0 };

interface Place {
  readonly platform: Platform;
  readonly path: string;
  /** False for the token endpoint, which is another server in the world: it has no part in the limit. */
  readonly limited: boolean;
}

/** Each platform with and without the prefix of its base URL. */
export function placeOf(path: string): Place | undefined {
  if (path === '/' || path === '/api.php') return { platform: 'stickystreet', path: '/', limited: true };
  const ofHang = path.replace(/^\/partner-api(?=\/)/, '');
  if (ofHang.startsWith('/v2/')) return { platform: 'hang', path: ofHang, limited: true };
  const ofFabric = path.replace(/^\/api(?=\/)/, '');
  if (ofFabric.startsWith('/v1/')) return { platform: 'fabric', path: ofFabric, limited: true };
  if (ofFabric.startsWith('/oauth2/')) return { platform: 'fabric', path: ofFabric, limited: false };
  return undefined;
}

/** A client that left, a sandbox that closes, or a bug of ours: then it is said aloud, never taken for a fault. */
function stumble(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.socket === null || response.socket.destroyed) response.destroy();
  else send(response, { status: 500, type: 'text/plain', body: `sandbox: ${String(error)}\n` });
}

/**
 * Starts the stand-ins on loopback, their state rebuilt from the journal.
 * @throws PointferryError CONFIG_INVALID for a journal, switch or fault that cannot be used.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const stopping = new AbortController();
  const house = await furnish(options, stopping.signal);
  const { idleMs = 60_000, hint = true } = options.keepAlive ?? {};
  // Without a hint the connection ends on the dot, as the servers do whose clients see stale connections.
  const times = { keepAliveTimeout: idleMs, keepAliveTimeoutBuffer: hint ? 1000 : 0 };
  const server = createServer(times, (request, response) => {
    // With this header set by hand Node leaves out its own `Keep-Alive: timeout=…`.
    if (!hint) response.setHeader('connection', 'keep-alive');
    serve(house, request, response).catch((error: unknown) => stumble(response, error));
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
  const url = new URL(`http://sandbox${request.url ?? '/'}`);
  if (url.pathname.startsWith('/_admin/')) {
    const body = await readAll(request, largestSeed);
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
  house.stats.arrived(place.platform, place.limited ? at : undefined);
  const verdict = place.limited ? house.gates[place.platform].judge(at) : free;
  await exchange(house, { ...place, query: url.searchParams, at, verdict }, request, response);
}
