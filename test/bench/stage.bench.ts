/** A million rows from file to books: memory of the importer, and speed against csv-parse alone on the same bytes. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse';
import type { Bench } from './main.ts';
import { makeBenchWorld } from './support.ts';

const rows = Number(process.env.POINTFERRY_BENCH_ROWS ?? 1_000_000);

const pipeline = `{
  account: 'bench', operation: 'hang.activity', source: local('in/*.csv'),
  identity: { source: 'bench', columns: ['id'] },
  columns: {
    member: { from: 'member' }, activity_type_id: { constant: 'purchase' }, value: { from: 'amount', as: 'decimal' },
    transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm:ss', zone: 'America/Chicago' },
  },
  amount: { from: 'amount', currency: 'USD' },
  where: { kind: 'sale' },
}`;

async function writeRows(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write('id,member,at,amount,kind,store,sku,quantity,description,note\n');
  for (let i = 0; i < rows; i++) {
    const at = `2026-05-${String((i % 28) + 1).padStart(2, '0')} ${String(i % 24).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:00`;
    const line = `T${i},M${i % 5000},${at},${(i % 9000) / 100},refund,S${i % 400},${i % 99999},${i % 7},"A ""quoted"" thing, with a comma ${i}",-\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

async function bareSeconds(file: string): Promise<number> {
  const begun = performance.now();
  const parser = createReadStream(file).pipe(parse({ from_line: 2 }));
  let count = 0;
  for await (const _record of parser) count += 1;
  if (count !== rows) throw new Error(`csv-parse read ${count} rows`);
  return (performance.now() - begun) / 1000;
}

const bench: Bench = {
  name: 'stage',
  claims: `the importer stays under 300 MB over ${rows.toLocaleString('en-US')} rows`,
  async run(say) {
    const world = await makeBenchWorld(100, { bench: pipeline });
    try {
      const file = world.write('in/rows.csv', '');
      await writeRows(file);
      const bare = await bareSeconds(file);
      const { code, out, err, rssMb } = await world.start(['run', 'bench', '--json']).ended;
      if (code !== 0) throw new Error(`exit ${code}: ${err}`);
      const { rows: counted, seconds } = JSON.parse(out) as {
        rows: { read: number; filtered: number };
        seconds: Record<string, number>;
      };
      const stage = seconds.stage ?? 0;
      const normalize = seconds.normalize ?? 0;
      say(`read ${counted.read}, filtered ${counted.filtered} (${path.basename(file)})`);
      say(
        `stage     ${stage.toFixed(1)} s = ${(stage / bare).toFixed(2)} x csv-parse alone (${bare.toFixed(1)} s), ${Math.round(rows / stage)} rows/s`,
      );
      say(`normalize ${normalize.toFixed(1)} s = ${(normalize / bare).toFixed(2)} x csv-parse alone`);
      say(`importer  ${Math.round(rssMb)} MB at most`);
      return counted.read === rows && rssMb < 300;
    } finally {
      await world.close();
    }
  },
};
export default bench;
