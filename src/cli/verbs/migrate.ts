import { databaseFor } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { exit } from '../../ground/errors.ts';
import { verb } from '../command.ts';

const command = verb({
  description:
    'The only verb that changes the schema of a server named by DATABASE_URL. Run it once per new version, as the role that owns the schema. The embedded database is migrated without it.',
  positionals: [0, 0],
  examples: [
    ['pointferry migrate --dry-run', 'list what would be applied'],
    ['pointferry migrate', 'apply it'],
  ],
  options: {},
  async run(context) {
    const database = await databaseFor({ workdir: context.workdir, env: { ...context.env } });
    try {
      const done = await migrate(database.db, { dryRun: context.dryRun });
      context.document({ database: database.db.label, dryRun: context.dryRun, ...done });
      const what = [
        ...done.migrations,
        ...(done.functions.length > 0 ? [`${done.functions.length} functions`] : []),
      ];
      const verb = context.dryRun ? 'would apply' : 'applied';
      context.say(`${database.db.label}: ${what.length === 0 ? 'up to date' : `${verb} ${what.join(', ')}`}`);
      return exit.ok;
    } finally {
      await database.close();
    }
  },
});
export default command;
