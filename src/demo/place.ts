/** Where a demo happens: its work folder, its platforms, and an environment that knows these and no others. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../ground/environment.ts';
import { PointferryError } from '../ground/errors.ts';
import type { LoadedPipeline } from '../pipeline/load.ts';
import type { Account } from '../pipeline/types.ts';
import { demoCredentials, type Sandbox, type Seeds } from '../sandbox/options.ts';
import { startSandbox } from '../sandbox/server.ts';

/** The sandbox of the demo, its journal in the demo's own work folder, where `pointferry sandbox` goes on with it. */
export async function startPlatforms(workdir: string, samples: string): Promise<Sandbox> {
  const folder = join(workdir, 'sandbox');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const rate = { windows: [{ limit: 50, perMs: 1000 }] };
  return startSandbox({
    journal: join(folder, 'journal.jsonl'),
    rates: { hang: rate, fabric: rate, stickystreet: rate },
    seeds: await seedsOf(join(samples, 'seeds.json')),
  });
}

async function seedsOf(file: string): Promise<Seeds> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Seeds; // the sandbox looks at every entry itself
  } catch {
    throw new PointferryError('CONFIG_INVALID', 'the seeds of the sandbox cannot be read', {
      where: { file },
    });
  }
}

/** What the sample accounts read from the environment, for a sandbox at `url`. */
export function accountVariables(url: string): Readonly<Record<string, string>> {
  const { hang, fabric, stickystreet } = demoCredentials;
  const [user = '', key = ''] = Object.entries(stickystreet.users)[0] ?? [];
  return {
    HANG_BASE_URL: `${url}/partner-api`,
    HANG_API_KEY: hang.apiKeys[0] ?? '',
    FABRIC_BASE_URL: `${url}/api`,
    FABRIC_TOKEN: fabric.tokens[0] ?? '',
    STICKYSTREET_BASE_URL: `${url}/api.php`,
    STICKYSTREET_USER_ID: user,
    STICKYSTREET_API_KEY: key,
    STICKYSTREET_ACCOUNT_ID: stickystreet.accountIds[0] ?? '',
  };
}

/** Variables of the person that a demo must not see: their database, their platforms, their flags. */
const theirs = /^(DATABASE_URL|PG|POINTFERRY_|HANG_|FABRIC_|STICKYSTREET_)/;

/** The person's environment without anything that could lead out of this machine. */
export function demoEnvironment(env: Environment, url: string): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !theirs.test(name));
  return { ...Object.fromEntries(kept), ...accountVariables(url) };
}

/** Why a demo must leave a pipeline alone, or null: it sends to the sandbox, and to nothing else. */
export function leftOut({ pipeline }: LoadedPipeline, account: Account | undefined): string | null {
  if (account === undefined) return `there is no account ${pipeline.account}`;
  if (account.stage !== 'sandbox') return `account ${pipeline.account} is no sandbox`;
  const known = accountVariables('');
  const { baseUrl } = account;
  if (typeof baseUrl === 'string' || !(baseUrl.env in known))
    return `account ${pipeline.account} has an address of its own`;
  return null;
}

/** A file to be sourced by a shell: the demo's work folder and accounts, for what a person tries next. */
export async function writeShellFile(workdir: string, port: number): Promise<string> {
  const file = join(workdir, 'env.sh');
  const variables = { POINTFERRY_WORKDIR: workdir, ...accountVariables(`http://127.0.0.1:${port}`) };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const text = [
    '# The demo: its work folder, and the sandbox for its accounts.',
    'unset DATABASE_URL',
    ...lines,
  ];
  await writeFile(file, `${text.join('\n')}\n`, { mode: 0o600 });
  return file;
}

const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
