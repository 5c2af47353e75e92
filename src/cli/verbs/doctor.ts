import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { databaseFor } from '../../db/database.ts';
import { schemaState } from '../../db/migrate.ts';
import { type Db, withClient } from '../../db/pool.ts';
import { runOne } from '../../db/sql.ts';
import { catalogue, exit } from '../../ground/errors.ts';
import { lookAtLedger } from '../../ledger/position/check.ts';
import { marksFolder } from '../../ledger/position/mark.ts';
import { type Context, verb } from '../command.ts';

interface Finding {
  readonly what: string;
  readonly is: string;
  /** `ok`, `mind` (works, and a person should know) or `wrong`. */
  readonly state: 'ok' | 'mind' | 'wrong';
  readonly do?: string;
}

interface Facts {
  readonly version: string;
  readonly versionNumber: number;
  readonly now: Date;
  readonly role: string;
  readonly synchronousCommit: string;
  readonly fsync: string;
  readonly walLevel: string;
  readonly maxConnections: number;
  readonly connections: number;
  readonly standby: boolean;
  readonly readOnly: boolean;
  readonly bytes: number;
  readonly mayStage: boolean;
  readonly hasSchema: boolean;
}

const finding = (what: string, is: string, good: boolean, bad: 'mind' | 'wrong', todo: string): Finding =>
  good ? { what, is, state: 'ok' } : { what, is, state: bad, do: todo };

async function ofDatabase(db: Db): Promise<Finding[]> {
  const before = Date.now();
  const facts = await withClient(db, (client) => runOne<Facts>(client, 'ledger/doctor'));
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

async function ofMachine(context: Context): Promise<Finding[]> {
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
    await room('work folder', context.workdir),
    await room('temporary files', tmpdir()),
  ];
}

/** Can a ledger that went back be noticed from here? Nothing is said of a database without its schema. */
async function ofLedger(context: Context, db: Db): Promise<Finding[]> {
  const folder = marksFolder(context.workdir, context.env);
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

const marks = { ok: 'ok ', mind: '!  ', wrong: '!! ' } as const;

const command = verb({
  description:
    'Checks Node, free disk space, the database server, its clock, rights, connections and schema, and prints what to fix. It changes nothing.',
  positionals: [0, 0],
  examples: [['pointferry doctor', 'exit code 1 if anything is wrong']],
  options: {},
  async run(context) {
    const database = await databaseFor({ workdir: context.workdir, env: { ...context.env } });
    try {
      const schema = await schemaState(database.db);
      const known = finding('schema', schema.kind, schema.kind === 'current', 'wrong', 'pointferry migrate');
      const ledger = schema.kind === 'current' ? await ofLedger(context, database.db) : [];
      const findings = [...(await ofMachine(context)), ...(await ofDatabase(database.db)), known, ...ledger];
      context.document({ findings });
      for (const { what, is, state, do: todo } of findings)
        context.say(
          `${marks[state]} ${what.padEnd(20)} ${is}${todo ? `\n${' '.repeat(25)}do: ${todo}` : ''}`,
        );
      return findings.some(({ state }) => state === 'wrong') ? exit.rows : exit.ok;
    } finally {
      await database.close();
    }
  },
});
export default command;
