/** Runs that can go on by themselves, oldest first. */
import { typed } from '../db/kysely.ts';
import type { Db } from '../db/pool.ts';
import { exit } from '../ground/errors.ts';

interface Schema {
  'pointferry.run': {
    id: string;
    seq: number;
    stage: string;
    status: string;
    owner: number | null;
    exit_code: number | null;
    finished_at: Date | null;
    dismissed_at: Date | null;
  };
}

/** Interrupted ones, those stopped by something fatal or a wrong configuration, and those held by a process that may be dead; not what a person has given up. */
export async function openRuns(db: Db): Promise<string[]> {
  const runs = await typed<Schema>(db)
    .selectFrom('pointferry.run')
    .select('id')
    .where('stage', '<>', 'done')
    .where((run) =>
      run.or([
        run('owner', 'is not', null),
        run('status', 'in', ['running', 'interrupted']),
        run('exit_code', 'in', [exit.fatal, exit.config]),
      ]),
    )
    .where((run) =>
      run.or([
        run('owner', 'is not', null),
        run('dismissed_at', 'is', null),
        run('dismissed_at', '<=', run.ref('finished_at')),
      ]),
    )
    .orderBy('seq')
    .execute();
  return runs.map((run) => run.id);
}
