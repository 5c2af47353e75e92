/** One request, one answer, one deadline. Nothing here is ever repeated by itself. */
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Answer, BuiltRequest } from '../../destinations/kind.ts';
import type { Environment } from '../../ground/environment.ts';
import type { Reply } from './judge.ts';

export interface SenderOptions {
  readonly maxInFlight: number;
  /** Connect, send, wait and read, together. */
  readonly deadlineMs: number;
  readonly answerMostBytes: number;
  readonly env: Environment;
}

export interface Sender {
  /** Never throws. `signal` cuts the request short: then it may have been applied. */
  readonly send: (request: BuiltRequest, signal: AbortSignal) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

export function createSender(options: SenderOptions): Sender {
  const dispatchers = new Map<string, Dispatcher>();
  const dispatcherFor = (origin: string): Dispatcher => {
    const known = dispatchers.get(origin);
    if (known) return known;
    const made = createDispatcher(origin, options);
    dispatchers.set(origin, made);
    return made;
  };
  return {
    send: (request, signal) => exchange(dispatcherFor(new URL(request.url).origin), request, options, signal),
    close: async () => {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function createDispatcher(origin: string, options: SenderOptions): Dispatcher {
  // the one switch that turns certificate checks off for a whole process is overruled here
  const tls = { rejectUnauthorized: true, timeout: Math.min(5_000, options.deadlineMs / 2) };
  const common = {
    connections: options.maxInFlight,
    pipelining: 1,
    allowH2: false,
    // below what servers keep (Node 5 s, nginx 75 s, some balancers 4 s): a socket that the server is just closing
    // loses a POST: 148 of 300 were reset at undici's default of 4 s by a server that closes after 60 ms, none at 20 ms
    keepAliveTimeout: 1_000,
    keepAliveMaxTimeout: 4_000,
    headersTimeout: 0, // the deadline over the whole exchange is ours; these are per chunk
    bodyTimeout: 0,
    connect: tls,
  };
  if (proxyFor(origin, options.env)) {
    return new EnvHttpProxyAgent({ ...common, requestTls: tls, proxyTls: tls });
  }
  return new Pool(origin, common);
}

/** Is a proxy configured for this kind of address? NO_PROXY is the agent's business. */
function proxyFor(origin: string, env: SenderOptions['env']): boolean {
  const name = origin.startsWith('https:') ? 'https_proxy' : 'http_proxy';
  return (env[name] ?? env[name.toUpperCase()] ?? '') !== '';
}

async function exchange(
  dispatcher: Dispatcher,
  request: BuiltRequest,
  options: SenderOptions,
  signal: AbortSignal,
): Promise<Reply> {
  const started = performance.now();
  const ms = (): number => performance.now() - started;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), options.deadlineMs);
  const url = new URL(request.url);
  try {
    const response = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'pointferry', ...request.headers },
      body: request.body,
      signal: AbortSignal.any([deadline.signal, signal]),
    });
    const { body, truncated } = await readBody(response.body, options.answerMostBytes);
    if (deadline.signal.aborted) return { got: 'nothing', reason: 'no answer in time', ms: ms() };
    const answer: Answer = {
      status: response.statusCode,
      headers: flat(response.headers),
      body,
      truncated,
    };
    return { got: 'answer', answer, ms: ms() };
  } catch (error) {
    if (deadline.signal.aborted) return { got: 'nothing', reason: 'no answer in time', ms: ms() };
    const code = codeOf(error);
    return neverLeft(code, error)
      ? { got: 'not_sent', reason: `the platform cannot be reached: ${code}`, bad: true, ms: ms() }
      : { got: 'nothing', reason: `the connection was lost: ${code}`, ms: ms() };
  } finally {
    clearTimeout(timer);
  }
}

/** Always to the end, or destroyed: an unread body holds its socket. */
async function readBody(
  stream: Dispatcher.ResponseData['body'],
  mostBytes: number,
): Promise<{ body: string; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > mostBytes) {
        truncated = true;
        break; // ends the iterator, which destroys the stream
      }
    }
  } catch {
    truncated = true; // the connection broke, or the deadline came, while it was read
  }
  return { body: Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8'), truncated };
}

function flat(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]],
  );
  return Object.fromEntries(pairs);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}

/** Errors that come before the first byte of a request is written: names, routes, refusals, certificates. */
const beforeTheFirstByte = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS',
  'UND_ERR_PRX_CONN',
  'UND_ERR_INVALID_ARG',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function neverLeft(code: string, error: unknown): boolean {
  if (beforeTheFirstByte.has(code) || /^(?:CERT_|ERR_TLS_|ERR_SSL_)/.test(code)) return true;
  // a proxy that answers CONNECT with a refusal
  return error instanceof Error && error.message.startsWith('Proxy response (');
}
