/**
 * The Nth I/O: statements, commits, requests and files are counted by one counter, and the Nth fails (or the process
 * dies there), before or after it took effect; N = 1, 2, 3 ... until a run ends with no fault fired.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { below, random } from '../support/random.ts';
import type { EdgeOrder, EdgeReport } from './edge.ts';
import type { PipelineName } from './inputs.ts';
import { violations } from './oracles.ts';
import {
  count,
  each,
  newPart,
  type Part,
  type Suite,
  sendsNothing,
  story,
  toTheEnd,
  untilDone,
} from './suite.ts';
import type { World } from './world.ts';

const hook = path.join(import.meta.dirname, 'edges-hook.ts');

type Plan = Pick<EdgeOrder, 'n' | 'kind' | 'act' | 'when'> & { readonly pipeline: PipelineName };

type Sweep = Omit<Plan, 'n'> & {
  /** Not each, but each so manieth. */
  readonly step?: number;
};

/** Where the folder of the pipelines cannot be read. */
const exitConfig = 78;

/** More than any run of so few rows has. */
const most = 1_500;
/** Stories of a sweep are numbered from here on, so that a number says sweep and edge. */
const perSweep = 100_000;

export async function edges(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('edges');
  const sweeps: Sweep[] = [
    { pipeline: 'tills', kind: 'any', act: 'fail', when: 'after' },
    { pipeline: 'people', kind: 'any', act: 'fail', when: 'before', step: 23 },
    { pipeline: 'web', kind: 'commit', act: 'kill', when: 'before' },
    { pipeline: 'people', kind: 'commit', act: 'kill', when: 'after', step: 4 },
    { pipeline: 'tills', kind: 'sql', act: 'full', when: 'before', step: 11 },
  ];
  const long: Sweep[] = (['tills', 'web', 'people'] as const).flatMap((pipeline) =>
    (['fail', 'kill', 'full'] as const).flatMap((act) =>
      (act === 'full' ? (['before'] as const) : (['before', 'after'] as const)).map((when) => ({
        pipeline,
        kind: act === 'full' ? ('sql' as const) : ('any' as const),
        act,
        when,
      })),
    ),
  );
  for (const [i, sweep] of (suite.form === 'long' ? long : sweeps).entries()) {
    const plans = Array.from({ length: rounds ?? most }, (_none, k) => k * (sweep.step ?? 1) + 1);
    const numbered = plans.map((n): [number, Plan] => [i * perSweep + n, { ...sweep, n }]);
    await each(suite, numbered, (plan, story) => edgeStory(suite, part, plan, story));
  }
  return part;
}

/** Seeded edges of all pipelines, one life after the other in one world. */
export async function edgeChain(suite: Suite, rounds = 10): Promise<Part> {
  const part = newPart('edges');
  const options = { n: 0, size: { members: 4, each: 8 }, rate: 40 };
  await story(suite, part, options, async (world) => {
    let overtaken = false;
    for (const plan of seeded(suite.seed, rounds)) {
      const { fired } = await struck(world, plan);
      if (fired !== null) part.rounds += 1;
      if (fired !== null) count(part, fired.split(' ').slice(0, 3).join(' '));
      overtaken ||= isOfFile(fired);
      const wrong = await violations(world, { finished: false, codes: [exitConfig] });
      if (wrong.length > 0) return [`${plan.pipeline} ${fired ?? 'nothing struck'}`, ...wrong];
    }
    return toTheEnd(world, { codes: [exitConfig], overtaken });
  });
  return part;
}

const overcome = ({ fired, code }: Life, pipeline: PipelineName, world: World): boolean =>
  code === world.inputs.exitCode[pipeline] && !isOfFile(fired);

const isOfFile = (fired: string | null): boolean => fired?.includes(' file ') === true;

function seeded(seed: number, rounds: number): Plan[] {
  const next = random(seed);
  return Array.from({ length: rounds }, (_none, i) => ({
    pipeline: (['tills', 'web', 'people'] as const)[i % 3] ?? 'web',
    kind: 'any' as const,
    act: i % 4 === 3 ? ('kill' as const) : ('fail' as const),
    when: i % 2 === 0 ? ('after' as const) : ('before' as const),
    n: 1 + below(next, 60),
  }));
}

/** False: there is no Nth edge, the run ended without a fault. */
async function edgeStory(suite: Suite, part: Part, plan: Plan, storyNumber: number): Promise<boolean> {
  const { n, kind, act, when, pipeline } = plan;
  let fired: string | null = null;
  const label = `${pipeline} ${act} ${when} ${kind} ${n}`;
  await story(
    suite,
    part,
    { n: storyNumber, size: { members: 4, each: 7 } },
    async (world) => {
      const life = await struck(world, plan);
      fired = life.fired;
      if (fired !== null) count(part, fired.split(' ').slice(0, 3).join(' '));
      const only = [pipeline];
      const expected = { only, codes: [exitConfig], overtaken: isOfFile(fired) };
      const wrong = await violations(world, { ...expected, finished: false });
      if (wrong.length > 0) return wrong;
      const late = [
        // many faults are overcome by the very run that meets them; 1 may also say that the file was not taken
        ...(overcome(life, pipeline, world) ? [] : await untilDone(world, only)),
        ...(await violations(world, { ...expected, finished: true })),
      ];
      return n % 8 === 0 ? [...late, ...(await sendsNothing(world, only))] : late;
    },
    label,
  );
  if (fired !== null) part.rounds += 1;
  return fired !== null;
}

interface Life {
  /** What was struck; null: nothing. */
  readonly fired: string | null;
  readonly code: number | null;
}

/** Runs the pipeline once under the plan. */
async function struck(world: World, plan: Plan): Promise<Life> {
  const report = path.join(world.folder, 'edges.jsonl');
  const { n, kind, act, when } = plan;
  const order: EdgeOrder = { n, kind, act, when, folder: world.folder, report };
  const { code, stderr } = await world.run(plan.pipeline, {
    preload: hook,
    env: { POINTFERRY_FAULT_EDGE: JSON.stringify(order) },
  }).ended;
  const found = lastReport(report);
  if (found === null) throw new Error(`the hook gave no report; exit ${code}: ${stderr.slice(-500)}`);
  return { fired: found.fired, code };
}

function lastReport(file: string): EdgeReport | null {
  try {
    const line = readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
    return JSON.parse(line) as EdgeReport;
  } catch {
    return null;
  }
}
