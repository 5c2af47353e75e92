/**
 * What somebody has set on the server, the database or the role, for programs of his own: a whole run of two pipelines
 * under each setting, migration included, must have the very effects that it has without.
 */
import pg from 'pg';
import type { Judge } from './judge.ts';
import type { Server } from './server.ts';
import { account, activities, endedWith, instant, makeSmallWorld, type SmallWorld } from './small-world.ts';
import { by, each, newPart, type Part, type Suite, storyIn } from './suite.ts';

interface Setting {
  readonly name: string;
  /** `alter role … set`. */
  readonly set?: Readonly<Record<string, string>>;
  /** `create database …`. */
  readonly made?: string;
  /** No ledger may be made in such a database: migrate and doctor say so. */
  readonly refused?: boolean;
  readonly from: Form;
}

type Form = Suite['form'];
const forms: readonly Form[] = ['core', 'short', 'long'];

/** `from`: the shortest form of the suite in which it is tried alone; all are tried together in each form. */
const one = (name: string, value: string, from: Form = 'short'): Setting => ({
  name: `${name} = ${value}`,
  set: { [name]: value },
  from,
});

/** Wanted by nobody who wants to see his data again, and set all the same. */
const tiny = {
  statement_timeout: '40ms',
  lock_timeout: '10ms',
  idle_in_transaction_session_timeout: '20ms',
  idle_session_timeout: '500ms',
  transaction_timeout: '1500ms',
};

const singles: readonly Setting[] = [
  one('DateStyle', 'German, DMY', 'core'),
  one('DateStyle', 'SQL, DMY', 'long'),
  one('DateStyle', 'Postgres, MDY', 'long'),
  one('standard_conforming_strings', 'off', 'core'),
  one('backslash_quote', 'on', 'long'),
  one('escape_string_warning', 'off', 'long'),
  one('TimeZone', 'Asia/Kolkata'),
  one('IntervalStyle', 'iso_8601', 'long'),
  one('IntervalStyle', 'sql_standard'),
  one('default_transaction_isolation', 'serializable'),
  one('default_transaction_isolation', 'repeatable read', 'long'),
  one('default_transaction_deferrable', 'on', 'long'),
  one('extra_float_digits', '-15'),
  one('bytea_output', 'escape'),
  one('array_nulls', 'off', 'long'),
  one('transform_null_equals', 'on', 'long'),
  one('quote_all_identifiers', 'on', 'long'),
  one('synchronous_commit', 'off', 'long'),
  one('client_encoding', 'LATIN1', 'long'),
  one('search_path', 'pg_catalog', 'long'),
  one('row_security', 'off', 'long'),
  one('xmloption', 'document', 'long'),
  { name: 'tiny timeouts', set: tiny, from: 'short' },
];

/** Those that do not contradict each other, on one role. */
const together: Setting = {
  name: 'all others at once',
  set: Object.assign({}, ...singles.filter(({ from }) => from !== 'core').map(({ set }) => set)),
  from: 'core',
};

const databases: readonly Setting[] = [
  {
    name: 'a Turkish database',
    made: `locale_provider icu icu_locale 'tr-TR' locale 'C' encoding 'UTF8'`,
    from: 'core',
  },
  { name: 'a LATIN1 database', made: `locale 'C' encoding 'LATIN1'`, refused: true, from: 'core' },
  { name: 'a SQL_ASCII database', made: `locale 'C' encoding 'SQL_ASCII'`, refused: true, from: 'short' },
];

// ---------------------------------------------------------------------------------------------- what is run

/** Members with what settings bite: dates, times, phones, patterns with backslashes, letters with two cases. */
const crm = `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang',
  operation: 'hang.member',
  source: local('in/crm/*.csv'),
  businessDate: { fileName: 'crm_{yyyyMMdd}' },
  version: { from: 'changed', as: 'timestamp', format: 'dd.MM.yyyy HH:mm:ss', zone: 'Europe/Berlin' },
  columns: {
    member: { from: 'card' },
    first_name: { from: 'first' },
    email: { from: 'email', case: 'lower' },
    phone: { from: 'phone', region: 'US' },
    birthday: { from: 'born', format: 'MM/dd/yyyy' },
  },
  where: { card: { not: { matches: '^X\\\\d+' } } },
});
`;

const crmRows = [
  'm0,Ann,ANN.IDIL@EXAMPLE.COM,(212) 555-0101,03/04/1980,01.02.2026 08:00:00',
  'm1,"O\\Brien, \'Ida\'",ida\\i@example.com,212-555-0102,12/31/1999,01.02.2026 08:00:00',
  'm2,Çağrı,c+i@Example.com,+1 212 555 0103,02/29/2000,01.02.2026 08:00:00',
  'm0,Anna,anna.i@example.com,(212) 555-0101,04/03/1980,02.01.2026 08:00:00',
  'm0,Anne,anne.I@example.com,(212) 555-0109,04/03/1980,03.02.2026 08:00:00',
  'X12,No,no@example.com,,,01.02.2026 08:00:00',
];

