/** Is everything there that a run needs? And the schema of the database. */
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { databaseFor } from '../db/database.ts';
import { type Migrated, migrate, schemaState } from '../db/migrate.ts';
import { type Db, withClient } from '../db/pool.ts';
import { runOne } from '../db/sql.ts';
import { catalogue } from '../ground/catalogue.ts';
import { lookAtLedger } from '../ledger/position/check.ts';
import { marksFolder } from '../ledger/position/mark.ts';
import type { App } from './app.ts';

/** Looks at versions, clock, rights, connections and room. Changes nothing, and needs no schema. */
export async function doctor(app: App): Promise<readonly Finding[]> {
  const database = await databaseFor({ workdir: app.workdir, env: { ...app.env } });
  try {
    const schema = await schemaState(database.db);
    const known = finding('schema', schema.kind, schema.kind === 'current', 'wrong', 'pointferry migrate');
    const ledger = schema.kind === 'current' ? await ofLedger(app, database.db) : [];
    return [...(await ofMachine(app)), ...(await ofDatabase(database.db)), known, ...ledger];
  } finally {
    await database.close();
  }
}

/** Brings the schema of the database to this version. With `dryRun` it says what would be applied. */
export async function migrateDatabase(
  app: App,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Migrated & { readonly database: string }> {
  const database = await databaseFor({ workdir: app.workdir, env: { ...app.env } });
  try {
    return { database: database.db.label, ...(await migrate(database.db, { dryRun })) };
  } finally {
    await database.close();
  }
}

export interface Finding {
  readonly what: string;
  readonly is: string;
  /** `ok`, `mind` (works, and a person should know) or `wrong`. */
  readonly state: 'ok' | 'mind' | 'wrong';
  readonly do?: string;
}

const finding = (what: string, is: string, good: boolean, bad: 'mind' | 'wrong', todo: string): Finding =>
  good ? { what, is, state: 'ok' } : { what, is, state: bad, do: todo };

async function ofDatabase(db: Db): Promise<Finding[]> {
  const before = Date.now();
  const facts = await withClient(db, (client) => runOne(client, 'ledger/doctor'));
  const skewMs = Math.round(facts.now.getTime() - (before + Date.now()) / 2);
  const { version, versionNumber, role, fsync, synchronousCommit, connections, maxConnections } = facts;
  return [
    finding(
      'server',
      `PostgreSQL ${version} at ${db.label}`,
      versionNumber >= 160_000,
      'wrong',
      'PostgreSQL 16 or newer',
    ),
    finding(
      'primary',
      facts.standby ? 'a standby' : 'yes',
      !facts.standby,
      'wrong',
      'name the primary in DATABASE_URL',
    ),
    finding(
      'writes',
      facts.readOnly ? 'refused: default_transaction_read_only is on' : 'allowed',
      !facts.readOnly,
      'wrong',
      'reset it where it was set: the database, the role or the server',
    ),
    finding(
      'clock',
      `${skewMs} ms apart from this machine`,
      Math.abs(skewMs) < 2_000,
      'mind',
      'set the clocks by NTP: what people read is told by the database clock',
    ),
    finding(
      'fsync',
      fsync,
      fsync === 'on',
      'wrong',
      'a crash of the server may lose what was recorded as sent: turn fsync on',
    ),
    finding('synchronous_commit', synchronousCommit, true, 'mind', ''),
    finding(
      'connections',
      `${connections} of ${maxConnections}`,
      connections + 10 < maxConnections,
      'mind',
      'a run takes up to 8',
    ),
    finding(
      'rights',
      `${role} ${facts.mayStage ? 'may' : 'may not'} make raw tables`,
      facts.mayStage || !facts.hasSchema,
      'wrong',
      'grant create on schema pointferry_staging',
    ),
    finding('size', `${Math.round(facts.bytes / 1e6)} MB`, true, 'mind', ''),
  ];
}

async function ofMachine(app: App): Promise<Finding[]> {
  const room = async (what: string, path: string): Promise<Finding> => {
    for (let at = path; ; at = dirname(at)) {
      const found = await statfs(at).catch(() => undefined);
      if (!found && at !== dirname(at)) continue;
      const free = found ? found.bavail * found.bsize : 0;
      return finding(what, `${path}: ${Math.round(free / 1e9)} GB free`, free > 2e9, 'mind', 'make room');
    }
  };
  const major = Number(process.versions.node.split('.')[0]);
  return [
    finding(
      'node',
      process.version,
      major >= 24,
      'wrong',
      'npm install brings Node 24; start with ./pointferry',
    ),
    await room('work folder', app.workdir),
    await room('temporary files', tmpdir()),
  ];
}

/** Can a ledger that went back be noticed from here? Nothing is said of a database without its schema. */
async function ofLedger(app: App, db: Db): Promise<Finding[]> {
  const folder = marksFolder(app.workdir, app.env);
  const { place, mark, behind } = await lookAtLedger(db, folder);
  const ledger = `${place.id}, generation ${place.generation}`;
  if (behind !== null)
    return [
      { what: 'ledger', is: `${ledger}: ${behind}`, state: 'wrong', do: catalogue.LEDGER_WENT_BACK.hint },
    ];
  const seen = `${ledger}; seen by ${mark === null ? 'nobody' : 'processes'} of ${folder}`;
  const lasting =
    'a ledger that went back is noticed by this folder: where it does not last, name another in POINTFERRY_LEDGER_DIR';
  return [finding('ledger', seen, mark !== null || place.newest === 0, 'mind', lasting)];
}
