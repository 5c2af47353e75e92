/** fabric with client credentials: tokens that run out, and that are ended under way; refreshed once for all workers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readJournal } from './journal.ts';
import { type Part, type Suite, story } from './suite.ts';
import type { World } from './world.ts';

const account = `\
import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'fabric',
  stage: 'sandbox',
  baseUrl: env('FABRIC_BASE_URL'),
  tokenUrl: env('FABRIC_TOKEN_URL'),
  clientId: env('FABRIC_CLIENT_ID'),
  clientSecret: env('FABRIC_CLIENT_SECRET'),
  windows: [{ limit: 20, per: '1s' }],
  maxInFlight: 6,
});
`;

const cards = `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'fabric-faults',
  operation: 'fabric.member',
  source: local('in/cards/*.csv'),
  businessDate: { fileName: 'cards_{yyyyMMdd}' },
  version: { from: 'changed', as: 'timestamp' },
  columns: {
    profileId: { from: 'profile' },
    firstName: { from: 'first' },
    lastName: { from: 'last' },
  },
});
`;

const members = 40;

export async function tokenExpiry(suite: Suite, part: Part, n: number): Promise<void> {
  const faults = [
    { platform: 'fabric', route: 'fabric.member', nth: [4, 16, 30], do: { kind: 'expire-token' } },
  ] as const;
  const sandbox = ['--switches', JSON.stringify({ fabric: { autoMembers: true, tokenSeconds: 2 } })];
  await story(suite, part, { n, rate: 20, faults, sandbox }, tell, 'tokens expire');
}

async function tell(world: World): Promise<string[]> {
  write(world);
  const env = {
    FABRIC_BASE_URL: `${world.sandboxUrl}/api`,
    FABRIC_TOKEN_URL: `${world.sandboxUrl}/oauth2/default/v1/token`,
    FABRIC_CLIENT_ID: 'sandbox-client',
    FABRIC_CLIENT_SECRET: 'sandbox-secret',
  };
  const { code, stdout, stderr } = await world.start(['run', 'cards'], { env }).ended;
  const wrong = code === 0 ? [] : [`cards ended ${code}: ${stderr.slice(-400)}`];
  if (`${stdout}${stderr}`.includes('sandbox-secret')) wrong.push('the client secret was printed');
  const effects = readJournal(world.journal).filter((effect) => effect.type === 'fabric.member');
  const subjects = new Set(effects.map((effect) => effect.subject));
  if (effects.length !== members || subjects.size !== members)
    wrong.push(`${effects.length} changes of ${subjects.size} members, expected ${members}`);
  const { fabric } = await world.admin.stats();
  const refused = fabric.byStatus['401'] ?? 0;
  // three requests were answered so; those under way at that moment may be too
  if (refused < 3 || refused > 3 + 3 * 6) wrong.push(`${refused} answers were 401`);
  const states = await world.query<{ state: string; n: string }>(
    'select state, count(*) as n from pointferry.operation group by state',
  );
  if (states.length !== 1 || states[0]?.state !== 'delivered') wrong.push(JSON.stringify(states));
  return wrong;
}

function write(world: World): void {
  const lines = Array.from(
    { length: members },
    (_none, i) => `p${i},N${i},Canary${i},2026-05-12T08:${String(i).padStart(2, '0')}:00Z`,
  );
  mkdirSync(path.join(world.folder, 'in', 'cards'), { recursive: true });
  const files: readonly [string, string][] = [
    ['pipelines/accounts/fabric-faults.ts', account],
    ['pipelines/cards.ts', cards],
    ['in/cards/cards_20260512.csv', `profile,first,last,changed\n${lines.join('\n')}\n`],
  ];
  for (const [name, text] of files) writeFileSync(path.join(world.folder, name), text);
}
