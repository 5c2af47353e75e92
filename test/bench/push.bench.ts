/** How much of a limit of 100 requests/s is used, against a sandbox that enforces it; and across a kill -9. */
import { once } from 'node:events';
import type { Bench } from './main.ts';
import { type Ground, makeGround } from './support.ts';

const rate = 100;
const operations = 3_000;

const pipeline = `{
  account: 'bench', operation: 'hang.activity', source: local('in/*.csv'),
  identity: { source: 'bench', columns: ['id'] },
  columns: {
    member: { from: 'member' }, activity_type_id: { constant: 'purchase' }, value: { constant: '1' },
    transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd', zone: 'UTC' },
  },
}`;

const fileOf = (from: number): string =>
  `id,member,at\n${Array.from({ length: operations }, (_, i) => `T${from + i},M${(from + i) % 500},2026-05-01`).join('\n')}\n`;

/** Requests a second between the first and the last, as the sandbox saw them. */
async function usedOf(ground: Ground): Promise<{ used: number; refused: number; max: number }> {
  const requests = await ground.admin.requests({ platform: 'hang' });
  const times = requests.map((request) => Number(new Date(request.at))).sort((a, b) => a - b);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  const { throttled, maxPerSecond } = (await ground.admin.stats()).hang;
  return { used: (times.length - 1) / seconds / rate, refused: throttled, max: maxPerSecond };
}

const bench: Bench = {
  name: 'push',
  claims: `at least 95 % of ${rate} requests/s is used without one 429, and none across a kill -9 either`,
  async run(say) {
    const ground = await makeGround(rate, { bench: pipeline });
    try {
      ground.write('in/a.csv', fileOf(0));
      const whole = await ground.ferry(['run', 'bench', '--json']).ended;
      if (whole.code !== 0) throw new Error(`exit ${whole.code}: ${whole.err}`);
      const calm = await usedOf(ground);
      say(
        `calm      ${(calm.used * 100).toFixed(1)} % of the limit, ${calm.refused} x 429, at most ${calm.max} in a second`,
      );
      await ground.admin.resetStats();
      ground.write('in/b.csv', fileOf(operations));
      const killed = ground.ferry(['run', 'bench', '--json']);
      await ground.admin.waitForRequests(operations / 3, { timeoutMs: 120_000 });
      killed.child.kill('SIGKILL');
      await once(killed.child, 'close');
      const resumed = await ground.ferry(['run', 'bench', '--json']).ended;
      const { throttled, maxPerSecond } = (await ground.admin.stats()).hang;
      const { repeated, effects } = await ground.admin.summary();
      say(
        `killed    exit ${resumed.code} after the restart, ${throttled} x 429, at most ${maxPerSecond} in a second`,
      );
      say(`effects   ${effects} of ${2 * operations}, ${repeated.length} applied twice`);
      return (
        calm.used >= 0.95 &&
        calm.refused === 0 &&
        throttled === 0 &&
        repeated.length === 0 &&
        effects === 2 * operations
      );
    } finally {
      await ground.close();
    }
  },
};
export default bench;
