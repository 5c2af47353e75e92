/** What only a person can agree to before anything is sent: asked as a result, never by a prompt. */
import type { Found } from '../check/find.ts';
import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { otherSender, renamed, type Today } from '../flow/renamed.ts';
import { PointferryError } from '../ground/errors.ts';
import { ensureAccount } from '../ledger/begin-run.ts';
import { recordDecision } from '../ledger/decisions.ts';

/** The request is to be made again with an answer, or `refused` is what to tell whoever asked. */
export type Needs = {
  readonly refused: PointferryError;
} & (
  | { readonly consent: { readonly account: string } }
  | { readonly newAccount: { readonly account: string; readonly other: string; readonly run: string } }
);

/** Answers that came with the request. */
export interface Answers {
  /** The first send to an account marked production may begin. */
  readonly consent?: boolean | undefined;
  /** What another account has sent may be sent again as this one. */
  readonly acceptNewAccount?: boolean | undefined;
}

/** Null: nothing was ever in the way, or it was agreed to. An agreement is recorded with the account, once. */
export async function needsConsent(
  db: Db,
  actor: string,
  { pipeline, account }: Found,
  { consent }: Answers,
): Promise<Needs | null> {
  if (account.stage !== 'production') return null;
  const name = pipeline.account;
  await ensureAccount(db, { name, platform: account.platform, stage: account.stage });
  const known = await reading(db, (client) => runMaybe(client, 'ledger/consent', { account: name }));
  if (known?.agreed) return null;
  if (consent !== true) return { consent: { account: name }, refused: withoutConsent(name) };
  await inTransaction(db, (client) => query(client, 'ledger/record-consent', { account: name }), {
    idempotent: true,
  });
  await recordDecision(db, { actor, verb: 'consent', account: name });
  return null;
}

const withoutConsent = (account: string): PointferryError =>
  new PointferryError(
    'CONFIG_USAGE',
    `account ${account} is marked production and nothing was ever sent to it`,
    { hint: 'look at it first with: pointferry plan; then add --yes' },
  );

/**
 * Nothing is sent again under another account's name without an answer of its own: consent does not cover it, since a
 * scheduler always gives that. An answer is recorded with the account, once.
 */
export async function needsNewAccount(
  db: Db,
  actor: string,
  today: Today,
  { acceptNewAccount }: Answers,
): Promise<Needs | null> {
  const sender = await reading(db, (client) => otherSender(client, today));
  if (sender === null) return null;
  const { account: other, origin, pipeline, run } = sender;
  const { account } = today.found.pipeline;
  if (acceptNewAccount !== true)
    return { newAccount: { account, other, run }, refused: renamed(today, sender) };
  const detail = { other, origin, pipeline, run };
  await recordDecision(db, { actor, verb: 'accept-new-account', account, detail });
  return null;
}
