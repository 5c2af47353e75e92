/** One prepared world whose screens are the golden files: four nights of sales, the last with every bucket, and a run that stopped. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { withClient } from '../../src/db/pool.ts';
import { repository } from '../world/cli.ts';
import { makeWorld, shortDeadline, type World } from '../world/world.ts';

const sales = `{
  account: 'shop', operation: 'hang.activity', owner: 'pos@example.com', description: 'Sales of the shops',
  source: local('in/sales_*.csv'), businessDate: { fileName: 'sales_{yyyy-MM-dd}' },
  schedule: { at: '02:30', zone: 'Asia/Tokyo', deadline: '05:00' },
  identity: { source: 'till', columns: ['id'] }, group: { by: 'id' },
  columns: {
    member: { from: 'card', via: 'crosswalk' }, activity_type_id: { from: 'type' },
    value: { sum: 'value', as: 'decimal' },
    transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
  },
  amount: { from: 'value', currency: 'USD' }, where: { type: { not: 'void' } },
}`;

const people = `{
  account: 'shop', operation: 'hang.member', source: local('in/people_*.csv'),
  businessDate: { fileName: 'people_{yyyyMMdd}' },
  columns: { member: { from: 'card', via: 'crosswalk' }, email: { from: 'email' }, first_name: { from: 'name' } },
  thresholds: { intake: { stop: 1 } },
}`;

/** No keyRetention: a lost answer leaves an unknown outcome. One request at a time: answers have one order. */
const shop = `{ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
  windows: [{ limit: 2000, per: '1s' }], maxInFlight: 1 }`;

const header = 'id,card,type,value,at,shop';

/** Three nights, so that the fourth has a usual to be held against; the first has one row that is rejected. */
const nights: readonly (readonly [file: string, rows: readonly string[]])[] = [
  [
    'sales_2024-04-29.csv',
    [
      't100,900001,purchase,12.50,2024-04-29 09:12,0007',
      't100,900001,purchase,3.25,2024-04-29 09:12,0007',
      't101,900002,purchase,8.00,2024-04-29 10:40,0007',
      't102,900003,refund,-2.00,2024-04-29 11:05,0012',
    ],
  ],
  ['sales_2024-04-30.csv', nightOf(110, 7, '2024-04-30')],
  ['sales_2024-05-01.csv', nightOf(120, 9, '2024-05-01')],
];

function nightOf(from: number, rows: number, day: string): string[] {
  return Array.from(
    { length: rows },
    (_, i) => `t${from + i},90000${1 + (i % 3)},purchase,${i + 1}.25,${day} 1${i % 10}:00,0007`,
  );
}

const lastNight = [
  't101,900002,purchase,8.00,2024-04-29 10:40,0007', // delivered in the first night
  't200,900001,purchase,20.00,2024-05-02 09:00,0007',
  't200,900001,purchase,1.75,2024-05-02 09:00,0007',
  't201,900002,purchase,1499.90,2024-05-02 09:30,0012',
  't202,900003,void,5.00,2024-05-02 09:45,0012',
  't203,900001,purchase,ten,2024-05-02 10:00,0012',
  't204,900002,purchase,4.00,02/05/2024 10:10,0012',
  't205,900003,purchase,6.00,2024-05-02 10:20,0012',
  't205,900003,purchase,x,2024-05-02 10:20,0012',
  't206,900004,purchase,7.00,2024-05-02 11:00,0007', // the platform refuses this member
  't207,900005,purchase,9.99,2024-05-02 11:30,0007', // its answer is lost
  't208,900099,purchase,2.00,2024-05-02 12:00,0007', // not in the crosswalk
];

const file = (head: string, rows: readonly string[]): string => `${[head, ...rows].join('\n')}\n`;

/** Ids of files have three digits, so that row ids are equally long whatever was rolled back before. */
const firstFile = 101;

