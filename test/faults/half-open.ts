/** A connection whose cable was cut: must be noticed in time, destroyed, and never given out again. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startProxy } from '../support/tcp-proxy.ts';
import type { Server } from './server.ts';

type Pool = typeof import('../../src/db/pool.ts');

/** Asks the pool of this checkout. Gives what is wrong with it. */
export async function halfOpen(root: string, server: Server): Promise<string[]> {
  const { openDatabase, withClient } = (await import(
    pathToFileURL(path.join(root, 'src', 'db', 'pool.ts')).href
  )) as Pool;
  const url = new URL(await server.clone());
  const direct = url.href;
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const db = openDatabase(url.href, { max: 1, connectTimeoutMs: 2_000 });
  const ask = (): Promise<boolean> =>
    withClient(db, (client) => client.query('select 1'), { timeoutMs: 500 }).then(
      () => true,
      () => false,
    );
  try {
    const wrong: string[] = [];
    if (!(await ask())) wrong.push('it does not even work');
    proxy.faults.blackHole = true;
    if (await ask()) wrong.push('a cut cable answers');
    proxy.faults.blackHole = false;
    // the old connection stays cut: the proxy has swallowed part of what went over it
    if (!(await ask())) wrong.push('a dead connection was given out again');
    return wrong;
  } finally {
    proxy.reset();
    await Promise.race([db.close(), new Promise((resolve) => setTimeout(resolve, 2_000))]);
    await proxy.close();
    await server.drop(direct);
  }
}
