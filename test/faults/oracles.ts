/**
 * What must hold after every round, looked at from outside the program: its tables by SQL of our own, the sandbox's
 * journal and counters, the files it wrote, what it printed. Nothing here uses code of src/ that the importer uses.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Activity, type Books, type Bucket, buckets, type PipelineName, pipelines } from './inputs.ts';
import { type Effect, readJournal, textIn } from './journal.ts';
import { apiKey, type World } from './world.ts';

export interface Expected {
  /** Everything that can be done has been done: the books must be those of the inputs. */
  readonly finished: boolean;
  /** Members that came late have come. */
  readonly late?: boolean;
  /** 429 answers that a fault gave; the limit itself must give none. */
  readonly throttled?: number | 'any';
  /** False: what was refused once and sent again comes later than its successors. */
  readonly order?: boolean;
  /** False: rows may stand in other buckets than the inputs say, since the story moved them. */
  readonly books?: boolean;
  /**
   * A file may have been taken a run later than its siblings, because it could not be read at first: states that newer
   * ones overtook meanwhile are duplicate, and not sent. Only the sum of what is done is known then.
   */
  readonly overtaken?: boolean;
  /** Exit codes that may be, beside the usual. */
  readonly codes?: readonly number[];
  /** Pipelines that took part; default all. */
  readonly only?: readonly PipelineName[];
}

/** Sentences about what is wrong; none when all is well. */
export async function violations(world: World, expected: Expected): Promise<string[]> {
  const taking = expected.only ?? pipelines;
  const effects = readJournal(world.journal);
  return [
    ...activityEffects(world, effects, expected, taking),
    ...memberEffects(world, effects, expected, taking),
    ...(await books(world, expected, taking)),
    ...(await outside(world, expected)),
  ];
}

/** What must hold of any world, whatever it was fed. */
export const outside = async (world: World, expected: Expected): Promise<string[]> => [
  ...(await ledgerAgainstJournal(world, readJournal(world.journal), expected)),
  ...(await sentAgainstIntents(world)),
  ...(await rates(world, expected)),
  ...processes(world, expected),
  ...canaries(world),
];

/** At most one effect for each activity, with the very content, in the order of the file; at the end exactly one. */
function activityEffects(
  world: World,
  effects: readonly Effect[],
  { finished, late = false, order = true }: Expected,
  taking: readonly PipelineName[],
): string[] {
  const wrong: string[] = [];
  const known = new Map(world.inputs.activities.map((each) => [`${each.member} ${each.value}`, each]));
  const seen = new Map<Activity, number>();
  const last = new Map<string, number>();
  for (const effect of effects.filter(({ type }) => type === 'hang.activity')) {
    const activity = known.get(`${effect.subject} ${textIn(effect, 'value')}`);
    if (!activity) {
      wrong.push(`journal ${effect.n}: an activity that no file holds`);
      continue;
    }
    seen.set(activity, (seen.get(activity) ?? 0) + 1);
    const lines = (effect.content.line_items ?? []) as readonly { value: string }[];
    const same =
      textIn(effect, 'transaction_timestamp') === String(activity.seconds) &&
      lines.map((line) => Number(line.value)).join() === activity.lines.map(Number).join();
    if (!same) wrong.push(`journal ${effect.n}: applied with another content than the file has`);
    if (activity.late || !order) continue;
    const lane = `${activity.pipeline} ${activity.member}`;
    const at = world.inputs.activities.indexOf(activity);
    if (at < (last.get(lane) ?? -1)) wrong.push(`journal ${effect.n}: overtook one of the same member`);
    last.set(lane, at);
  }
  for (const [activity, count] of seen) {
    if (count > 1) wrong.push(`${activity.pipeline} ${activity.value}: applied ${count} times`);
    if (activity.late && !late) wrong.push(`${activity.pipeline} ${activity.value}: its member is not known`);
  }
  if (!finished) return wrong;
  const due = world.inputs.activities.filter(
    (each) => taking.includes(each.pipeline) && (late || !each.late) && !seen.has(each),
  );
  for (const each of due) wrong.push(`${each.pipeline} ${each.value}: never applied`);
  return wrong;
}

