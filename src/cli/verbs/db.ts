import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { databaseUrl } from '../../db/database.ts';
import { embeddedStatus, startEmbedded, stopEmbedded } from '../../db/embedded/embedded.ts';
import { type ExitCode, exit, PointferryError } from '../../ground/errors.ts';
import { type Context, verb } from '../command.ts';

const folder = (context: Context): string => join(context.workdir, 'postgres');

async function start(context: Context): Promise<ExitCode> {
  const server = await startEmbedded({ dir: folder(context), env: { ...context.env } });
  server.release();
  context.document({ port: server.port, pid: server.pid, started: server.started });
  context.say(
    `PostgreSQL ${server.started ? 'started' : 'was running'}: 127.0.0.1:${server.port}, pid ${server.pid}`,
  );
  return exit.ok;
}

async function stop(context: Context): Promise<ExitCode> {
  const stopped = await stopEmbedded(folder(context));
  context.document({ stopped });
  context.say(stopped ? 'PostgreSQL stopped' : 'PostgreSQL was not running');
  return exit.ok;
}

async function status(context: Context): Promise<ExitCode> {
  const now = await embeddedStatus(folder(context));
  context.document(now);
  context.say(
    `PostgreSQL ${now.version ?? ''} in ${folder(context)}: ${now.state}${now.port ? `, port ${now.port}` : ''}`,
  );
  context.say(`log ${now.logFile}`);
  return exit.ok;
}

/** psql is not in the package; the machine's own is used. The password goes by the environment, not the command line. */
async function psql(context: Context): Promise<ExitCode> {
  const named = databaseUrl({ ...context.env });
  const server = named ? null : await startEmbedded({ dir: folder(context), env: { ...context.env } });
  const url = new URL(named ?? server?.url ?? '');
  const password = decodeURIComponent(url.password);
  url.password = '';
  const child = spawn('psql', [url.href], {
    stdio: 'inherit',
    env: { ...context.env, PGPASSWORD: password },
  });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0 ? exit.ok : exit.fatal;
  } catch {
    throw new PointferryError('CONFIG_USAGE', 'psql is not installed on this machine', {
      hint: 'install the PostgreSQL client (Debian: postgresql-client)',
    });
  } finally {
    server?.release();
  }
}

const actions: Readonly<Record<string, (context: Context) => Promise<ExitCode>>> = {
  start,
  stop,
  status,
  psql,
};

const command = verb({
  description:
    'Without DATABASE_URL, Pointferry uses a PostgreSQL server of its own in the work folder. It starts when it is needed and stops when it is idle. db psql opens the database in use, also that of DATABASE_URL.',
  positionals: [1, 1],
  examples: [
    ['pointferry db status', 'whether the server runs and on which port'],
    ['pointferry db start', 'start it now'],
    ['pointferry db stop', 'stop it'],
    ['pointferry db psql', 'read the database by hand; the tables are in schema pointferry'],
  ],
  options: {},
  async run(context) {
    const action = actions[context.args[0] ?? ''];
    if (!action) throw new PointferryError('CONFIG_USAGE', `db: expected ${Object.keys(actions).join(', ')}`);
    return action(context);
  },
});
export default command;
