/**
 * A platform that does to each request what a story says, in this process, with a journal: the judge of what was applied. It
 * knows Hang's activities and members; an activity's key is honoured for ever, or until it is made to forget.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Asked {
  /** From 1, by arrival. */
  readonly n: number;
  readonly kind: 'activity' | 'member';
  readonly subject: string;
  /** Idempotency key of an activity. */
  readonly key: string | null;
  readonly content: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly apiKey: string;
  /** Requests with the same key, or the same subject and body, up to this one. */
  readonly times: number;
}

/** What becomes of a request; default: it is applied and answered at once. */
export interface Fate {
  readonly applied?: boolean;
  /** Waited for before it is applied. The journal is written even if nobody waits for the answer any more. */
  readonly applyAfter?: Promise<unknown>;
  /** Waited for between applying and answering. */
  readonly answerAfter?: Promise<unknown>;
  readonly answer?: 'well' | 'cut' | { readonly status: number; readonly body?: string };
}

export interface Judge {
  readonly url: string;
  readonly requests: readonly Asked[];
  /** The journal: what took effect, oldest first. */
  readonly applied: readonly Asked[];
  /** The fate of what comes from now on. */
  decide: (asked: Asked) => Fate;
  /** Keys are forgotten: what comes again is applied again. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

export async function startJudge(host = '127.0.0.1'): Promise<Judge> {
  const requests: Asked[] = [];
  const applied: Asked[] = [];
  const keys = new Set<string>();
  const seen = new Map<string, number>();
  const apply = (asked: Asked): void => {
    const known = `${asked.subject} ${asked.key}`;
    if (asked.key !== null && keys.has(known)) return;
    keys.add(known);
    applied.push(asked);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const asked = read(request, body, requests.length + 1, seen);
    requests.push(asked);
    const fate = judge.decide(asked);
    await fate.applyAfter;
    if (fate.applied !== false) apply(asked);
    await fate.answerAfter;
    say(response, asked, fate.answer ?? 'well');
  };
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const judge: Judge = {
    url: `http://${host}:${(server.address() as AddressInfo).port}/partner-api`,
    requests,
    applied,
    decide: () => ({}),
    forget: () => keys.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return judge;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function read(request: IncomingMessage, body: string, n: number, seen: Map<string, number>): Asked {
  const [, subject = '', activities] =
    /\/v2\/program-memberships\/([^/]+)(\/activities)?$/.exec(request.url ?? '') ?? [];
  const parsed = JSON.parse(body) as { idempotency_key?: string; activity?: Record<string, unknown> };
  const key = parsed.idempotency_key ?? null;
  const same = `${subject} ${key ?? body}`;
  const times = (seen.get(same) ?? 0) + 1;
  seen.set(same, times);
  const content = parsed.activity ?? (parsed as Record<string, unknown>);
  const kind = activities === undefined ? 'member' : 'activity';
  const apiKey = String(request.headers['x-api-key'] ?? '');
  return { n, kind, subject: decodeURIComponent(subject), key, content, body, apiKey, times };
}

function say(response: ServerResponse, asked: Asked, answer: NonNullable<Fate['answer']>): void {
  if (answer === 'cut') {
    response.socket?.resetAndDestroy();
    return;
  }
  const status = answer === 'well' ? 200 : answer.status;
  const well =
    asked.kind === 'activity' ? { idempotency_key: asked.key } : { membership: { id: asked.subject } };
  const failed = { id: '1', code: status, messages: [{ title: 'error', message: 'no' }] };
  const text = answer === 'well' ? JSON.stringify(well) : (answer.body ?? JSON.stringify(failed));
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

/** Resolves once it holds; throws when it does not within the bound. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 30_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await sleep(5);
  }
}

/** A promise that a story fulfils. */
export const gate = (): { readonly opened: Promise<void>; readonly open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
};
