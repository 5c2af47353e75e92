import { migrateDatabase } from '../../app/health.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'The only verb that changes the schema of a server named by DATABASE_URL. Run it once per new version, as the role that owns the schema. The embedded database is migrated without it.',
  positionals: [0, 0],
  examples: [
    ['pointferry migrate --dry-run', 'list what would be applied'],
    ['pointferry migrate', 'apply it'],
  ],
  options: {},
  run: (context) =>
    withApp(context, async (app) => {
      const { dryRun } = context;
      const { database, ...done } = await migrateDatabase(app, { dryRun });
      context.document({ database, dryRun, ...done });
      const { migrations, functions } = done;
      const what = [...migrations, ...(functions.length > 0 ? [`${functions.length} functions`] : [])];
      const applied = dryRun ? 'would apply' : 'applied';
      context.say(`${database}: ${what.length === 0 ? 'up to date' : `${applied} ${what.join(', ')}`}`);
      return exit.ok;
    }),
});
export default command;
