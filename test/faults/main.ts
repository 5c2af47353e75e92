/** `npm run test:faults`: the whole suite, or a part of it, from a seed. Prints counts; exit code 1 for any failure. */
import { parseArgs } from 'node:util';
import { crowds } from './crowd.ts';
import { database } from './database.ts';
import { deaths } from './death.ts';
import { edges } from './edges.ts';
import { guard } from './guards.ts';
import { kills } from './kills.ts';
import { ledger } from './ledger.ts';
import { nights } from './nights.ts';
import { people } from './people.ts';
import { platform } from './platform.ts';
import { points } from './points.ts';
import { race } from './races.ts';
import { startServer } from './server.ts';
import { settings } from './settings.ts';
import { type Part, type Suite, suiteOf } from './suite.ts';

const parts: Readonly<Record<string, (suite: Suite, rounds?: number) => Promise<Part>>> = {
  kills,
  points,
  edges,
  platform,
  database,
  races: race,
  nights,
  ledger,
  death: deaths,
  people,
  settings,
  crowd: crowds,
  guards: guard,
};

const usage = `npm run test:faults -- [--long] [--part ${Object.keys(parts).join('|')} ...] [--seed N] [--story N] [--rounds N] [--root DIR] [--keep]`;

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    part: { type: 'string', multiple: true, default: Object.keys(parts) },
    seed: { type: 'string' },
    story: { type: 'string' },
    rounds: { type: 'string' },
    root: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const unknown = values.part.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`no part ${unknown.join(', ')}\n${usage}\n`);
  process.exit(64);
}

const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const begun = performance.now();
const server = await startServer();
const base = suiteOf(server, values.long ? 'long' : 'short', seed);
const suite: Suite = {
  ...base,
  keep: base.keep || values.keep,
  root: values.root ?? base.root,
  story: values.story === undefined ? null : Number(values.story),
};
suite.say(`faults, ${suite.form} form, seed ${seed}`);
let failures = 0;
try {
  for (const name of values.part) {
    const from = performance.now();
    const part = await parts[name]?.(suite, values.rounds === undefined ? undefined : Number(values.rounds));
    if (!part) continue;
    failures += part.failures.length;
    const said = Object.entries(part.counts).map(([what, times]) => `${what} ${times}`);
    const seconds = Math.round((performance.now() - from) / 1000);
    process.stdout.write(
      `${part.name}: ${part.rounds} rounds, ${part.failures.length} failures, ${seconds} s (${said.join(', ')})\n`,
    );
  }
} finally {
  if (failures === 0 || !suite.keep) await server.close();
}
const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
process.stdout.write(`seed ${seed}: ${failures} failures in ${minutes} minutes\n`);
process.exit(failures === 0 ? 0 : 1);
