import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accountVariables } from '../../demo/place.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { checkFaults } from '../../sandbox/fault-check.ts';
import type { RateLimit } from '../../sandbox/options.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { verb } from '../command.ts';
import { count, file, flag } from '../options.ts';

/** People try ids of their own: unknown members and programs are created, unless --strict is set. */
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

/** One line a platform: what the sample accounts read, to be typed into another shell. */
function exportLines(url: string): string[] {
  const variables = Object.entries(accountVariables(url)).map(([name, value]) => `${name}=${value}`);
  return ['HANG_', 'FABRIC_', 'STICKYSTREET_'].map(
    (platform) => `  export ${variables.filter((each) => each.startsWith(platform)).join(' ')}`,
  );
}

const command = verb({
  description:
    'Serves Hang, Sticky Street and fabric stand-ins until Ctrl-C and prints the variables to export. GET /_admin/effects shows what was applied. Unknown members and programs are created unless you add --strict.',
  positionals: [0, 0],
  examples: [
    ['pointferry sandbox --port 8080', 'on a fixed port'],
    ['pointferry sandbox --faults faults.json', 'with faults on demand: src/sandbox/README.md'],
  ],
  options: {
    port: count('port to listen on (default: any free port)', { expected: 'a port', most: 65_535 }),
    faults: file('JSON file of faults to play'),
    journal: file('file that keeps what was applied (default: sandbox/journal.jsonl in the work folder)'),
    rate: count('requests per second and platform (default 50)', { expected: 'requests a second' }),
    strict: flag('refuse members and programs that were not seeded'),
  },
  async run(context) {
    const { flags } = context;
    const journal = flags.journal ?? join(context.workdir, 'sandbox', 'journal.jsonl');
    mkdirSync(dirname(journal), { recursive: true, mode: 0o700 });
    const rate: RateLimit = { windows: [{ limit: flags.rate ?? 50, perMs: 1000 }] };
    const sandbox = await startSandbox({
      journal,
      port: flags.port ?? 0,
      faults: faultsOf(flags.faults),
      rates: { hang: rate, fabric: rate, stickystreet: rate },
      switches: flags.strict ? {} : lenient,
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
});
export default command;
