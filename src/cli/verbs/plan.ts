import { onStage } from '../../app/rehearsals.ts';
import type { Found } from '../../check/find.ts';
import type { Client } from '../../db/pool.ts';
import { resolveAccount } from '../../destinations/account.ts';
import type { Platform } from '../../destinations/kind.ts';
import { limitsOf } from '../../destinations/limits.ts';
import { requireSameRules } from '../../flow/history.ts';
import { destinationOf } from '../../flow/prepare.ts';
import { otherSender, renamed } from '../../flow/renamed.ts';
import { lasting, local, nextLocal } from '../../ground/clock.ts';
import { grouped } from '../../ground/decimal.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { type Forecast, forecast } from '../../normalize/forecast.ts';
import { type Binding, type Estimate, estimate, observedLatency } from '../../report/findings/plan.ts';
import { type Context, verb } from '../command.ts';
import { files } from '../options.ts';

interface Verdict {
  readonly estimate: Estimate;
  readonly endsAt: Date;
  readonly deadline: Date | null;
  readonly fits: boolean;
}

function verdictOf(found: Found, calls: number, latencyMs: number | null, now: Date): Verdict {
  const reckoned = estimate(calls, limitsOf(found.account), latencyMs);
  const schedule = found.pipeline.schedule;
  const begins = (schedule && nextLocal(now, schedule.at, schedule.zone)) ?? now;
  const deadline = schedule?.deadline ? nextLocal(begins, schedule.deadline, schedule.zone) : null;
  const endsAt = new Date(begins.getTime() + reckoned.ms);
  return { estimate: reckoned, endsAt, deadline, fits: deadline === null || endsAt <= deadline };
}

const says: Readonly<Record<keyof Forecast['rows'], string>> = {
  send: 'would send',
  duplicate: 'duplicate',
  filtered: 'filtered',
  rejected: 'rejected',
  parked: 'parked',
};

/** `Tue 02:46 CDT`. */
function clock(at: Date, zone: string): string {
  const { weekday, time, zone: short } = local(at, zone);
  return `${weekday} ${time.slice(0, 5)} ${short}`;
}

/** `50 per 1s`, or `4 in flight, 800 ms an answer`. */
const bindingText = (binding: Binding): string =>
  'limit' in binding
    ? `${grouped(binding.limit)} per ${binding.per}`
    : `${grouped(binding.maxInFlight)} in flight, ${grouped(binding.latencyMs)} ms an answer`;

function lines(found: Found, seen: Forecast, verdict: Verdict, files: number): string[] {
  const { pipeline, account } = found;
  const zone = pipeline.schedule?.zone ?? 'UTC';
  const { binding, ms, latencyMs } = verdict.estimate;
  const faults = seen.faults
    .slice(0, 5)
    .map((fault) => `${fault.code} ${grouped(String(fault.rows))}${fault.field ? ` (${fault.field})` : ''}`);
  const row = (key: keyof Forecast['rows'], note: string): string =>
    `  ${says[key].padEnd(12)} ${grouped(String(seen.rows[key])).padStart(12)}    ${note}`;
  return [
    `pipeline ${found.name} -> ${pipeline.account} (${account.stage.toUpperCase()}), ${pipeline.operation}, ${files} files, ${grouped(String(seen.read))} rows`,
    '',
    row(
      'send',
      `${grouped(String(seen.operations))} operations${seen.value === '0' ? '' : `   value ${grouped(seen.value)}`}`,
    ),
    row('duplicate', ''),
    row('filtered', ''),
    row('rejected', faults[0] ?? ''),
    ...faults.slice(1).map((fault) => `${' '.repeat(31)}${fault}`),
    row('parked', seen.rows.parked > 0 ? 'member not in the crosswalk: pointferry members import' : ''),
    '',
    `  calls        ${grouped(String(seen.operations)).padStart(12)}    limit ${bindingText(binding)} (binding)${account.windows ? '' : ', none stated'}`,
    `  takes        ${lasting(ms / 1000).padStart(12)}    ends ${clock(verdict.endsAt, zone)}${verdict.deadline ? `, deadline ${clock(verdict.deadline, zone)}` : ''}`,
    `  not known    what the platform refuses, retries, states found unchanged or overtaken when their turn comes${latencyMs === null ? '; how long answers take, since the account has not answered yet' : ''}`,
    `  verdict      ${verdict.fits ? 'it fits' : 'NO: the deadline is missed'}`,
  ];
}

/** What a run would be refused for before it sends anything; an account whose variables are not set says nothing. */
async function refusedOf(client: Client, context: Context, found: Found): Promise<PointferryError | null> {
  const { platform } = await destinationOf(found.pipeline.operation, found.account.platform);
  const baseUrl = addressOf(found, platform, context.env);
  if (baseUrl === null) return null;
  const today = { found, baseUrl, folder: context.pipelines };
  const sender = await otherSender(client, today);
  return sender && renamed(today, sender);
}

function addressOf({ pipeline, account }: Found, platform: Platform, env: Context['env']): string | null {
  try {
    return resolveAccount(pipeline.account, account as never, platform, env).baseUrl;
  } catch (error) {
    if (error instanceof PointferryError) return null;
    throw error;
  }
}

const command = verb({
  description:
    'Reads and checks the files as a run does and sends nothing. Prints the rows per outcome, the number of calls, the limit that decides the pace, and when the run would end.',
  positionals: [1, 1],
  examples: [
    ['pointferry plan pos-transactions', 'exit code 1 if the run would miss its deadline'],
    ['pointferry plan legacy-balances --file balances.csv', 'plan for a local file'],
  ],
  options: {
    file: files('local file instead of the source'),
  },
  async run(context) {
    const { found, seen, files, notTaken, refused, latencyMs } = await onStage(
      context,
      Number.POSITIVE_INFINITY,
      async ({ client, run, found, kind, files, notTaken }) => {
        await requireSameRules(client, found);
        const refused = await refusedOf(client, context, found);
        const seen = await forecast(client, { run, pipeline: found.pipeline, kind }, files);
        const latencyMs = await observedLatency(client, found.pipeline.account);
        return { found, files: files.length, notTaken, seen, refused, latencyMs };
      },
    );
    const verdict = verdictOf(found, seen.operations, latencyMs, new Date());
    context.document({
      pipeline: found.name,
      files,
      notTaken,
      ...seen,
      ...verdict,
      refused: refused?.code ?? null,
    });
    for (const line of lines(found, seen, verdict, files)) context.say(line);
    for (const { name, code, reason } of notTaken) context.say(`  not taken    ${name}: ${code}: ${reason}`);
    if (refused) {
      context.say(`  refused      ${refused.code}: ${refused.message}`);
      context.say(`  next         ${refused.hint}`);
      return refused.exitCode;
    }
    return verdict.fits ? exit.ok : exit.rows;
  },
});
export default command;