/** Changes of a member in the order of their versions, each possibly several times in a row; at the end the newest. */
function memberEffects(
  world: World,
  effects: readonly Effect[],
  { finished, late = false }: Expected,
  taking: readonly PipelineName[],
): string[] {
  const wrong: string[] = [];
  const members = new Set(world.inputs.versions.map((version) => version.member));
  for (const member of members) {
    const versions = world.inputs.versions.filter(
      (version) => version.member === member && (late || !version.late),
    );
    const own = effects.filter(({ type, subject }) => type === 'hang.member' && subject === member);
    let at = 0;
    for (const effect of own) {
      const said = JSON.stringify(sorted(effect.content));
      // a version may be sent again while its answer is in doubt; it must never come back after a newer one
      const found = versions.findIndex((v, i) => i >= at && JSON.stringify(sorted(v.fields)) === said);
      if (found < 0) wrong.push(`journal ${effect.n}: an older state of ${member} after a newer one`);
      else at = found;
    }
    if (!finished || !taking.includes('people') || versions.length === 0) continue;
    const state = Object.assign({}, ...own.map((effect) => effect.content)) as Record<string, unknown>;
    const newest = versions.at(-1)?.fields ?? {};
    if (JSON.stringify(sorted(state)) !== JSON.stringify(sorted(newest)))
      wrong.push(`${member} ends with another state than the newest of its files`);
  }
  return wrong;
}

const sorted = (record: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly subject: string | null;
  readonly key: string | null;
  readonly state: string;
  readonly hashes: readonly string[];
}

/** Every delivered operation is in the journal; everything in the journal is known, and not said to be unsent. */
async function ledgerAgainstJournal(
  world: World,
  effects: readonly Effect[],
  { finished }: Pick<Expected, 'finished'>,
): Promise<string[]> {
  const operations = await world.query<Operation>(
    `select o.id, o.kind, o.subject, o.key, o.state,
            coalesce(array_agg(a.body_hash) filter (where a.body_hash is not null), '{}') as hashes
     from pointferry.operation o left join pointferry.attempt a on a.operation = o.id
     group by o.id order by o.id`,
  );
  const wrong: string[] = [];
  const applied = new Set<string>();
  for (const effect of effects) {
    // events are known by their key; a state by the bytes that were stored before they were sent
    const match = operations.filter(
      (each) =>
        each.kind === effect.type &&
        each.subject === effect.subject &&
        each.hashes.includes(effect.bodySha256 ?? '') &&
        (effect.type !== 'hang.activity' || each.key === effect.identity),
    );
    for (const each of match) applied.add(each.id);
    if (match.length === 0) wrong.push(`journal ${effect.n}: applied, and no attempt of it was ever written`);
    // a resend may be refused of what was applied: an event is unknown then, a state has failed
    const refused = effect.type === 'hang.activity' ? 'unknown' : 'failed';
    const told = finished ? ['delivered'] : ['delivered', 'sending', 'in_doubt', refused];
    if (match.length > 0 && !match.some((each) => told.includes(each.state)))
      wrong.push(`journal ${effect.n}: applied, and the ledger says ${match[0]?.state}`);
  }
  for (const each of operations) {
    if (each.state === 'delivered' && !applied.has(each.id))
      wrong.push(`operation ${each.id}: delivered, says the ledger; the journal does not know it`);
    if (finished && ['ready', 'sending', 'in_doubt', 'failed', 'unknown'].includes(each.state))
      wrong.push(`operation ${each.id} (${each.kind}) ends ${each.state}`);
  }
  if (!finished) return wrong;
  const held = await world.query('select 1 from pointferry.lane where in_flight is not null');
  if (held.length > 0) wrong.push(`${held.length} lanes are still taken`);
  const open = await world.query('select 1 from pointferry.attempt where outcome is null');
  if (open.length > 0) wrong.push(`${open.length} attempts are still open`);
  return wrong;
}

