/**
 * The sandbox as a process of its own, which tests can kill: `node src/sandbox/main.ts --journal FILE`. Prints one
 * JSON line `{"url": …}` when it listens; SIGTERM and SIGINT close it.
 */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';
import { checkFaults } from './fault-check.ts';
import { parseExact } from './json.ts';
import type { SandboxOptions, Seeds } from './options.ts';
import { startSandbox } from './server.ts';
import type { SwitchChanges } from './switches.ts';

const usage =
  'node src/sandbox/main.ts --journal FILE [--port N] [--host H] [--rate LIMIT/MS ...] [--rates JSON] ' +
  '[--switches JSON] [--seeds FILE] [--faults FILE] [--seed N] [--auto-members]';

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Switches that make the sandbox take unknown members and programs, for trying things by hand. */
const lenient: SwitchChanges = {
  hang: { autoMembers: true },
  fabric: { autoMembers: true },
  stickystreet: { autoPrograms: true },
};

/** `50/1000` is a window of 50 requests in 1,000 ms, for each platform. */
function ratesOf(texts: readonly string[]): SandboxOptions['rates'] {
  if (texts.length === 0) return {};
  const windows = texts.map((text) => {
    const [limit = Number.NaN, perMs = Number.NaN] = text.split('/').map(Number);
    if (!(limit >= 0 && perMs > 0))
      throw new PointferryError('CONFIG_USAGE', `--rate ${text}`, { hint: usage });
    return { limit, perMs };
  });
  return { hang: { windows }, fabric: { windows }, stickystreet: { windows } };
}

function optionsOf(args: readonly string[]): SandboxOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      journal: { type: 'string' },
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      rate: { type: 'string', multiple: true, default: [] },
      rates: { type: 'string' },
      switches: { type: 'string' },
      seeds: { type: 'string' },
      faults: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'auto-members': { type: 'boolean', default: false },
    },
  });
  if (values.journal === undefined)
    throw new PointferryError('CONFIG_USAGE', '--journal is missing', { hint: usage });
  const asked = JSON.parse(values.switches ?? '{}') as SwitchChanges;
  return {
    journal: values.journal,
    port: Number(values.port),
    host: values.host,
    seed: Number(values.seed),
    rates: { ...ratesOf(values.rate), ...(JSON.parse(values.rates ?? '{}') as SandboxOptions['rates']) },
    switches: values['auto-members'] ? merge(lenient, asked) : asked,
    faults: values.faults === undefined ? [] : checkFaults(readJson(values.faults)),
    seeds:
      values.seeds === undefined ? {} : (parseExact(readFileSync(values.seeds, 'utf8')) as unknown as Seeds),
  };
}

const merge = (a: SwitchChanges, b: SwitchChanges): SwitchChanges => ({
  hang: { ...a.hang, ...b.hang },
  fabric: { ...a.fabric, ...b.fabric },
  stickystreet: { ...a.stickystreet, ...b.stickystreet },
});

try {
  const sandbox = await startSandbox(optionsOf(process.argv.slice(2)));
  process.stdout.write(`${JSON.stringify({ url: sandbox.url })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());
} catch (error) {
  const known = error instanceof PointferryError;
  process.stderr.write(`${known ? `${error.code}: ${error.message}\n${error.hint}` : String(error)}\n`);
  process.exitCode = known ? error.exitCode : exit.usage;
}
