/** Answers on the wire, and the ways in which a fault spoils them. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from './call.ts';
import type { FaultAction } from './faults.ts';

type Spoiler = Exclude<FaultAction, { kind: 'latency' }>;

const refusals: readonly string[] = ['throttle', 'status', 'redirect', 'expire-token', 'silence'];

/** Whether the request takes effect although this fault hits it. */
export function isApplied(action: Spoiler): boolean {
  if ('applied' in action && action.applied !== undefined) return action.applied;
  return !refusals.includes(action.kind);
}

/** Retry-After as the fault says it: seconds, a date ahead, or any text. */
export function retryAfterOf(
  value: number | string | { readonly date: number } | undefined,
  now: number,
): Record<string, string> {
  if (value === undefined) return {};
  const date = typeof value === 'object' ? new Date(now + value.date * 1000).toUTCString() : undefined;
  return { 'retry-after': date ?? String(value) };
}

const headersOf = (answer: Answer): Record<string, string> => ({
  'content-type': answer.type,
  'content-length': String(Buffer.byteLength(answer.body)),
  ...answer.headers,
});

export function send(response: ServerResponse, answer: Answer): number {
  response.writeHead(answer.status, headersOf(answer));
  response.end(answer.body);
  return answer.status;
}

const loginPage =
  '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>\n';

/**
 * Sends the answer as the fault wants it. Gives the status the client can have seen, null for none. `answer` is the
 * right answer, or the platform's failure for a fault that refuses.
 */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  action: Spoiler,
  stop: AbortSignal,
): Promise<number | null> {
  const half = answer.body.slice(0, Math.floor(answer.body.length / 2));
  switch (action.kind) {
    case 'cut':
      if (action.reset) response.socket?.resetAndDestroy();
      else response.socket?.destroy();
      return null;
    case 'silence':
      return null;
    case 'malformed':
      return send(response, { ...answer, status: 200, body: half });
    case 'truncated':
      response.writeHead(200, headersOf(answer));
      response.write(half, () => response.socket?.destroy());
      return 200;
    case 'empty':
      return send(response, { ...answer, status: 200, body: '' });
    case 'html':
      return send(response, { status: 200, type: 'text/html; charset=utf-8', body: loginPage });
    case 'drip':
      await drip(response, answer, action, stop);
      return answer.status;
    case 'huge':
      await huge(response, answer, action);
      return 200;
    case 'redirect': {
      const location = action.location ?? '/elsewhere';
      return send(response, { ...answer, status: action.status ?? 302, headers: { location } });
    }
    case 'headers':
      return send(response, { ...answer, headers: { ...answer.headers, ...action.headers } });
    default:
      return send(response, answer);
  }
}

async function drip(
  response: ServerResponse,
  answer: Answer,
  { everyMs, bytes = 1, part = 'body' }: Extract<FaultAction, { kind: 'drip' }>,
  stop: AbortSignal,
): Promise<void> {
  const { socket } = response;
  const headers = { ...headersOf(answer), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} Drip\r\n${lines.join('')}\r\n`;
  if (part === 'body') socket?.write(head);
  const text = Buffer.from(part === 'body' ? answer.body : head + answer.body);
  for (let at = 0; at < text.length && socket?.destroyed === false; at += bytes) {
    await sleep(everyMs, undefined, { signal: stop });
    socket.write(text.subarray(at, at + bytes));
  }
  socket?.end();
}

function* padding(bytes: number): Generator<string> {
  const chunk = ' '.repeat(64 * 1024);
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk.slice(0, left);
}

/** The right answer behind so many blanks: valid JSON for whoever has the memory. */
async function huge(
  response: ServerResponse,
  answer: Answer,
  { bytes, gzip = false }: Extract<FaultAction, { kind: 'huge' }>,
): Promise<void> {
  const headers = { 'content-type': answer.type, ...(gzip ? { 'content-encoding': 'gzip' } : {}) };
  response.writeHead(200, headers);
  const blanks = Readable.from(padding(bytes), { objectMode: false });
  const body = Readable.from(
    (async function* () {
      yield* blanks;
      yield answer.body;
    })(),
    { objectMode: false },
  );
  // A client that has had enough closes the connection; that is no fault of ours.
  await (gzip ? pipeline(body, createGzip(), response) : pipeline(body, response)).catch(() => undefined);
}