/** No request without an intent of its own: never more requests of a body than attempts with it. */
async function sentAgainstIntents(world: World): Promise<string[]> {
  const requests = await world.admin.requests({ platform: 'hang' });
  const rows = await world.query<{ body_hash: string; n: string }>(
    'select body_hash, count(*) as n from pointferry.attempt group by body_hash',
  );
  const intended = new Map(rows.map((row) => [row.body_hash, Number(row.n)]));
  const sent = new Map<string, number>();
  for (const { bodySha256 } of requests) sent.set(bodySha256, (sent.get(bodySha256) ?? 0) + 1);
  return [...sent].flatMap(([hash, count]) =>
    count > (intended.get(hash) ?? 0)
      ? [`${count} requests of one body, and ${intended.get(hash) ?? 0} intents`]
      : [],
  );
}

interface Tally {
  readonly pipeline: PipelineName;
  readonly name: string;
  readonly records: string;
  readonly bucket: string | null;
  readonly rows: string;
  readonly cents: string;
}

/** Rows and amounts by bucket, from rows and operations alone. `normalized` once the file has all of its rows. */
const booksSql = `
  select f.pipeline, f.name, f.records,
         case when r.role in ('rejected', 'filtered') then r.role
              when r.replaced or o.state = 'superseded' then 'duplicate'
              when o.state in ('delivered', 'unchanged') and r.role = 'joins' then 'duplicate'
              when o.state in ('delivered', 'unchanged', 'failed', 'unknown', 'parked') then o.state
              when r.record is not null then 'pending' end as bucket,
         count(r.record) as rows, coalesce(sum(r.amount) * 100, 0)::bigint as cents
  from pointferry.file f
  left join pointferry.row r on r.file = f.id
  left join pointferry.operation o on o.id = r.operation
  where f.verdict = 'staged'
  group by 1, 2, 3, 4`;

async function books(
  world: World,
  { finished, late = false, books: exact = true, overtaken = false }: Expected,
  taking: readonly PipelineName[],
): Promise<string[]> {
  const tallies = await world.query<Tally>(booksSql);
  const wrong: string[] = [];
  for (const file of world.inputs.files.filter(({ pipeline }) => taking.includes(pipeline))) {
    const own = tallies.filter((each) => each.name === file.name);
    const first = own[0];
    if (first === undefined) {
      if (finished) wrong.push(`${file.name}: never read`);
      continue;
    }
    const rows = own.reduce((sum, each) => sum + Number(each.rows), 0);
    if (Number(first.records) !== file.records)
      wrong.push(`${file.name}: ${file.records} records, the ledger says ${first.records}`);
    if (rows > file.records) wrong.push(`${file.name}: ${rows} rows of ${file.records} records`);
    if (finished && rows !== file.records)
      wrong.push(`${file.name}: ${rows} rows of ${file.records} records`);
  }
  if (!finished || !exact) return wrong;
  for (const pipeline of taking) {
    const merged = overtaken && pipeline === 'people';
    wrong.push(
      ...bucketsOf(
        merged ? doneAsOne(world) : world.inputs.books[pipeline],
        pipeline,
        late,
        merged ? tallies.map(asDone) : tallies,
      ),
    );
  }
  return [...wrong, ...(await summaries(world))];
}

const done: readonly (string | null)[] = ['delivered', 'unchanged', 'duplicate'];
const asDone = (tally: Tally): Tally =>
  done.includes(tally.bucket) ? { ...tally, bucket: 'delivered' } : tally;

/** The expected books of people with everything that is done counted as delivered. */
function doneAsOne(world: World): Books {
  const { delivered, unchanged, duplicate, ...others } = world.inputs.books.people;
  const all = [delivered, unchanged, duplicate];
  const sum = (of: 'rows' | 'cents'): number => all.reduce((total, cell) => total + cell[of], 0);
  const none = { rows: 0, cents: 0 };
  return {
    ...others,
    delivered: { rows: sum('rows'), cents: sum('cents') },
    unchanged: none,
    duplicate: none,
  };
}

