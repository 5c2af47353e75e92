/**
 * Do the tests notice? Each guard is broken on purpose, in a copy of src/ and sql/, and what should catch it is run
 * against the copy: it must go red. A guard whose text has changed fails too, so that this list stays true.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Fault } from '../../src/sandbox/faults.ts';
import { repository } from '../world/cli.ts';
import { halfOpen } from './half-open.ts';
import { pipelines } from './inputs.ts';
import { ledger } from './ledger.ts';
import { violations } from './oracles.ts';
import { people } from './people.ts';
import { stoppedAt } from './races.ts';
import { count, each, newPart, type Part, type Suite, story, toTheEnd } from './suite.ts';
import type { World } from './world.ts';

interface Change {
  readonly file: string;
  readonly find: RegExp;
  readonly put: string;
}

interface Guard {
  readonly name: string;
  readonly changes: readonly Change[];
  /** Gives what it noticed; nothing at all when the guard holds. */
  readonly noticed: (suite: Suite) => Promise<readonly string[]>;
}

const hang = { platform: 'hang' } as const;
const small = { members: 4, each: 10 };

/** One story under these faults, on the suite's root. */
async function told(
  suite: Suite,
  faults: readonly Fault[],
  tell: (world: World) => Promise<readonly string[]>,
  rate = 100,
): Promise<readonly string[]> {
  const part = newPart('guard');
  const quiet = { ...suite, say: () => undefined, keep: false };
  await story(quiet, part, { n: 0, rate, size: small, faults }, tell);
  return part.failures.flatMap(({ words }) => words);
}

/** One scene of another part, by its number, on the suite's root. */
async function scene(
  suite: Suite,
  part: (suite: Suite) => Promise<Part>,
  number: number,
): Promise<readonly string[]> {
  const { failures } = await part({ ...suite, story: number, say: () => undefined, keep: false });
  return failures.flatMap(({ words }) => words);
}

/** All three once, bounded: what is broken may well never end. */
async function once(world: World): Promise<readonly string[]> {
  await Promise.all(pipelines.map((name) => world.run(name, { boundMs: 25_000 }).ended));
  const wrong = await violations(world, { finished: false });
  return wrong.length > 0 ? wrong : toTheEnd(world);
}

const guards: readonly Guard[] = [
  {
    name: 'no fencing check',
    changes: [
      {
        file: 'sql/push/settle.sql',
        find: /and lane\.in_flight = answered\.operation and lane\.token = :token/,
        put: 'and (lane.token = :token or true)',
      },
    ],
    noticed: (suite) => told(suite, [], (world) => stoppedAt(world, 'web', 'push/after-send', 1), 40),
  },
  {
    name: 'marked before it is sent',
    changes: [
      {
        file: 'src/push/answer/attempt.ts',
        find: /( {4}const \{ reply, generation \} = await exchange\()/,
        put: `    const said = { status: 200, headers: {}, body: '', truncated: false };
    context.settle(settledOf(context, armed, { reply: { got: 'answer', answer: said, ms: 0 }, judged: { outcome: 'delivered' }, probe, stop: null, throttles: 0 }));
$1`,
      },
    ],
    noticed: (suite) => told(suite, [{ ...hang, share: 0.3, do: { kind: 'cut', applied: false } }], once),
  },
  {
    name: 'a new key on resend',
    changes: [
      {
        file: 'src/push/work/intent.ts',
        find: /build\(each, sending\)/,
        put: "build(each.doubtful ? { ...each, key: each.key + '-again' } : each, sending)",
      },
      { file: 'sql/push/intend.sql', find: /first_sent on held\.again/, put: 'first_sent on false' },
    ],
    noticed: (suite) => told(suite, [{ ...hang, share: 0.3, do: { kind: 'cut', applied: true } }], once),
  },
  {
    name: 'a dead connection given back',
    changes: [
      {
        file: 'src/db/pool.ts',
        find: /raw\.release\(unfit\);[\s\S]*?else raw\.off\('error', listen\);/,
        put: "raw.release(); raw.off('error', listen);",
      },
    ],
    noticed: (suite) => halfOpen(suite.root, suite.server),
  },
  {
    name: 'claims without lanes',
    changes: [
      { file: 'sql/push/lock-lanes.sql', find: / and lane\.in_flight is null/, put: '' },
      { file: 'sql/push/take-lanes.sql', find: / and lane\.in_flight is null/, put: '' },
    ],
    noticed: (suite) => told(suite, [{ ...hang, do: { kind: 'latency', ms: 20, spreadMs: 400 } }], once),
  },
  {
    name: 'permits in memory only',
    changes: [
      {
        file: 'src/push/pace/permits.ts',
        find: /const \{ startMs \} = await runOne[\s\S]*?\}\);/,
        put: `void runOne;
  const startMs = Math.max(inMemory.at, nowMs + leadMs);
  inMemory.at = startMs + permits * everyMs;`,
      },
      {
        file: 'src/push/pace/permits.ts',
        find: /(async function book\()/,
        put: 'const inMemory = { at: 0 };\n$1',
      },
    ],
    noticed: (suite) => told(suite, [], once, 20),
  },
  {
    name: 'a refusal of a resend believed',
    changes: [
      {
        file: 'src/push/answer/settlement.ts',
        find: /if \(!work\.doubtful \|\| work\.kind\.nature === 'state'\) return draft;/,
        put: 'if (work) return draft;',
      },
    ],
    noticed: (suite) => scene(suite, people, 0),
  },
  {
    name: 'a restored ledger not noticed',
    changes: [
      {
        file: 'src/ledger/position/check.ts',
        find: /if \(behind !== null\) throw/,
        put: "if (behind === '') throw",
      },
    ],
    noticed: (suite) => scene(suite, ledger, 2),
  },
];

export async function guard(suite: Suite, rounds = guards.length): Promise<Part> {
  const part = newPart('guards');
  await each(suite, guards.slice(0, rounds).entries(), async (one, n) => {
    const { wrong, noticed } = await broken(suite, one);
    if (wrong.length > 0) part.failures.push({ story: n, words: wrong });
    suite.say(`${wrong.length > 0 ? 'FAILED' : 'ok'}  --part guards --story ${n}  ${one.name}`);
    for (const word of wrong.length > 0 ? wrong : noticed.slice(0, 2))
      suite.say(`        ${word.slice(0, 300)}`);
    part.rounds += 1;
    count(part, one.name);
  });
  return part;
}

/** Whole, nothing may be noticed; broken, something must be. */
async function broken(
  suite: Suite,
  guarded: Guard,
): Promise<{ readonly wrong: string[]; readonly noticed: readonly string[] }> {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'pointferry-faults-guard-'));
  try {
    const before = await guarded.noticed(suite);
    copyOf(suite.root, copy);
    for (const change of guarded.changes) apply(copy, change);
    const noticed = await guarded.noticed({ ...suite, root: copy });
    const wrong = before.map((word) => `red although nothing was broken: ${word}`);
    if (noticed.length === 0) wrong.push('nothing went red');
    return { wrong, noticed };
  } catch (error) {
    return { wrong: [`${guarded.name}: ${String(error)}`], noticed: [] };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function copyOf(root: string, to: string): void {
  for (const name of ['src', 'sql', 'package.json']) {
    cpSync(path.join(root, name), path.join(to, name), { recursive: true });
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(to, 'node_modules'));
}

function apply(root: string, { file, find, put }: Change): void {
  const full = path.join(root, file);
  const text = readFileSync(full, 'utf8');
  const changed = text.replace(find, put);
  if (changed === text) throw new Error(`${file}: ${find} is not there any more`);
  writeFileSync(full, changed);
}
