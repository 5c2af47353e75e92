/** What all parts of the suite share: how much of it is run, from which seed, and how a story is told. */

import { repository } from '../world/cli.ts';
import { type PipelineName, pipelines } from './inputs.ts';
import { type Expected, violations } from './oracles.ts';
import type { Server } from './server.ts';
import { makeWorld, type World, type WorldOptions } from './world.ts';

/** `core`: a minute or two, in `npm test`. `short`: under 25 minutes. `long`: hours. */
export type Form = 'core' | 'short' | 'long';

export interface Suite {
  readonly form: Form;
  readonly seed: number;
  readonly server: Server;
  /** Whose src/ is run: the repository, or a copy with a guard broken. */
  readonly root: string;
  /** Keeps folder and database of a story that failed. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
  /** Stories told at once. */
  readonly jobs: number;
  /** Only this one of a part; null: all. */
  readonly story: number | null;
}

export interface Failure {
  readonly story: number;
  readonly words: readonly string[];
}

export interface Part {
  readonly name: string;
  rounds: number;
  readonly failures: Failure[];
  /** What else is worth printing: how often what happened. */
  readonly counts: Record<string, number>;
}

export const newPart = (name: string): Part => ({ name, rounds: 0, failures: [], counts: {} });

export function count(part: Part, what: string, by = 1): void {
  part.counts[what] = (part.counts[what] ?? 0) + by;
}

export const by = <T>(suite: Pick<Suite, 'form'>, amounts: Readonly<Record<Form, T>>): T =>
  amounts[suite.form];

export const suiteOf = (server: Server, form: Form, seed: number): Suite => ({
  form,
  seed,
  server,
  root: repository,
  keep: process.env.POINTFERRY_FAULTS_KEEP === '1',
  say: (line) => void process.stderr.write(`${line}\n`),
  jobs: form === 'core' ? 2 : 3, // one of three waits: for a limit, a lease, a doubt that rests
  story: null,
});

/**
 * Tells a story for each, `jobs` at a time, or the asked one only. Items carry their number: with the suite's seed it
 * says all that is needed to tell the same story again. False from `tell` begins no more.
 */
export async function each<T>(
  suite: Pick<Suite, 'jobs' | 'story'>,
  items: Iterable<readonly [number, T]>,
  tell: (item: T, n: number) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let over = false;
  const work = async (): Promise<void> => {
    while (!over) {
      const { value, done } = left.next();
      if (done) return;
      const [n, item] = value;
      if (suite.story !== null && n > suite.story) return;
      if (suite.story !== null && n < suite.story) continue;
      if ((await tell(item, n)) === false) over = true;
    }
  };
  await Promise.all(Array.from({ length: suite.jobs }, work));
}

/**
 * One story in a world of its own, the `n`th of its part, whose seed is the suite's plus `n`. What `tell` gives is
 * wrong with it; so is anything it throws.
 */
export const story = (
  suite: Suite,
  part: Part,
  options: Omit<WorldOptions, 'server' | 'root' | 'seed'> & { readonly n: number },
  tell: (world: World) => Promise<readonly string[]>,
  label = '',
): Promise<void> => {
  const { server, root } = suite;
  const make = () => makeWorld({ ...options, seed: suite.seed + options.n, server, root });
  return storyIn(suite, part, { n: options.n, label, make }, tell);
};

interface Kept {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly close: (keep?: boolean) => Promise<void>;
}

/** The same in whatever `make` makes. */
export async function storyIn<W extends Kept>(
  suite: Suite,
  part: Part,
  { n, label, make }: { readonly n: number; readonly label: string; readonly make: () => Promise<W> },
  tell: (world: W) => Promise<readonly string[]>,
): Promise<void> {
  const begun = performance.now();
  let world: W | undefined;
  let words: readonly string[];
  try {
    world = await make();
    words = await tell(world);
  } catch (error) {
    words = [`threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
  const failed = words.length > 0;
  await world?.close(failed && suite.keep);
  if (failed) part.failures.push({ story: n, words });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const name = `--part ${part.name} --seed ${suite.seed} --story ${n}  ${label}`;
  suite.say(`${failed ? 'FAILED' : 'ok'}  ${name}  ${seconds} s`);
  for (const each of words.slice(0, 12)) suite.say(`        ${each}`);
  if (failed && suite.keep) suite.say(`        kept: ${world?.folder} ${world?.databaseUrl}`);
}

/** Runs pipelines again, without further harm, until every one has ended by itself with nothing left to do. */
export async function untilDone(world: World, which: readonly PipelineName[] = pipelines): Promise<string[]> {
  let left: readonly PipelineName[] = which;
  for (let turn = 0; turn < 4; turn++) {
    const ended = await Promise.all(left.map(async (name) => ({ name, ended: await world.run(name).ended })));
    left = ended
      .filter(({ name, ended: { code } }) => code !== world.inputs.exitCode[name] && code !== 0)
      .map(({ name }) => name);
    if (left.length === 0) return [];
  }
  const last = world.ends
    .slice(-left.length)
    .map((end) => `${end.words} ${end.code}: ${end.stderr.slice(-400)}`);
  return [`still not done after four runs: ${left.join(', ')}`, ...last];
}

export interface Rest {
  /**
   * The members that were missing: they come once all else is done; they came already; they stay away. Default: they
   * come where the story's seed is divisible by four, since that takes as long again.
   */
  readonly late?: 'comes' | 'came' | 'stays';
  /** Pipelines that have not ended as they should; default all that take part. */
  readonly open?: readonly PipelineName[];
}

/** Finished: as the inputs say; also once the members that were missing have come. Then nothing is left to send. */
export async function toTheEnd(
  world: World,
  expected: Omit<Expected, 'finished' | 'late'> = {},
  { late = world.inputs.seed % 4 === 0 ? 'comes' : 'stays', open }: Rest = {},
): Promise<string[]> {
  const which = expected.only ?? pipelines;
  const wrong = await untilDone(world, open ?? which);
  if (late !== 'came') {
    wrong.push(...(await violations(world, { ...expected, finished: true })));
    if (wrong.length > 0) return wrong;
    if (late === 'stays') return sendsNothing(world, which);
    await world.addMembers(world.inputs.lateCrosswalk);
    wrong.push(...(await untilDone(world, which)));
  }
  wrong.push(...(await violations(world, { ...expected, finished: true, late: true })));
  return wrong.length > 0 ? wrong : sendsNothing(world, which);
}

/** Everything once more: no request, and nothing to do for anybody. */
export async function sendsNothing(world: World, which: readonly PipelineName[]): Promise<string[]> {
  const requests = async (): Promise<number> => (await world.admin.stats()).hang.requests;
  const before = await requests();
  const codes = await Promise.all(which.map(async (name) => (await world.run(name).ended).code));
  const sent = (await requests()) - before;
  const wrong = sent === 0 ? [] : [`a second run of finished work sent ${sent} requests`];
  if (codes.some((code) => code !== 0)) wrong.push(`a second run of finished work ended ${codes.join(', ')}`);
  return wrong;
}
