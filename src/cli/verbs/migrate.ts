import { databaseFor } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { exit } from '../../ground/errors.ts';
import type { Command } from '../command.ts';

const command: Command = {
  name: 'migrate',
  summary: 'Brings the schema of the database to this version; the only verb that changes it.',
  usage: '',
  positionals: [0, 0],
  examples: [
    ['pointferry migrate --dry-run', 'what would be applied'],
    ['DATABASE_URL=postgres://... pointferry migrate', 'once per new version, as the owner role'],
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
};
export default command;
