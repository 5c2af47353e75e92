/** What a run would do, for people. */
import type { Plan } from '../../app/rehearsals.ts';
import { lasting, local } from '../../ground/clock.ts';
import { grouped } from '../../ground/decimal.ts';

const says: Readonly<Record<keyof Plan['rows'], string>> = {
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
const bindingText = (binding: Plan['estimate']['binding']): string =>
  'limit' in binding
    ? `${grouped(binding.limit)} per ${binding.per}`
    : `${grouped(binding.maxInFlight)} in flight, ${grouped(binding.latencyMs)} ms an answer`;

export function planText(plan: Plan): string[] {
  const { account, zone, refused } = plan;
  const faults = plan.faults
    .slice(0, 5)
    .map((fault) => `${fault.code} ${grouped(String(fault.rows))}${fault.field ? ` (${fault.field})` : ''}`);
  const row = (key: keyof Plan['rows'], note: string): string =>
    `  ${says[key].padEnd(12)} ${grouped(String(plan.rows[key])).padStart(12)}    ${note}`;
  const { binding, ms, latencyMs } = plan.estimate;
  return [
    `pipeline ${plan.pipeline} -> ${account.name} (${account.environment.toUpperCase()}), ${plan.kind}, ${plan.files} files, ${grouped(String(plan.read))} rows`,
    '',
    row(
      'send',
      `${grouped(String(plan.operations))} operations${plan.value === '0' ? '' : `   value ${grouped(plan.value)}`}`,
    ),
    row('duplicate', ''),
    row('filtered', ''),
    row('rejected', faults[0] ?? ''),
    ...faults.slice(1).map((fault) => `${' '.repeat(31)}${fault}`),
    row('parked', plan.rows.parked > 0 ? 'member not in the crosswalk: pointferry members import' : ''),
    '',
    `  calls        ${grouped(String(plan.operations)).padStart(12)}    limit ${bindingText(binding)} (binding)${account.statesLimits ? '' : ', none stated'}`,
    `  takes        ${lasting(ms / 1000).padStart(12)}    ends ${clock(plan.endsAt, zone)}${plan.deadline ? `, deadline ${clock(plan.deadline, zone)}` : ''}`,
    `  not known    what the platform refuses, retries, states found unchanged or overtaken when their turn comes${latencyMs === null ? '; how long answers take, since the account has not answered yet' : ''}`,
    `  verdict      ${plan.fits ? 'it fits' : 'NO: the deadline is missed'}`,
    ...plan.notTaken.map(({ name, code, reason }) => `  not taken    ${name}: ${code}: ${reason}`),
    ...(refused
      ? [`  refused      ${refused.code}: ${refused.message}`, `  next         ${refused.hint}`]
      : []),
  ];
}

/** The same for programs. */
export function planDocument({
  account: _account,
  kind: _kind,
  zone: _zone,
  refused,
  ...plan
}: Plan): object {
  return { ...plan, refused: refused?.code ?? null };
}
