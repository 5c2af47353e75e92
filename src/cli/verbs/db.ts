import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { App } from '../../app/app.ts';
import { serverStatus, startServer, stopServer, withDatabaseUrl } from '../../app/server.ts';
import { PointferryError } from '../../ground/errors.ts';
import { type ExitCode, exit } from '../../ground/exit.ts';
import { type Context, verb } from '../command.ts';
import { withApp } from '../with-app.ts';

async function start(app: App, context: Context): Promise<ExitCode> {
  const { port, pid, started } = await startServer(app);
  context.document({ port, pid, started });
  context.say(`PostgreSQL ${started ? 'started' : 'was running'}: 127.0.0.1:${port}, pid ${pid}`);
  return exit.ok;
}

async function stop(app: App, context: Context): Promise<ExitCode> {
  const stopped = await stopServer(app);
  context.document({ stopped });
  context.say(stopped ? 'PostgreSQL stopped' : 'PostgreSQL was not running');
  return exit.ok;
}

async function status(app: App, context: Context): Promise<ExitCode> {
  const { folder, ...now } = serverStatus(app);
  context.document(now);
  context.say(
    `PostgreSQL ${now.version ?? ''} in ${folder}: ${now.state}${now.port ? `, port ${now.port}` : ''}`,
  );
  context.say(`log ${now.logFile}`);
  return exit.ok;
}

/** psql is not in the package; the machine's own is used. The password goes by the environment, not the command line. */
const psql = (app: App, context: Context): Promise<ExitCode> =>
  withDatabaseUrl(app, async (named) => {
    const url = new URL(named);
    const password = decodeURIComponent(url.password);
    url.password = '';
    const env = { ...context.env, PGPASSWORD: password };
    const child = spawn('psql', [url.href], { stdio: 'inherit', env });
    try {
      const [code] = (await once(child, 'exit')) as [number | null];
      return code === 0 ? exit.ok : exit.fatal;
    } catch {
      throw new PointferryError('CONFIG_USAGE', 'psql is not installed on this machine', {
        hint: 'install the PostgreSQL client (Debian: postgresql-client)',
      });
    }
  });

const actions: Readonly<Record<string, (app: App, context: Context) => Promise<ExitCode>>> = {
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
    return withApp(context, (app) => action(app, context));
  },
});
export default command;
