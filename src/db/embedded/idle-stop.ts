/**
 * Stops an embedded server that nobody uses: `node idle-stop.ts <dir> <minutes>`, started detached by embedded.ts.
 *
 * A process of its own, because the commands that use the server come and go and may be killed, and because a server
 * that is its starter's child would die with it. In use is: any client connected (a person in psql), or the file `used`
 * touched within the time (processes do so every 15 s, also while they hold no connection). It ends with the server,
 * and is started anew by the next command that finds none.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, withClient } from '../pool.ts';
import { embeddedUrl, stopEmbedded } from './embedded.ts';

const [dir = '', minutes = '10'] = process.argv.slice(2);
const idleMs = Number(minutes) * 60_000;

let lastUse = Date.now();
for (let url = embeddedUrl(dir); url !== undefined; url = embeddedUrl(dir)) {
  await sleep(Math.min(30_000, idleMs / 4));
  lastUse = Math.max(lastUse, touched());
  if (Date.now() - lastUse < idleMs) continue;
  if ((await clients(url)) > 0) lastUse = Date.now();
  else if (Date.now() - touched() >= idleMs) await stopEmbedded(dir);
}

function touched(): number {
  return statSync(path.join(dir, 'used'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Clients beside ourselves; 1 when the server does not say, so that it is asked again later. */
async function clients(url: string): Promise<number> {
  const db = openDatabase(url, { max: 1, connectTimeoutMs: 5_000 });
  try {
    return await withClient(db, async (client) => {
      const { rows } = await client.query<{ count: number }>(
        `select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      return rows[0]?.count ?? 1;
    });
  } catch {
    return 1;
  } finally {
    await db.close();
  }
}
