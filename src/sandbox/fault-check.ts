/** Faults come from files and from HTTP: checked once, here, so that a typo is not a test that proves nothing. */
import { PointferryError } from '../ground/errors.ts';
import { platforms } from './effects.ts';
import type { Fault, FaultAction } from './faults.ts';

type Check = (value: unknown) => boolean;
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const oneOf =
  (...choices: unknown[]): Check =>
  (value) =>
    choices.includes(value);

const faultKeys: Readonly<Record<string, Check>> = {
  name: isText,
  platform: oneOf(...platforms),
  route: isText,
  subject: isText,
  skip: isNumber,
  count: isNumber,
  nth: (value) => Array.isArray(value) && value.every(isNumber),
  share: (value) => isNumber(value) && Number(value) <= 1,
  afterMs: isNumber,
  forMs: isNumber,
  do: isRecord,
};

export const actionKeys: Readonly<Record<FaultAction['kind'], Readonly<Record<string, Check>>>> = {
  latency: { ms: isNumber, spreadMs: isNumber, when: oneOf('before', 'after') },
  throttle: {
    retryAfter: (value) =>
      isNumber(value) || isText(value) || (isRecord(value) && Number.isFinite(value.date)),
  },
  status: { status: isNumber, body: isText, headers: isRecord, applied: isFlag },
  cut: { applied: isFlag, reset: isFlag },
  silence: { applied: isFlag },
  malformed: { applied: isFlag },
  truncated: { applied: isFlag },
  empty: { applied: isFlag },
  html: { applied: isFlag },
  drip: { everyMs: isNumber, bytes: isNumber, part: oneOf('body', 'headers'), applied: isFlag },
  huge: { bytes: isNumber, gzip: isFlag, applied: isFlag },
  headers: { headers: isRecord },
  redirect: { location: isText, status: isNumber },
  'expire-token': {},
};
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  latency: ['ms'],
  status: ['status'],
  cut: ['applied'],
  drip: ['everyMs'],
  huge: ['bytes'],
  headers: ['headers'],
};

/**
 * A list of faults, or one alone.
 * @throws PointferryError CONFIG_INVALID naming the place and the key.
 */
export function checkFaults(value: unknown): readonly Fault[] {
  const list = Array.isArray(value) ? value : [value];
  list.forEach((one, index) => {
    const place = `faults[${index}]`;
    checkObject(one, faultKeys, ['do'], place);
    const action = (one as { do: Record<string, unknown> }).do;
    const { kind, ...rest } = action;
    const keys = Object.hasOwn(actionKeys, String(kind))
      ? actionKeys[String(kind) as FaultAction['kind']]
      : undefined;
    if (keys === undefined) throw wrong(`${place}.do.kind must be ${Object.keys(actionKeys).join(', ')}`);
    checkObject(rest, keys, requiredKeys[String(kind)] ?? [], `${place}.do`);
  });
  return list as readonly Fault[];
}

function checkObject(
  value: unknown,
  keys: Readonly<Record<string, Check>>,
  required: readonly string[],
  place: string,
): void {
  if (!isRecord(value)) throw wrong(`${place} must be an object`);
  for (const key of required) if (!Object.hasOwn(value, key)) throw wrong(`${place}.${key} is missing`);
  for (const [key, one] of Object.entries(value)) {
    const check = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (check === undefined) throw wrong(`${place}.${key} is not known here`);
    if (!check(one)) throw wrong(`${place}.${key} has a wrong value`);
  }
}

const wrong = (message: string): PointferryError =>
  new PointferryError('CONFIG_INVALID', message, { hint: 'src/sandbox/README.md lists the faults' });