const shopRows = Array.from(
  { length: 12 },
  (_none, i) => `T-${i},m${i % 4},${i === 3 ? '12345678901234567.123456789' : `${i}.10`},${instant(i)}`,
);

const files = {
  'pipelines/accounts/hang.ts': account(100),
  'pipelines/shop.ts': activities('shop'),
  'pipelines/crm.ts': crm,
  'in/shop/shop_20260512.csv': `id,card,total,when\n${shopRows.join('\n')}\n`,
  'in/crm/crm_20260512.csv': `card,first,email,phone,born,changed\n${crmRows.join('\n')}\n`,
};

export async function settings(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('settings');
  const every = [...singles, together, ...databases];
  const repeats = rounds ?? by(suite, { core: 1, short: 1, long: 5 });
  const usual = await withoutAny(suite);
  const all = Array.from({ length: repeats }, () => every).flat();
  // a setting has the same number in every form
  const wanted = [...all.entries()].filter(
    ([, { from }]) => forms.indexOf(from) <= forms.indexOf(suite.form),
  );
  await each(suite, wanted, async (setting, n) => {
    const make = () => worldUnder(suite, setting);
    const tell = (world: SmallWorld) => (setting.refused ? refusesLedger(world) : sameEffects(world, usual));
    await storyIn(suite, part, { n, label: setting.name, make }, tell);
    part.rounds += 1;
  });
  return part;
}

async function worldUnder({ server, root }: Suite, { set = {}, made = '' }: Setting): Promise<SmallWorld> {
  const databaseUrl = await emptyDatabase(server, made);
  const { pathname, username } = new URL(databaseUrl);
  for (const [name, value] of Object.entries(set))
    await server.admin(`alter role ${username} in database ${pathname.slice(1)} set ${name} = '${value}'`);
  return makeSmallWorld({ server, root, files, databaseUrl });
}

let made = 0;

async function emptyDatabase(server: Server, how: string): Promise<string> {
  made += 1;
  const url = new URL(server.url);
  url.pathname = `/s${made}`;
  await server.admin(`create database s${made} template template0 ${how}`);
  return url.href;
}

/** The ledger is made, both pipelines run at once, and an applied member change of each kind was in doubt on the way. */
async function wholeRun(world: SmallWorld): Promise<string[]> {
  world.judge.decide = ({ subject, times }) =>
    subject === 'm1' && times === 1 ? { applied: false, answer: 'cut' } : {};
  const wrong = endedWith([await world.start(['migrate']).ended], [0]);
  if (wrong.length > 0) return wrong;
  const lives = ['shop', 'crm'].map((name) => world.run(name).ended);
  return endedWith(await Promise.all(lives), [0, 1]);
}

/** By member, in order: the bytes that took effect. They hold the keys, which say what each row was taken for. */
function effectsOf({ applied }: Judge): string[] {
  const of = new Map<string, string[]>();
  for (const { kind, subject, body } of applied) {
    const name = `${kind} ${subject}`;
    of.set(name, [...(of.get(name) ?? []), body]);
  }
  return [...of].map(([name, bodies]) => `${name}: ${bodies.join(' ')}`).sort();
}

interface Usual {
  readonly effects: readonly string[];
  readonly codes: string;
}

const codesOf = (world: SmallWorld): string =>
  world.ends
    .map(({ words, code }) => `${words} ${code}`)
    .sort()
    .join(', ');

async function withoutAny(suite: Suite): Promise<Usual> {
  const world = await worldUnder(suite, { name: 'the default', from: 'core' });
  try {
    const wrong = await wholeRun(world);
    if (wrong.length > 0 || world.judge.applied.length < 15)
      throw new Error(`the run without any setting: ${wrong.join('; ')}`);
    return { effects: effectsOf(world.judge), codes: codesOf(world) };
  } finally {
    await world.close();
  }
}

async function sameEffects(world: SmallWorld, usual: Usual): Promise<string[]> {
  const wrong = await wholeRun(world);
  if (wrong.length > 0) return wrong;
  if (codesOf(world) !== usual.codes) wrong.push(`${codesOf(world)}; without it ${usual.codes}`);
  const [were, are] = [usual.effects, effectsOf(world.judge)];
  const [missing] = were.filter((line) => !are.includes(line));
  const [other] = are.filter((line) => !were.includes(line));
  if (missing ?? other) wrong.push(`other effects: ${other ?? 'none'} instead of ${missing ?? 'none'}`);
  return wrong;
}

async function refusesLedger(world: SmallWorld): Promise<string[]> {
  const ended = [await world.start(['migrate']).ended, await world.start(['doctor']).ended];
  const wrong = endedWith(ended, [78]);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  const { rows } = await client.query(`select from pg_namespace where nspname like 'pointferry%'`);
  await client.end();
  return rows.length === 0 ? wrong : [...wrong, 'half of a ledger was made'];
}
