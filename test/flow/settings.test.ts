/** What a server, a database or a role has set changes nothing: the same operations, keys and bytes, the same answers. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { isDatabaseError } from '../../src/db/failure.ts';
import { migrate } from '../../src/db/migrate.ts';
import { withClient, withConnection } from '../../src/db/pool.ts';
import { cloneDatabase, foreignDatabase, type TestDatabase } from '../support/postgres.ts';
import { makeWorld } from '../world/world.ts';

const world = await makeWorld({
  sales: `{
    account: 'hang', operation: 'hang.activity', source: local('in/sales_*.csv'),
    businessDate: { fileName: 'sales_{yyyyMMdd}' },
    identity: { source: 'till', columns: [{ from: 'id', case: 'lower', clean: 'inner spaces' }] },
    columns: {
      member: { from: 'email', case: 'lower', via: { crosswalk: 'email' } },
      activity_type_id: { from: 'kind', case: 'upper' },
      value: { from: 'value', as: 'decimal', currencySign: true, thousands: ',' },
      transaction_timestamp: { from: 'at', format: 'd MMM yyyy h:mm a', zone: 'America/Chicago' },
    },
    where: { kind: { matches: '(?i)^[[:alpha:]]+$' } },
    amount: { from: 'value', currency: { from: 'currency' }, currencySign: true, thousands: ',' },
  }`,
  members: `{
    account: 'hang', operation: 'hang.member', source: local('in/members_*.csv'),
    version: { from: 'changed', as: 'timestamp', format: 'iso' },
    columns: {
      member: { from: 'member' }, email: { from: 'email', as: 'email', case: 'lower' },
      first_name: { from: 'name', clean: 'single spaces' }, birthday: { from: 'born', as: 'date', format: 'dd/MM/yyyy' },
      phone: { from: 'phone', as: 'phone', region: 'US' },
      last_name: { sql: 'initcap(lower("name"))' },
    },
  }`,
});
world.write(
  'keys.csv',
  'key_type,key,member_id\nemail,INGRID@IRIS.COM,mem_1\nemail,ÇİĞDEM@X.ORG,mem_2\nemail,bob\\@x.org,mem_3\n',
);
world.write(
  'in/sales_20260503.csv',
  `id,email,kind,value,currency,at
I-1,Ingrid@Iris.com,gift,"$1,200.50",USD,3 APR 2026 9:05 PM
I-2,INGRID@IRIS.COM,visit,0.10,usd,13 jun 2026 12:00 am
a B\u00a03,ingrid@iris.com,dining,12.30,EUR,5 Dec 2026 1:00 p.m.
Ä-4,ingrid@iris.com,INGILIZCE,1,USD,1 May 2026 1:00 am
z_5,nobody@x.org,gift,7.00,USD,1 May 2026 1:00 am
Z-6,ingrid@iris.com,gift 2,7.00,USD,1 May 2026 1:00 am
i-7,ingrid@iris.com,gift,1.2.3,USD,1 May 2026 1:00 am
`,
);
world.write(
  'in/members_1.csv',
  `member,changed,email,name,born,phone
mem_1,2026-05-03 08:00:00.123Z,INGRID@IRIS.COM,"ILSE  O'NEIL\\n",04/03/1980,(312) 555-0100
mem_2,2026-05-03T10:00:00+02:00,Ödön@ÄX.DE,IDA\u00a0\u00a0I,31/12/1999,+1 312 555 0101
mem_3,2026-05-03 08:00:01Z,no address,x,31/02/1999,12
`,
);

interface Night {
  readonly operations: readonly object[];
  readonly rows: readonly object[];
  readonly said: readonly object[];
}

/** A night on a database, by the command line, and what it left there. */
async function night(database: TestDatabase): Promise<Night> {
  const env = { DATABASE_URL: database.url };
  const said: object[] = [];
  const ferry = async (...words: string[]): Promise<void> => {
    const { code, out, err } = await world.ferry(words, { env });
    // a slow machine makes a run say how far it is
    const warned = timeless(err).replace(/^RUN .*\n/gm, '');
    said.push({ words: words.join(' '), code, out: timeless(out), err: warned });
  };
  await ferry('members', 'import', 'keys.csv', '--account', 'hang');
  await ferry('run', 'sales');
  await ferry('run', 'members');
  await ferry('errors', 'sales@last', '--group');
  await ferry('find', 'i-1', '--json');
  await ferry('status', '--json');
  // read as our own statements read, whatever the settings of the database
  return withClient(database.db, async (client) => ({
    said,
    operations: (
      await client.query(`select id, kind, identity, subject, member_key, version_at, key, content, payload, value, state
                            from pointferry.operation order by id`)
    ).rows as object[],
    rows: (
      await client.query(`select r.record, r.role, r.amount, r.currency, r.unreadable, e.code, e.field, e.value, e.reason
                            from pointferry.row r left join pointferry.row_error e using (file, record)
                           order by r.file, r.record, e.n`)
    ).rows as object[],
  }));
}

