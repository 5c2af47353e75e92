import type { App } from '../../app/app.ts';
import { definitions } from '../../app/definitions.ts';
import { status } from '../../app/reports.ts';
import { type DatabaseInUse, databaseInUse } from '../../app/server.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { packageVersion } from '../../ground/version.ts';
import { verb } from '../command.ts';
import { databaseLine, type Home, homeDocument, homeText } from '../text/home.ts';
import { withApp } from '../with-app.ts';

/** The embedded server is not started for this. */
async function lastRuns(app: App, database: DatabaseInUse): Promise<Home['runs']> {
  if ('embedded' in database && database.embedded.state !== 'running') return null;
  try {
    return await status(app);
  } catch (error) {
    if (error instanceof PointferryError) return `${error.message}; ${error.hint}`;
    throw error;
  }
}

const command = verb({
  description:
    'Shows the version, the database in use, pipelines, accounts and recent runs, and what to type next. Typing pointferry alone does the same.',
  positionals: [0, 0],
  examples: [['pointferry', 'where you are and what to type next']],
  options: {},
  run: (context) =>
    withApp(context, async (app) => {
      const used = databaseInUse(app);
      const home: Home = {
        version: packageVersion(),
        database: databaseLine(used),
        checked: await definitions(app),
        runs: await lastRuns(app, used),
      };
      context.document(homeDocument(home));
      for (const line of homeText(home, context.pipelines)) context.say(line);
      return exit.ok;
    }),
});
export default command;
