/** Members of a real shop: dates that could be read two ways, account numbers of eleven digits, and somebody called None. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { withClient } from '../../src/db/pool.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { input, inputSkip } from '../support/inputs.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { normalize, stagedRun } from './support.ts';

const customers = 'maven-market/MavenMarket_Customers.csv';

const born = { from: 'birthdate', format: 'dd-MM-yyyy' } as const;
const common = { source: { kind: 'local', path: 'x' }, businessDate: { run: true } } as const;
const pipelines: readonly Pipeline[] = [
  {
    ...common,
    account: 'fabric-test',
    operation: 'fabric.member',
    complete: true,
    columns: {
      profileId: { from: 'customer_acct_num' },
      firstName: { from: 'first_name' },
      lastName: { from: 'last_name' },
      birthDate: born,
      gender: { from: 'gender', map: { M: 'Male', F: 'Female' } },
      maritalStatus: { from: 'marital_status', map: { M: 'Married', S: 'Single' } },
      addressLine1: { from: 'customer_address' },
      city: { from: 'customer_city' },
      region: { from: 'customer_state_province' },
      postalCode: { from: 'customer_postal_code' },
      country: { from: 'customer_country' },
      customAttributes: {
        card: { from: 'member_card' },
        children: { from: 'total_children', as: 'integer' },
      },
    },
  },
  {
    ...common,
    account: 'hang-test',
    operation: 'hang.member',
    columns: {
      member: { from: 'customer_id' },
      external_user_id: { from: 'customer_acct_num' },
      first_name: { from: 'first_name' },
      last_name: { from: 'last_name' },
      birthday: born,
    },
  },
];

for (const pipeline of pipelines) {
  test(`Maven Market members through ${pipeline.operation}`, {
    skip: inputSkip(customers),
  }, async () => {
    const { db } = await cloneDatabase();
    const [header = [], ...rows] = parse(readFileSync(input(customers)), { bom: true }) as string[][];
    const run = await stagedRun(db, pipeline, [{ header, rows }]);
    const counts = await normalize(db, run);
    assert.deepEqual(counts, {
      read: 10_281,
      damaged: 0,
      rejected: 0,
      filtered: 0,
      conflicts: 0,
      operations: 10_281,
      parked: 0,
    });
    const names =
      pipeline.operation === 'fabric.member' ? ['lastName', 'birthDate'] : ['last_name', 'birthday'];
    const found = await withClient(db, (client) =>
      client.query(
        `select count(*) filter (where payload->>$2 = 'None') as none, count(distinct payload->>$3) as dates, min(payload->>$3) as first, max(payload->>$3) as last
         from pointferry.operation where run = $1`,
        [run.id, ...names],
      ),
    );
    const days = new Set(rows.map((row) => row[header.indexOf('birthdate')]?.split('-').reverse().join('-')));
    const sorted = [...days].sort();
    const nones = rows.filter((row) => row[header.indexOf('last_name')] === 'None').length;
    assert.ok(nones > 0);
    assert.deepEqual(found.rows, [{ none: nones, dates: days.size, first: sorted[0], last: sorted.at(-1) }]);
  });
}