/** Without what is another one in each run: ids, instants, durations. */
const timeless = (text: string): string =>
  text
    .replace(/\d{8}T\d{6}Z_r[0-9a-z]+/g, 'FOLDER')
    .replace(/\br[0-9a-z]{5}\b/g, 'RUN')
    .replace(/\d{2}:\d{2}:\d{2}(\.\d+)?/g, 'TIME')
    .replace(/limit used \d+ %/, '')
    .replace(/"(at|startedAt|requestId|seconds|ms|bytes)": *("[^"]*"|[0-9.]+)/g, '"$1":0');

const plain = await night(world.database);

test('the night is worth comparing', () => {
  assert.deepEqual(
    plain.operations.map((operation) => 'identity' in operation && operation.identity),
    ['till:i-1', 'till:i-2', 'till:ab3', 'till:ä-4', 'till:z_5', null, null],
  );
  assert.match(JSON.stringify(plain.operations), /ingrid@iris\.com.*ödön@äx\.de/s);
  assert.equal(new Set(plain.rows.map((row) => 'code' in row && row.code)).size, 5);
});

const settings: Readonly<Record<string, string>> = {
  datestyle: "'German, DMY'",
  intervalstyle: "'iso_8601'",
  timezone: "'Asia/Kolkata'",
  standard_conforming_strings: 'off',
  backslash_quote: 'on',
  escape_string_warning: 'off',
  bytea_output: "'escape'",
  extra_float_digits: '-15',
  array_nulls: 'off',
  transform_null_equals: 'on',
  quote_all_identifiers: 'on',
  search_path: 'theirs, pg_catalog',
  xmloption: "'document'",
  client_encoding: "'LATIN1'",
  default_transaction_isolation: "'serializable'",
  default_transaction_deferrable: 'on',
  statement_timeout: '40',
  lock_timeout: '10',
  idle_in_transaction_session_timeout: '20',
  idle_session_timeout: '500',
  row_security: 'off',
  synchronous_commit: 'off',
  plan_cache_mode: "'force_generic_plan'",
  jit: 'off',
  enable_hashjoin: 'off',
  enable_indexscan: 'off',
  default_text_search_config: "'pg_catalog.turkish'",
  lc_numeric: "'C.UTF-8'",
  lc_time: "'C.UTF-8'",
};

/** A function of theirs that would stand before ours in their own search path. */
const theirs = `create schema theirs; create function theirs.lower(text) returns text language sql as $$ select 'theirs' $$;
  create function theirs.upper(text) returns text language sql as $$ select 'theirs' $$`;

test('a role and a database with every setting otherwise', async (t) => {
  const database = await cloneDatabase(t);
  await withConnection(database.db, async (client) => {
    await client.query(theirs);
    const { rows } = await client.query<{ newer: boolean; role: string }>(
      `select current_setting('server_version_num')::int >= 170000 as newer, current_user as role`,
    );
    const all = { ...settings, ...(rows[0]?.newer ? { transaction_timeout: '1500' } : {}) };
    for (const [index, [name, value]] of Object.entries(all).entries()) {
      const whose = index % 2 === 0 ? `role ${rows[0]?.role} in database` : 'database';
      await client.query(`alter ${whose} ${database.name} set ${name} = ${value}`);
    }
  });
  assert.deepEqual(await night(database), plain);
});

const locales: Readonly<Record<string, string>> = {
  'a Turkish database (ICU)': `encoding 'UTF8' locale 'C' locale_provider icu icu_locale 'tr-TR'`,
  'a database that knows the letters A to Z only': `encoding 'UTF8' locale 'C' locale_provider libc`,
};
for (const [name, how] of Object.entries(locales)) {
  test(name, async (t) => {
    const database = await foreign(t, how);
    if (database === null) return t.skip('this PostgreSQL has no such locale');
    await migrate(database.db);
    assert.deepEqual(await night(database), plain);
  });
}

/** Null where the server was built without ICU. */
async function foreign(t: TestContext, how: string): Promise<TestDatabase | null> {
  try {
    return await foreignDatabase(t, how);
  } catch (error) {
    if (isDatabaseError(error, '0A000')) return null;
    throw error;
  }
}

for (const encoding of ['LATIN1', 'SQL_ASCII']) {
  test(`a database in ${encoding} is refused before anything is done, with what to type`, async (t) => {
    const { db, url, name } = await foreignDatabase(
      t,
      `encoding '${encoding}' locale 'C' locale_provider libc`,
    );
    for (const words of [['migrate'], ['migrate', '--dry-run'], ['doctor'], ['run', 'sales']]) {
      const ran = await world.ferry(words, { env: { DATABASE_URL: url } });
      assert.equal(ran.code, 78, ran.err);
      assert.match(ran.err, new RegExp(`${name} keeps text in ${encoding}`));
      assert.match(ran.err, /create database pointferry template template0 encoding 'UTF8' locale 'C'/);
    }
    const { rows } = await withConnection(db, (client) =>
      client.query(`select nspname from pg_namespace where nspname like 'pointferry%'`),
    );
    assert.deepEqual(rows, []);
  });
}

test('default_transaction_read_only is named, and is a matter of configuration', async (t) => {
  const { db, url, name } = await cloneDatabase(t);
  await withConnection(db, (client) =>
    client.query(`alter database ${name} set default_transaction_read_only = on`),
  );
  const ran = await world.ferry(['run', 'sales'], { env: { DATABASE_URL: url } });
  assert.equal(ran.code, 78, ran.err);
  assert.match(ran.err, /CONFIG_DATABASE\b.*default_transaction_read_only is on \(set for the database/s);
  const doctor = await world.ferry(['doctor'], { env: { DATABASE_URL: url } });
  assert.equal(doctor.code, 1);
  assert.match(doctor.out, /!! +writes +refused: default_transaction_read_only is on/);
  assert.equal((await world.ferry(['status'], { env: { DATABASE_URL: url } })).code, 0);
});
