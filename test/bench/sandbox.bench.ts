/** Requests that come together share a sync of the journal. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'undici';
import { activityBody, hangHeaders } from '../sandbox/support.ts';
import { startSandboxProcess } from '../world/sandbox.ts';
import type { Bench } from './main.ts';

const connections = 32;
const requests = 2_000;

const bench: Bench = {
  name: 'sandbox',
  claims: 'the sandbox answers 1,000 requests a second over 32 connections',
  async run(say) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'pointferry-bench-'));
    const sandbox = await startSandboxProcess(['--journal', path.join(folder, 'journal'), '--auto-members']);
    const pool = new Pool(sandbox.url, { connections, pipelining: 1 });
    try {
      let best = 0;
      for (let n = 0; n < 5; n += 1) best = Math.max(best, await perSecond(pool, `round${n}`));
      say(`${Math.round(best)} requests/s, ${(await sandbox.admin.summary()).effects} applied`);
      return best >= 1_000;
    } finally {
      await pool.close();
      await sandbox.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  },
};
export default bench;

async function perSecond(pool: Pool, name: string): Promise<number> {
  const begun = performance.now();
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let n = next++; n < requests; n = next++) {
      const url = `/v2/program-memberships/m${n % 100}/activities`;
      const body = JSON.stringify(activityBody(`${name}-${n}`));
      const answer = await pool.request({ method: 'POST', path: url, headers: hangHeaders, body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`the sandbox answered ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return (requests / (performance.now() - begun)) * 1000;
}
