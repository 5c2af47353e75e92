/** One request on its way: arrival, limit, faults, the platform's endpoint, the disk, and the answer. */
import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminContext } from './admin-routes.ts';
import type { Answer, Call, Endpoint, PlatformApi, World } from './call.ts';
import { deliver, isApplied, retryAfterOf, send } from './deliver.ts';
import type { Platform } from './effects.ts';
import { fabric } from './fabric/endpoints.ts';
import type { FaultAction, Fired } from './faults.ts';
import { hang } from './hang/endpoints.ts';
import type { Verdict } from './rate.ts';
import { stickystreet } from './stickystreet/endpoints.ts';

const apis: Readonly<Record<Platform, PlatformApi>> = { hang, fabric, stickystreet };
const largestBody = 5 * 1024 * 1024;

export interface House extends AdminContext {
  readonly world: World;
  readonly stop: AbortSignal;
  /** Keys of Hang activities that are being answered. */
  readonly inFlight: Set<string>;
}

export interface Arrival {
  readonly platform: Platform;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly at: number;
  readonly verdict: Verdict;
}

/** Filled in as the request goes its way, so that the log is right however it ends. */
interface Outcome {
  status: number | null;
  replayed: boolean;
  faults: string[];
}

interface Exchange {
  readonly house: House;
  readonly arrival: Arrival;
  readonly call: Call;
  readonly endpoint: Endpoint;
  readonly response: ServerResponse;
  readonly outcome: Outcome;
  /** The platform's own words for something that is wrong. */
  readonly failure: (status: number, message: string) => Answer;
}

/** Answers one request of a platform, and writes it into the statistics and the request log. */
export async function exchange(
  house: House,
  arrival: Arrival,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { platform, path, query } = arrival;
  const at = new Date().toISOString();
  const outcome: Outcome = { status: null, replayed: false, faults: [] };
  let seen = { route: `${platform}.unread`, subject: null as string | null, identity: null as string | null };
  let bodySha256 = '';
  try {
    const body = await readAll(request, largestBody);
    if (body === undefined) {
      outcome.status = send(response, { status: 413, type: 'text/plain', body: 'too large\n' });
      return;
    }
    bodySha256 = hash('sha256', body);
    const { method = 'GET', headers } = request;
    const call: Call = { method, path, query, headers, body, bodySha256 };
    const endpoint = await apis[platform].resolve(call, house.world);
    seen = { route: endpoint.route, subject: endpoint.subject, identity: endpoint.identity };
    const failure = (status: number, message: string): Answer =>
      apis[platform].failure(status, message, call, house.world);
    await answerCall({ house, arrival, call, endpoint, response, outcome, failure });
  } finally {
    house.stats.answered({ at, platform, ...seen, bodySha256, ...outcome });
    house.watch.changed();
  }
}

async function answerCall(one: Exchange): Promise<void> {
  const { house, arrival, call, endpoint, response, outcome, failure } = one;
  if (!arrival.verdict.accepted) {
    outcome.status = send(response, throttled(one));
    return;
  }
  const target = { platform: arrival.platform, ...endpoint, bodySha256: call.bodySha256 };
  const fired = house.faults.pick(target, arrival.at);
  outcome.faults = fired.map(({ fault }) => fault.name ?? fault.do.kind);
  const key = JSON.stringify([endpoint.subject, endpoint.identity]);
  if (house.world.switches.hang.keyInFlight === '409' && house.inFlight.has(key)) {
    outcome.status = send(response, failure(409, 'IDEMPOTENCY_KEY_IN_FLIGHT'));
    return;
  }
  if (endpoint.route === 'hang.activity') house.inFlight.add(key);
  try {
    await answerFaulty(one, fired);
  } finally {
    house.inFlight.delete(key);
  }
}

/** The first fault that is not a latency decides how the request ends; without one it ends well. */
async function answerFaulty(one: Exchange, fired: readonly Fired[]): Promise<void> {
  const { house, endpoint, response, outcome, failure } = one;
  const { world, journal, stop } = house;
  await wait(fired, 'before', stop);
  const action = fired.map(({ fault }) => fault.do).find((other) => other.kind !== 'latency');
  if (action?.kind === 'expire-token') world.tokens.expireAll();
  const refused = action !== undefined && !isApplied(action);
  let answer = refused ? refusal(action, failure) : endpoint.handle(world);
  outcome.replayed = answer.replayed ?? false;
  // Also before a refusal or a replay: nobody is told of anything that is not on the disk.
  await journal.settled();
  await wait(fired, 'after', stop);
  if (action?.kind === 'status' && !refused) answer = refusal(action, failure);
  outcome.status =
    action === undefined ? send(response, answer) : await deliver(response, answer, action, stop);
}

function throttled({ house, arrival, failure }: Exchange): Answer {
  const how = house.gates[arrival.platform].limit?.retryAfter ?? 'seconds';
  const seconds = Math.ceil(arrival.verdict.waitMs / 1000);
  const value = how === 'none' ? undefined : how === 'date' ? { date: seconds } : seconds;
  return { ...failure(429, 'TOO_MANY_REQUESTS'), headers: retryAfterOf(value, Date.now()) };
}

/** What a fault that refuses, or spoils the status, answers. */
function refusal(action: FaultAction, failure: (status: number, message: string) => Answer): Answer {
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

async function wait(fired: readonly Fired[], when: 'before' | 'after', stop: AbortSignal): Promise<void> {
  for (const { fault, draw } of fired) {
    const action = fault.do;
    if (action.kind !== 'latency' || (action.when ?? 'before') !== when) continue;
    await sleep(action.ms + draw * (action.spreadMs ?? 0), undefined, { signal: stop });
  }
}

/** The whole body, or undefined when it has more bytes than that. */
export function readAll(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
    });
    request.on('end', () => resolve(size <= most ? Buffer.concat(chunks) : undefined));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client left')));
  });
}
