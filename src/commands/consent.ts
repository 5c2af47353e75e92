/** No first send to an account marked production without a person's word (contract: "Verbs"). */
import { createInterface } from 'node:readline/promises';
import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { PointferryError } from '../errors.ts';
import type { Found } from '../pipeline/find.ts';
import { ensureAccount, recordDecision } from '../run/ledger.ts';
import type { Context } from './command.ts';

export async function agree(db: Db, context: Context, { pipeline, account }: Found): Promise<void> {
  if (account.stage !== 'production') return;
  const name = pipeline.account;
  await ensureAccount(db, { name, platform: account.platform, stage: account.stage });
  const known = await reading(db, (client) =>
    runMaybe<{ agreed: boolean }>(client, 'run/consent', { account: name }),
  );
  if (known?.agreed) return;
  if (!context.yes && !(await asked(context, name))) {
    throw new PointferryError(
      'CONFIG_USAGE',
      `account ${name} is marked production and nothing was ever sent to it`,
      {
        hint: 'look at it first with: pointferry plan; then add --yes',
      },
    );
  }
  await inTransaction(db, (client) => query(client, 'run/record-consent', { account: name }), {
    idempotent: true,
  });
  await recordDecision(db, { actor: context.actor, verb: 'consent', account: name });
}

async function asked(context: Context, account: string): Promise<boolean> {
  if (!context.terminal || process.stdin.isTTY !== true) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `First send to ${account} (PRODUCTION). Type its name to go on: `,
      {
        signal: context.signal,
      },
    );
    return answer.trim() === account;
  } finally {
    terminal.close();
  }
}
