/** How much of a limit of 100 requests/s is used, against a sandbox that enforces it: alone, across a kill -9, and by three at once. */
import type { Bench } from './main.ts';
import { type BenchWorld, makeBenchWorld } from './support.ts';

const rate = 100;
const operations = 3_000;
const three = ['one', 'two', 'three'];

const pipeline = (name: string): string => `{
  account: 'bench', operation: 'hang.activity', source: local('${name}/*.csv'),
  identity: { source: '${name}', columns: ['id'] },
  columns: {
    member: { from: 'member' }, activity_type_id: { constant: 'purchase' }, value: { constant: '1' },
    transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd', zone: 'UTC' },
  },
}`;

const fileOf = (from: number, rows = operations): string =>
  `id,member,at\n${Array.from({ length: rows }, (_, i) => `T${from + i},M${(from + i) % 500},2026-05-01`).join('\n')}\n`;

interface Used {
  /** Requests a second between the first and the last, as the sandbox saw them, as a share of the limit. */
  readonly used: number;
  readonly refused: number;
  readonly max: number;
}

/** Does something, and says what of the limit was used meanwhile. */
async function during(world: BenchWorld, act: () => Promise<void>): Promise<Used> {
  await world.admin.resetStats();
  const from = Date.now();
  await act();
  const requests = await world.admin.requests({ platform: 'hang' });
  const times = requests.map((request) => Date.parse(request.at)).filter((at) => at >= from);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
  const { throttled, maxPerSecond } = (await world.admin.stats()).hang;
  return { used: (times.length - 1) / seconds / rate, refused: throttled, max: maxPerSecond };
}

async function runAll(world: BenchWorld, names: readonly string[]): Promise<void> {
  const ended = await Promise.all(names.map((name) => world.start(['run', name, '--json']).ended));
  for (const { code, err } of ended) if (code !== 0) throw new Error(`exit ${code}: ${err}`);
}

async function killedUnderWay(world: BenchWorld): Promise<void> {
  const killed = world.start(['run', 'one', '--json']);
  await world.admin.waitForRequests(operations / 3, { timeoutMs: 120_000 });
  killed.signal('SIGKILL');
  await killed.ended;
  await runAll(world, ['one']);
}

const bench: Bench = {
  name: 'push',
  claims: `at least 95 % of ${rate} requests/s is used without one 429; none across a kill -9, nor by three processes at once`,
  async run(say) {
    const world = await makeBenchWorld(rate, Object.fromEntries(three.map((name) => [name, pipeline(name)])));
    const tell = (what: string, { used, refused, max }: Used): void =>
      say(
        `${what.padEnd(9)} ${(used * 100).toFixed(1)} % of the limit, ${refused} x 429, at most ${max} in a second`,
      );
    try {
      world.write('one/a.csv', fileOf(0));
      const calm = await during(world, () => runAll(world, ['one']));
      tell('calm', calm);
      world.write('one/b.csv', fileOf(operations));
      const killed = await during(world, () => killedUnderWay(world));
      tell('killed', killed);
      for (const name of three) world.write(`${name}/c.csv`, fileOf(2 * operations, operations / 3));
      const shared = await during(world, () => runAll(world, three));
      tell('three', shared);
      const { repeated, effects } = await world.admin.summary();
      say(`effects   ${effects} of ${3 * operations}, ${repeated.length} applied twice`);
      return (
        calm.used >= 0.95 &&
        shared.used >= 0.85 &&
        [calm, killed, shared].every(({ refused }) => refused === 0) &&
        repeated.length === 0 &&
        effects === 3 * operations
      );
    } finally {
      await world.close();
    }
  },
};
export default bench;
