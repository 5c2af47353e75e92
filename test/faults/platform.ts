/** What platforms, networks and clocks do: answers that never come, come broken, come late, or say no for a while. */
import path from 'node:path';
import type { Fault } from '../../src/sandbox/faults.ts';
import { pipelines } from './inputs.ts';
import { violations } from './oracles.ts';
import { by, each, newPart, type Part, type Suite, story, toTheEnd, untilDone } from './suite.ts';
import { tokenExpiry } from './tokens.ts';
import type { World } from './world.ts';

interface Scene {
  readonly name: string;
  readonly faults: readonly Fault[];
  /** 429 answers may come of the faults. */
  readonly throttles?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Loaded before the importer. */
  readonly preload?: string;
  /** What must hold besides, once all three have run once. */
  readonly also?: (world: World) => Promise<string[]>;
  readonly core?: boolean;
}

const hang = { platform: 'hang' } as const;
/** A short deadline, so that what never ends does not take the whole test. */
const impatient = { POINTFERRY_LEASE_MS: '4500', POINTFERRY_HEARTBEAT_MS: '500' };

function scenes(suite: Suite): Scene[] {
  const stormMs = by(suite, { core: 3_000, short: 10_000, long: 120_000 });
  return [
    {
      name: 'applied, then cut',
      faults: [{ ...hang, share: 0.25, do: { kind: 'cut', applied: true, reset: true } }],
      core: true,
    },
    {
      name: 'cut before it is applied',
      faults: [{ ...hang, share: 0.25, do: { kind: 'cut', applied: false, reset: true } }],
    },
    {
      name: '429 storm',
      faults: [{ ...hang, afterMs: 200, forMs: stormMs, do: { kind: 'throttle', retryAfter: 1 } }],
      throttles: true,
      also: (world) => calmInStorm(world, stormMs),
    },
    {
      name: '30 % of 5xx',
      faults: [
        { ...hang, share: 0.2, do: { kind: 'status', status: 503 } },
        { ...hang, share: 0.1, do: { kind: 'status', status: 500, applied: true } },
      ],
    },
    {
      name: 'dripping bodies',
      faults: [{ ...hang, nth: [2, 9, 17], do: { kind: 'drip', everyMs: 700 } }],
      env: impatient,
    },
    {
      name: 'silence, applied or not',
      faults: [
        { ...hang, nth: [3], do: { kind: 'silence', applied: true } },
        { ...hang, nth: [11], do: { kind: 'silence' } },
      ],
      env: impatient,
    },
    {
      name: '200 that cannot be understood',
      faults: [
        { ...hang, share: 0.1, do: { kind: 'malformed' } },
        { ...hang, share: 0.1, do: { kind: 'truncated' } },
        { ...hang, share: 0.1, do: { kind: 'empty', applied: false } },
        { ...hang, share: 0.1, do: { kind: 'html' } },
      ],
    },
    {
      name: 'credentials refused for a while',
      faults: [{ ...hang, skip: 4, count: 3, do: { kind: 'status', status: 401 } }],
      also: stoppedByCredentials,
    },
    { name: 'a redirect', faults: [{ ...hang, nth: [5], do: { kind: 'redirect' } }] },
    {
      name: 'a clock that leaps',
      faults: [
        { ...hang, share: 0.1, do: { kind: 'throttle', retryAfter: { date: 1 } } },
        { ...hang, share: 0.1, do: { kind: 'cut', applied: true, reset: true } },
      ],
      throttles: true,
      preload: path.join(import.meta.dirname, 'clock-hook.ts'),
    },
    {
      name: 'down for a while',
      faults: [{ ...hang, skip: 10, forMs: 4_000, do: { kind: 'status', status: 503 } }],
    },
  ];
}

export async function platform(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('platform');
  const wanted = scenes(suite).filter((scene) => suite.form !== 'core' || scene.core === true);
  const repeats = rounds ?? by(suite, { core: 1, short: 1, long: 25 });
  const all = Array.from({ length: repeats }, () => wanted).flat();
  await each(suite, all.entries(), async (scene, n) => {
    const { faults, env = {} } = scene;
    const options = { n, rate: 100, size: { members: 6, each: 16 }, faults, env };
    await story(suite, part, options, (world) => sceneStory(world, scene), scene.name);
    part.rounds += 1;
  });
  if (suite.form !== 'core') {
    const expiries = Array.from({ length: repeats }, (_none, i): [number, null] => [all.length + i, null]);
    await each({ ...suite, jobs: 1 }, expiries, async (_none, n) => {
      await tokenExpiry(suite, part, n);
      part.rounds += 1;
    });
  }
  return part;
}

async function sceneStory(world: World, { throttles, also, preload }: Scene): Promise<string[]> {
  const expected = throttles ? ({ throttled: 'any' } as const) : {};
  const how = preload === undefined ? {} : { preload };
  await Promise.all(pipelines.map((name) => world.run(name, how).ended));
  const wrong = await violations(world, { ...expected, finished: false });
  wrong.push(...((await also?.(world)) ?? []));
  if (wrong.length > 0) return wrong;
  // faults of a share stay: what is in doubt is sent again until it is known, and doubt ends too
  return toTheEnd(world, expected);
}

/** One 429 pauses all three processes: some requests at each end of a pause, not a stream of them. No attempt counts. */
async function calmInStorm(world: World, stormMs: number): Promise<string[]> {
  const { hang: stats } = await world.admin.stats();
  const pauses = stormMs / 1_000 + 2;
  const wrong: string[] = [];
  if (stats.throttled > pauses * 10)
    wrong.push(`${stats.throttled} requests were refused in ${pauses} pauses`);
  const counted = await world.query<{ n: string }>(
    'select count(*) as n from pointferry.operation where attempts > 1',
  );
  if (Number(counted[0]?.n) > 0) wrong.push(`${counted[0]?.n} operations count a 429 as an attempt`);
  return wrong;
}

/** The first 401 stops the account for all; rows wait, nothing is failed. */
async function stoppedByCredentials(world: World): Promise<string[]> {
  const { hang: stats } = await world.admin.stats();
  const refused = stats.byStatus['401'] ?? 0;
  const failed = await world.query(`select 1 from pointferry.operation where state in ('failed', 'unknown')`);
  const wrong: string[] = [];
  if (failed.length > 0) wrong.push(`${failed.length} operations are given up because of a 401`);
  if (refused < 1 || refused > 3) wrong.push(`${refused} requests with refused credentials`);
  return [...wrong, ...(await untilDone(world))];
}
