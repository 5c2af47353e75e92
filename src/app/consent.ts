/** No first send to an account marked production without a person's word (docs/contract.md#verbs). */
import { createInterface } from 'node:readline/promises';
import type { Found } from '../check/find.ts';
import type { Context } from '../cli/command.ts';
import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { otherSender, renamed, type Today } from '../flow/renamed.ts';
import { PointferryError } from '../ground/errors.ts';
import { ensureAccount, recordDecision } from '../ledger/runs.ts';
import { forecast } from '../normalize/forecast.ts';
import { onStage } from './rehearsals.ts';

export async function agree(db: Db, context: Context, { pipeline, account }: Found): Promise<void> {
  if (account.stage !== 'production') return;
  const name = pipeline.account;
  await ensureAccount(db, { name, platform: account.platform, stage: account.stage });
  const known = await reading(db, (client) =>
    runMaybe<{ agreed: boolean }>(client, 'ledger/consent', { account: name }),
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
  await inTransaction(db, (client) => query(client, 'ledger/record-consent', { account: name }), {
    idempotent: true,
  });
  await recordDecision(db, { actor: context.actor, verb: 'consent', account: name });
}

/**
 * Nothing is sent again under another account's name without a word of its own, which `--yes` does not give: a scheduler has
 * that one always. Asked for once: it is recorded with the account.
 */
export async function agreeToAccount(db: Db, context: Context, today: Today): Promise<void> {
  const sender = await reading(db, (client) => otherSender(client, today));
  if (sender === null) return;
  if (context.flags['accept-new-account'] !== true) throw renamed(today, sender);
  const { account: other, origin, pipeline, run } = sender;
  await recordDecision(db, {
    actor: context.actor,
    verb: 'accept-new-account',
    account: today.found.pipeline.account,
    detail: { other, origin, pipeline, run },
  });
}

/** The calls that the run would make, by its own code: what a person agrees to has a number. */
const callsOf = (context: Context): Promise<number> =>
  onStage(
    { ...context, flags: { file: (context.flags.file ?? []) as readonly string[] } },
    Number.POSITIVE_INFINITY,
    async ({ client, run, files, found, kind }) => {
      const request = { run, pipeline: found.pipeline, kind };
      return (await forecast(client, request, files)).operations;
    },
  );

async function asked(context: Context, account: string): Promise<boolean> {
  if (!context.terminal || process.stdin.isTTY !== true) return false;
  const calls = await callsOf(context);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `First send to ${account} (PRODUCTION): ${calls} calls. Type its name to go on: `,
      {
        signal: context.signal,
      },
    );
    return answer.trim() === account;
  } finally {
    terminal.close();
  }
}