export async function preparedWorld(): Promise<World> {
  const world = await makeWorld({ sales, people }, shortDeadline);
  await withClient(world.database.db, (client) =>
    client.query(`alter table pointferry.file alter column id restart with ${firstFile}`),
  );
  for (const account of ['hang', 'fabric'])
    rmSync(path.join(world.folder, `pipelines/accounts/${account}.ts`));
  world.write(
    'pipelines/accounts/shop.ts',
    `import { defineAccount, env } from 'pointferry';\nexport default defineAccount(${shop});\n`,
  );
  const cards = ['900001', '900002', '900003', '900004', '900005'];
  world.write('members.csv', readFileSync(path.join(repository, 'data-samples/crm-members/clean.csv')));
  world.write(
    'cards.csv',
    file(
      'key,member_id',
      cards.map((card) => `${card},mem_${card.slice(-1)}`),
    ),
  );
  await world.admin.setFaults([
    { route: 'hang.activity', subject: 'mem_4', do: { kind: 'status', status: 422 } },
    { route: 'hang.activity', subject: 'mem_5', count: 1, do: { kind: 'cut', applied: true } },
  ]);
  return world;
}

/** How many nights there are before the last one. */
export const earlierNights = nights.length;

/** The files of one of them; those of the nights before stay where they are. */
export function arriveNight(world: World, night: number): void {
  const [name, rows] = nights[night] ?? ['', []];
  world.write(`in/${name}`, file(header, rows));
}

/** The files of the last night: one is good, one has another header. */
export function arriveLastNight(world: World): void {
  world.write('in/sales_2024-05-02.csv', file(header, lastNight));
  world.write('in/sales_2024-05-02_shop9.csv', file('till;amount', ['1;2.00']));
}

export function arrivePeople(world: World): void {
  world.write(
    'in/people_20240502.csv',
    file('card,email,name', ['900001,ann@example.com,Ann', '900002,bob at example,Bob', '900003,eve@,Eve']),
  );
}

/** Two pipelines with mistakes, for `check`, in a folder of their own. */
export function writeMistakes(world: World): void {
  const define = (name: string, literal: string): string =>
    world.write(
      `mistaken/${name}.ts`,
      `import { definePipeline, local } from 'pointferry';\nexport default definePipeline(${literal} as never);\n`,
    );
  define('typos', sales.replace(`'shop'`, `'shpo'`).replace('hang.activity', 'hang.activities'));
  define(
    'gaps',
    sales.replace(`value: { sum: 'value', as: 'decimal' },`, '').replace(`from: 'at',`, `form: 'at',`),
  );
  world.write(
    'mistaken/accounts/shop.ts',
    `import { defineAccount, env } from 'pointferry';\nexport default defineAccount(${shop});\n`,
  );
}

/**
 * Gives every run and request a time of its own in 2024, as if requests had gone out 2 seconds apart: reports then have
 * the same courses, spans and answer times on every machine.
 */
export const freezeTimes = (world: World): Promise<unknown> =>
  withClient(world.database.db, (client) =>
    client.query(`
      update pointferry.attempt a
         set intended_at = f.at, ended_at = f.at + make_interval(secs => f.ms / 1000), ms = f.ms
        from (select x.id, timestamptz '2024-05-02 17:30:04Z' + make_interval(days => r.seq::integer, secs => 2 * n) as at,
                     20 + (37 * n) % 150 as ms
                from (select id, run, row_number() over (partition by run order by operation, id) as n from pointferry.attempt) x
                join pointferry.run r on r.id = x.run) f
       where f.id = a.id;
      update pointferry.operation o set sent_at = l.at, settled_at = case when o.settled_at is null then null else l.at end
        from (select operation, max(ended_at) as at from pointferry.attempt group by 1) l
       where l.operation = o.id and o.sent_at is not null;
      update pointferry.run
         set started_at = timestamptz '2024-05-02 17:30:00Z' + make_interval(days => seq::integer),
             finished_at = timestamptz '2024-05-02 17:31:10Z' + make_interval(days => seq::integer),
             seconds = '{"read": 1, "stage": 2, "normalize": 3, "push": 60, "report": 1}'
       where finished_at is not null;
      update pointferry.run_figures f
         set figures = figures || jsonb_build_object('seconds', r.seconds,
                       'requests', figures->'requests' || jsonb_build_object('p99Ms', 100 + 10 * seq))
        from pointferry.run r where r.id = f.run`),
  );
