/** Files that are large, or pretend not to be: a gigabyte of rows, one cell of half a gigabyte, 200 MB packed into 200 kB. */
import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createGzip } from 'node:zlib';
import type { Bench } from './main.ts';
import { type BenchWorld, makeBenchWorld } from './support.ts';

const megabytes = Number(process.env.POINTFERRY_BENCH_MB ?? 1000);

/** Every row is filtered: what is measured is the way into Postgres. */
const pipeline = (name: string): string => `{
  account: 'bench', operation: 'hang.activity', source: local('${name}/*'),
  identity: { source: '${name}', columns: ['id'] },
  columns: {
    member: { from: 'member' }, activity_type_id: { constant: 'purchase' }, value: { from: 'amount' },
    transaction_timestamp: { constant: '2026-05-01T10:00:00Z' },
  },
  amount: { from: 'amount', currency: 'USD' },
  where: { kind: 'sale' },
}`;

interface Took {
  readonly exitCode: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly errors: readonly { readonly code: string }[];
  readonly files: readonly { readonly verdict: string; readonly code: string | null }[];
  readonly rssMb: number;
  readonly seconds: number;
}

async function take(world: BenchWorld, name: string): Promise<Took> {
  const { out, err, rssMb, seconds } = await world.start(['run', name, '--json']).ended;
  if (out === '') throw new Error(err);
  return { ...(JSON.parse(out) as Omit<Took, 'rssMb' | 'seconds'>), rssMb, seconds };
}

/** Writes chunks into `<world>/<name>/<file>` without holding them. */
async function fill(
  world: BenchWorld,
  name: string,
  file: string,
  chunks: Iterable<string | Buffer>,
): Promise<void> {
  mkdirSync(path.join(world.folder, name), { recursive: true });
  const target = createWriteStream(path.join(world.folder, name, file));
  const packed = file.endsWith('.gz') ? createGzip() : null;
  packed?.pipe(target);
  const out = packed ?? target;
  for (const chunk of chunks) if (!out.write(chunk)) await once(out, 'drain');
  out.end();
  await once(target, 'close');
}

const header = 'id,member,amount,kind,note\n';

function* gigabyte(): Generator<string> {
  const note = 'a note of some length, '.repeat(39);
  yield header;
  for (let row = 0; row < megabytes * 1000; row += 100) {
    yield Array.from(
      { length: 100 },
      (_, i) => `T${row + i},M${row % 5000},${i}.95,refund,"${note}${row + i}"\n`,
    ).join('');
  }
}

function* oneField(): Generator<string | Buffer> {
  yield `${header}1,M1,1.00,refund,"`;
  const filling = Buffer.alloc(1_000_000, 'x');
  for (let mb = 0; mb < 500; mb++) yield filling;
  yield `\n2,M1,1.00,refund,well\n`;
}

function* zeros(): Generator<Buffer> {
  const filling = Buffer.alloc(1_000_000);
  for (let mb = 0; mb < 200; mb++) yield filling;
}

const bench: Bench = {
  name: 'large',
  claims:
    '1 GB under 300 MB of memory; one field of 500 MB refused under 350 MB; 200 MB packed into 200 kB stopped',
  async run(say) {
    const names = ['gigabyte', 'field', 'bomb'];
    const world = await makeBenchWorld(100, Object.fromEntries(names.map((name) => [name, pipeline(name)])));
    try {
      await fill(world, 'gigabyte', 'rows.csv', gigabyte());
      const big = await take(world, 'gigabyte');
      say(
        `${megabytes} MB, ${big.rows.read} rows: ${Math.round(big.rssMb)} MB at most, ${big.seconds.toFixed(0)} s`,
      );
      rmSync(path.join(world.folder, 'gigabyte'), { recursive: true });
      await fill(world, 'field', 'field.csv', oneField());
      const field = await take(world, 'field');
      const codes = field.errors.map(({ code }) => code).join();
      say(
        `one field of 500 MB: ${codes}, ${field.rows.read} rows read, ${Math.round(field.rssMb)} MB at most, ${field.seconds.toFixed(0)} s`,
      );
      await fill(world, 'bomb', 'bomb.csv.gz', zeros());
      const bomb = await take(world, 'bomb');
      say(
        `200 MB in 200 kB: ${bomb.files[0]?.verdict} ${bomb.files[0]?.code}, ${Math.round(bomb.rssMb)} MB at most`,
      );
      return (
        big.rows.read === megabytes * 1000 &&
        big.exitCode === 0 &&
        big.rssMb < 300 &&
        codes === 'STAGE_RECORD_TOO_LONG' &&
        field.rows.read === 2 &&
        field.rssMb < 350 &&
        bomb.files[0]?.code === 'READ_UNPACK_LIMIT' &&
        bomb.rssMb < 300
      );
    } finally {
      await world.close();
    }
  },
};
export default bench;
