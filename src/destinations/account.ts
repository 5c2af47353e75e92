/**
 * An account's literal, checked and with its secrets resolved. Resolved secrets live in memory only: never in logs,
 * errors or Postgres.
 */
import { type Environment, readVariable } from '../ground/environment.ts';
import { PointferryError } from '../ground/errors.ts';
import { addressProblem } from './address.ts';
import type { AccountAccess, Platform, SettingDeclaration } from './kind.ts';

/** What of an account's literal is needed here; its grammar is in `src/pipeline/types.ts`. */
export interface AccountLiteral {
  readonly platform: string;
  readonly stage: 'sandbox' | 'staging' | 'production';
  readonly baseUrl: { readonly env: string } | string;
  readonly allowPlainHttp?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Secrets under the names of the platform: `apiKey: env('HANG_API_KEY')`. */
  readonly [name: string]: unknown;
}

/** A mistake in an account's literal: the key it stands under, and what is wrong, for people. */
export interface Problem {
  readonly key: string;
  readonly words: string;
}

/** Every mistake that can be told without the environment; for `check`, and before anything is resolved. */
export function accountProblems(literal: AccountLiteral, platform: Platform): readonly Problem[] {
  return [
    ...baseUrlProblems(literal),
    ...Object.keys(platform.secrets).flatMap((name) => secretProblems(name, literal[name], platform)),
    ...Object.entries(literal.settings ?? {}).flatMap(([name, value]) =>
      settingProblems(name, value, platform),
    ),
  ];
}

/**
 * The account as kinds and push use it: settings with their defaults, secrets read from `env`.
 * @throws PointferryError CONFIG_MISSING_ENV naming the variable that is not set; CONFIG_INVALID for a mistake in the
 *   literal or an address that is not allowed (https, but for loopback and sandbox accounts that say allowPlainHttp).
 */
export function resolveAccount(
  name: string,
  literal: AccountLiteral,
  platform: Platform,
  env: Environment = process.env,
): AccountAccess {
  const [problem] = accountProblems(literal, platform);
  if (problem !== undefined) throw invalid(name, problem.key, problem.words);
  const secrets = resolveSecrets(name, literal, platform, env);
  const baseUrl =
    typeof literal.baseUrl === 'string' ? literal.baseUrl : needed(name, literal.baseUrl.env, env);
  checkAddress(name, 'baseUrl', baseUrl, literal);
  for (const [secret, value] of Object.entries(secrets)) {
    if (/[\p{Cc}]/u.test(value)) throw invalid(name, secret, 'holds a control character or a line break');
    if (platform.secrets[secret]?.address === true) checkAddress(name, secret, value, literal);
  }
  return { name, platform: platform.name, baseUrl, secrets, settings: settingsOf(literal, platform) };
}

function resolveSecrets(
  name: string,
  literal: AccountLiteral,
  platform: Platform,
  env: Environment,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [secret, { optional }] of Object.entries(platform.secrets)) {
    const stated = literal[secret];
    if (stated === undefined) continue;
    const value =
      typeof stated === 'string' ? stated : resolve(name, variableOf(stated), optional === true, env);
    if (value !== undefined) found[secret] = value;
  }
  requireOneSet(name, literal, platform, found);
  return found;
}

/** Of the sets that do (a token, or client credentials), one must be whole; the error names what is missing of each. */
function requireOneSet(
  name: string,
  literal: AccountLiteral,
  platform: Platform,
  found: Readonly<Record<string, string>>,
): void {
  const sets = platform.secretSets ?? [];
  const missing = sets.map((set) => set.filter((secret) => found[secret] === undefined));
  if (sets.length === 0 || missing.some((set) => set.length === 0)) return;
  const named = missing.map((set) =>
    set.map((secret) => variableOf(literal[secret]) || secret).join(' and '),
  );
  throw new PointferryError('CONFIG_MISSING_ENV', `account ${name} needs ${named.join(', or ')}`, {
    hint: `set ${named.join(', or ')} (or the same with _FILE)`,
  });
}

function resolve(name: string, variable: string, optional: boolean, env: Environment): string | undefined {
  return optional ? readVariable(variable, env) : needed(name, variable, env);
}

function needed(name: string, variable: string, env: Environment): string {
  const value = readVariable(variable, env);
  if (value !== undefined) return value;
  throw new PointferryError('CONFIG_MISSING_ENV', `account ${name} needs ${variable}, which is not set`, {
    hint: `set ${variable}, or ${variable}_FILE`,
  });
}

function checkAddress(name: string, key: string, address: string, literal: AccountLiteral): void {
  const plainAllowed = literal.stage === 'sandbox' && literal.allowPlainHttp === true;
  const problem = addressProblem(address, plainAllowed);
  if (problem !== undefined) throw invalid(name, key, problem);
}

function baseUrlProblems(literal: AccountLiteral): readonly Problem[] {
  const { baseUrl, allowPlainHttp, stage } = literal;
  const words: string[] = [];
  if (typeof baseUrl !== 'string' && variableOf(baseUrl) === '') {
    words.push("must be env('NAME'), or an address");
  }
  return [
    ...words.map((each) => ({ key: 'baseUrl', words: each })),
    ...(allowPlainHttp === true && stage !== 'sandbox'
      ? [{ key: 'allowPlainHttp', words: 'is only for accounts of stage sandbox' }]
      : []),
  ];
}

/** A secret is never written into a file; what is no secret may be. */
function secretProblems(name: string, stated: unknown, platform: Platform): readonly Problem[] {
  const declared = platform.secrets[name];
  if (stated === undefined) {
    return declared?.optional === true
      ? []
      : [{ key: name, words: `is missing (${declared?.purpose ?? ''})` }];
  }
  if (typeof stated === 'string' && declared?.open === true && stated !== '') return [];
  return variableOf(stated) === '' ? [{ key: name, words: "must be env('NAME')" }] : [];
}

function settingProblems(name: string, value: unknown, platform: Platform): readonly Problem[] {
  const key = `settings.${name}`;
  const declared = Object.hasOwn(platform.settings, name) ? platform.settings[name] : undefined;
  if (declared === undefined) {
    const known = Object.keys(platform.settings).join(', ') || 'none';
    return [{ key, words: `is not a setting of ${platform.name}; known: ${known}` }];
  }
  return fits(value, declared) ? [] : [{ key, words: expected(declared) }];
}

function fits(value: unknown, declared: SettingDeclaration): boolean {
  if (declared.type === 'boolean') return typeof value === 'boolean';
  if (declared.type === 'texts')
    return Array.isArray(value) && value.every((each) => typeof each === 'string');
  return typeof value === 'string' && (declared.values === undefined || declared.values.includes(value));
}

function expected(declared: SettingDeclaration): string {
  if (declared.type === 'boolean') return 'must be true or false';
  if (declared.type === 'texts') return 'must be a list of texts';
  return declared.values === undefined ? 'must be a text' : `must be ${declared.values.join(' or ')}`;
}

function settingsOf(literal: AccountLiteral, platform: Platform): Readonly<Record<string, unknown>> {
  const defaults = Object.entries(platform.settings).flatMap(([name, declared]) =>
    declared.default === null ? [] : [[name, declared.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...literal.settings };
}

/** The name in `{ env: 'NAME' }`; empty for anything else. */
function variableOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('env' in value)) return '';
  return typeof value.env === 'string' ? value.env : '';
}

function invalid(name: string, key: string, words: string): PointferryError {
  return new PointferryError('CONFIG_INVALID', `account ${name}: ${key} ${words}`, { where: { field: key } });
}
