import { once } from 'node:events';
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';

/** What the proxy does to bytes on their way from the client to the target. May be changed at any time. */
export interface ProxyFaults {
  /** Bytes go nowhere, and nobody is told: a cut cable. Both directions. */
  blackHole: boolean;
  /** New connections are accepted and reset at once. */
  refuse: boolean;
  /** Milliseconds before each chunk goes on, in both directions. */
  delayMs: number;
  /** Sends on in pieces of so many bytes; 0 leaves chunks whole. */
  sliceBytes: number;
  /** Cuts when a chunk of the client matches. */
  cut: Cut | null;
}

export interface Cut {
  /** Looked for in each chunk of the client, as latin1: `/commit\0/`. */
  readonly pattern: RegExp;
  /** `before`: the target never sees the chunk. `after`: it gets it, and the client gets no answer to it. */
  readonly when: 'before' | 'after';
  /** How often; default once. */
  times?: number;
  /** Called each time, before the connection is cut. */
  readonly struck?: () => void;
}

export interface TcpProxy {
  readonly port: number;
  readonly faults: ProxyFaults;
  /** Connections open now. */
  readonly open: () => number;
  /** How often `faults.cut` has struck. */
  readonly cuts: () => number;
  /** Resets every connection (RST). */
  reset(): void;
  close(): Promise<void>;
}

const noFaults = (): ProxyFaults => ({
  blackHole: false,
  refuse: false,
  delayMs: 0,
  sliceBytes: 0,
  cut: null,
});

/** A TCP proxy inside the test's process, on a port of its own, that can do to a connection what networks do. */
export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const faults = noFaults();
  const pairs = new Set<Pair>();
  let cuts = 0;
  const server: Server = createServer((client) => {
    if (faults.refuse) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const pair = join(client, netConnect(target.port, target.host), faults, () => cuts++);
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const reset = (): void => {
    for (const pair of pairs) pair.destroy();
  };
  return {
    port,
    faults,
    open: () => pairs.size,
    cuts: () => cuts,
    reset,
    async close() {
      reset();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Pair {
  destroy(): void;
}

function join(client: Socket, target: Socket, faults: ProxyFaults, onCut: () => void): Pair {
  let silent = false;
  const destroy = (): void => {
    client.resetAndDestroy();
    target.resetAndDestroy();
  };
  for (const socket of [client, target]) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
  }
  const cutNow = (chunk: Buffer): Cut['when'] | null => {
    const { cut } = faults;
    if (!cut?.pattern.test(chunk.toString('latin1'))) return null;
    const left = (cut.times ?? 1) - 1;
    faults.cut = left > 0 ? { ...cut, times: left } : null;
    onCut();
    cut.struck?.();
    return cut.when;
  };
  const forward = (from: Socket, to: Socket): void => {
    // one chunk after the other, or delayed ones would overtake each other
    let before = Promise.resolve();
    from.on('data', (chunk) => {
      before = before.then(() => pass(chunk)).catch(() => undefined);
    });
    const pass = async (chunk: Buffer): Promise<void> => {
      if (faults.blackHole) return;
      const when = from === client ? cutNow(chunk) : null;
      if (when === 'before') return destroy();
      if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
      if (when === 'after') {
        // the target answers into the void: wait for that, so that it has surely done what it was told
        silent = true;
        target.once('data', destroy);
      }
      if (silent && from === target) return;
      for (const piece of slices(chunk, faults.sliceBytes)) if (!to.destroyed) to.write(piece);
    };
    from.on('close', () => {
      if (!faults.blackHole) before.finally(() => to.end());
    });
  };
  forward(client, target);
  forward(target, client);
  return { destroy };
}

function* slices(chunk: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < chunk.length; at += size || chunk.length) {
    yield chunk.subarray(at, size ? at + size : chunk.length);
  }
}
