import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { accountVariables } from '../../demo/place.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { checkFaults } from '../../sandbox/fault-check.ts';
import type { RateLimit } from '../../sandbox/options.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type Command, type Flags, text, yes } from '../command.ts';

/** A person tries things with ids of their own: unknown members and programs are made, unless --strict. */
const lenient = {
  hang: { autoMembers: true },
  fabric: { autoMembers: true },
  stickystreet: { autoPrograms: true },
};

function faultsOf(file: string | undefined): ReturnType<typeof checkFaults> {
  if (file === undefined) return [];
  try {
    return checkFaults(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof PointferryError) throw error;
    throw new PointferryError('CONFIG_USAGE', '--faults: the file is not there, or is no JSON', {
      where: { file },
    });
  }
}

function rateOf(flags: Flags): RateLimit {
  const limit = Number(text(flags, 'rate') ?? 50);
  if (!Number.isInteger(limit) || limit < 1)
    throw new PointferryError('CONFIG_USAGE', '--rate: expected requests a second');
  return { windows: [{ limit, perMs: 1000 }] };
}

/** One line a platform: what the sample accounts read, to be typed into another shell. */
function exportLines(url: string): string[] {
  const variables = Object.entries(accountVariables(url)).map(([name, value]) => `${name}=${value}`);
  return ['HANG_', 'FABRIC_', 'STICKYSTREET_'].map(
    (platform) => `  export ${variables.filter((each) => each.startsWith(platform)).join(' ')}`,
  );
}

const command: Command = {
  name: 'sandbox',
  summary: 'The stand-in platforms (Hang, Sticky Street, fabric) as a server on this machine, until Ctrl-C.',
  usage: '',
  positionals: [0, 0],
  examples: [
    ['pointferry sandbox --port 8080', 'what was applied: GET /_admin/effects'],
    ['pointferry sandbox --faults faults.json', 'with 429s, resets and worse: src/sandbox/README.md'],
  ],
  options: {
    port: { type: 'string', value: 'N', help: 'default: any free port' },
    faults: { type: 'string', value: 'F', help: 'a JSON file of faults on demand' },
    journal: {
      type: 'string',
      value: 'F',
      help: 'default: sandbox/journal.jsonl in the work folder; replayed at start',
    },
    rate: { type: 'string', value: 'N', help: 'requests a second per platform (default 50)' },
    strict: { type: 'boolean', help: 'refuse members and programs that were not seeded' },
  },
  async run(context) {
    const { flags } = context;
    const journal = resolve(text(flags, 'journal') ?? join(context.workdir, 'sandbox', 'journal.jsonl'));
    mkdirSync(dirname(journal), { recursive: true, mode: 0o700 });
    const rate = rateOf(flags);
    const sandbox = await startSandbox({
      journal,
      port: Number(text(flags, 'port') ?? 0),
      faults: faultsOf(text(flags, 'faults')),
      rates: { hang: rate, fabric: rate, stickystreet: rate },
      switches: yes(flags, 'strict') ? {} : lenient,
    });
    context.document({ url: sandbox.url, journal });
    context.say(`sandbox ${sandbox.url}   journal ${journal}   Ctrl-C ends it`);
    for (const line of exportLines(sandbox.url)) context.say(line);
    await new Promise<void>((done) => {
      if (context.signal.aborted) done();
      context.signal.addEventListener('abort', () => done(), { once: true });
    });
    await sandbox.close();
    return exit.ok;
  },
};
export default command;
