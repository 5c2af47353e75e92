/** Online Retail served by a real sshd, a day each night, `.part` first, as a nightly partner would: 141 nights. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { input } from '../support/inputs.ts';
import { type Partner, retail, retailDay, retailMembers, startPartner } from '../support/partner.ts';
import type { Bench } from './main.ts';
import { type BenchWorld, makeBenchWorld } from './support.ts';

interface Night {
  readonly exitCode: number;
  readonly balanced: boolean;
  readonly rows: Readonly<Record<string, number>>;
  readonly amount: Readonly<Record<string, { readonly read: string }>>;
  readonly files: readonly { readonly verdict: string }[];
}

const requests = async ({ admin }: BenchWorld): Promise<number> => (await admin.stats()).hang.requests;

async function night(world: BenchWorld, partner: Partner): Promise<Night> {
  const { out, err } = await world.start(['run', 'retail', '--json'], partner.env).ended;
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Night;
}

/** Every tenth night yesterday's file comes once more under today's name, packed. */
async function sentAgain(world: BenchWorld, partner: Partner, day: string, name: string): Promise<boolean> {
  const before = await requests(world);
  partner.upload(name, gzipSync(retailDay(day)));
  const { exitCode, rows, files } = await night(world, partner);
  const isKnown = exitCode === 0 && rows.read === 0 && files[0]?.verdict === 'duplicate';
  return isKnown && (await requests(world)) === before;
}

async function serve(world: BenchWorld, partner: Partner, say: (line: string) => void): Promise<boolean> {
  const days = readdirSync(input('online-retail'))
    .filter((name) => name.endsWith('.csv'))
    .sort();
  world.write('members.csv', retailMembers(days));
  await world.start(['members', 'import', 'members.csv', '--account', 'bench']).ended;
  const begun = performance.now();
  const sum = { read: 0, delivered: 0, thousandths: 0n, again: 0, bad: 0 };
  for (const [i, day] of days.entries()) {
    const next = days[i + 1];
    if (next !== undefined) partner.begin(next, retailDay(next));
    partner.upload(day, retailDay(day));
    const { exitCode, balanced, rows, amount } = await night(world, partner);
    if (exitCode !== 0 || !balanced) {
      sum.bad++;
      say(`${day}: exit ${exitCode}, balanced ${balanced}`);
    }
    sum.read += rows.read ?? 0;
    sum.delivered += rows.delivered ?? 0;
    sum.thousandths += thousandths(amount.GBP?.read ?? '0');
    if (i % 10 !== 9) continue;
    sum.again++;
    if (!(await sentAgain(world, partner, day, `${day.slice(0, 10)}_again.csv.gz`))) sum.bad++;
  }
  const { effects, repeated } = await world.admin.summary();
  const seconds = (performance.now() - begun) / 1000;
  const total = `${sum.thousandths / 1000n}.${String(sum.thousandths % 1000n).padStart(3, '0')}`;
  say(
    `${days.length} nights and ${sum.again} days sent again in ${seconds.toFixed(0)} s, ${sum.bad} of them wrong`,
  );
  say(`${sum.read} rows read, ${sum.delivered} delivered, ${total} GBP read`);
  say(`${effects} activities applied, ${repeated.length} twice`);
  return sum.bad === 0 && sum.read === 209_029 && total === '3706827.641' && repeated.length === 0;
}

/** Decimal text of at most three places; not below zero over a day. */
function thousandths(text: string): bigint {
  const [whole = '0', rest = ''] = text.split('.');
  return BigInt(whole + rest.padEnd(3, '0'));
}

const bench: Bench = {
  name: 'nights',
  claims: '141 nights by sftp: every day once, books balanced, no request for a day that is sent again',
  async run(say) {
    const base = mkdtempSync(path.join(os.tmpdir(), 'pointferry-nights-'));
    const ends: (() => Promise<void>)[] = [];
    const partner = await startPartner({ after: (end) => void ends.push(end) }, base);
    const world = await makeBenchWorld(2000, {
      retail: retail('bench', partner.source('20', "after: { move: 'taken' }")),
    });
    try {
      return await serve(world, partner, say);
    } finally {
      await world.close();
      for (const end of ends) await end();
      rmSync(base, { recursive: true, force: true });
    }
  },
};
export default bench;