function bucketsOf(
  expected: Books,
  pipeline: PipelineName,
  late: boolean,
  tallies: readonly Tally[],
): string[] {
  const at = (bucket: Bucket) => expected[bucket];
  const own = tallies.filter((each) => each.pipeline === pipeline && each.bucket !== null);
  const names = new Set<string>([...buckets, ...own.map((each) => each.bucket ?? '')]);
  return [...names].flatMap((bucket) => {
    const rows = own
      .filter((each) => each.bucket === bucket)
      .reduce(
        (sum, each) => ({ rows: sum.rows + Number(each.rows), cents: sum.cents + Number(each.cents) }),
        {
          rows: 0,
          cents: 0,
        },
      );
    const known = buckets.find((name) => name === bucket);
    const parked = at('parked');
    let due = known ? at(known) : { rows: 0, cents: 0 };
    if (late && bucket === 'parked') due = { rows: 0, cents: 0 };
    if (late && bucket === 'delivered')
      due = { rows: due.rows + parked.rows, cents: due.cents + parked.cents };
    if (rows.rows === due.rows && rows.cents === due.cents) return [];
    return [`${pipeline} ${bucket}: ${rows.rows} rows / ${rows.cents}, expected ${due.rows} / ${due.cents}`];
  });
}

/** The files of the runs say the same as the tables: those of finished runs, which nothing will change any more. */
async function summaries(world: World): Promise<string[]> {
  const runs = await world.query<{ id: string; folder: string; status: string; exit_code: number | null }>(
    `select id, folder, status, exit_code from pointferry.run`,
  );
  const wrong: string[] = [];
  for (const run of runs) {
    if (!run.status.startsWith('completed')) {
      wrong.push(`run ${run.id} ends ${run.status} (${run.exit_code})`);
      continue;
    }
    const summary = readSummary(path.join(run.folder, 'summary.json'));
    if (summary === null) wrong.push(`run ${run.id} has no summary.json`);
    else if (summary.balanced !== true || summary.exitCode !== run.exit_code)
      wrong.push(`summary.json of ${run.id}: balanced ${summary.balanced}, exit code ${summary.exitCode}`);
  }
  return wrong;
}

function readSummary(file: string): { balanced?: unknown; exitCode?: unknown } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { balanced?: unknown; exitCode?: unknown };
  } catch {
    return null;
  }
}

async function rates(world: World, { throttled = 0 }: Expected): Promise<string[]> {
  const { hang } = await world.admin.stats();
  const wrong = hang.windows
    .filter((window) => window.max > window.limit)
    .map((window) => `${window.max} requests within ${window.perMs} ms, the limit is ${window.limit}`);
  if (throttled !== 'any' && hang.throttled !== throttled)
    wrong.push(`${hang.throttled} answers were 429, ${throttled} were injected`);
  return wrong;
}

/** Exit codes that a process which was not killed may have, whatever happened to it. */
const allowed = new Set([0, 1, 3, 4, 66, 75]);

function processes(world: World, { codes = [] }: Expected): string[] {
  return world.ends.flatMap((ended) => {
    if (ended.overdue) return [`${ended.words}: did not end by itself`];
    const { code, signal } = ended;
    if (signal === 'SIGKILL' || (code !== null && (allowed.has(code) || codes.includes(code)))) return [];
    return [`${ended.words}: exit ${code ?? signal}: ${ended.stderr.slice(-600)}`];
  });
}

/** Secrets and people must not be in what is printed, nor in any file but the error report (original cells). */
function canaries(world: World): string[] {
  const secret = [apiKey, new URL(world.databaseUrl).password];
  const people = ['canary-person-', 'Canary'];
  const wrong: string[] = [];
  const scan = (where: string, text: string, words: readonly string[]): void => {
    for (const word of words) if (text.includes(word)) wrong.push(`${where} holds ${word.slice(0, 6)}…`);
  };
  world.said.forEach((text) => {
    scan('what was printed', text, [...secret, ...people]);
  });
  for (const file of filesUnder(path.join(world.workdir, 'runs'))) {
    const report = /(errors|pending|skipped)[^/]*\.csv/.test(file);
    scan(path.basename(file), readFileSync(file, 'latin1'), report ? secret : [...secret, ...people]);
  }
  scan("the server's log", readFileSync(path.join(world.server.dir, 'server.log'), 'latin1'), [
    ...secret,
    ...people,
  ]);
  return [...new Set(wrong)];
}

function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(folder, name))
      .filter((file) => statSync(file).isFile());
  } catch {
    return [];
  }
}
