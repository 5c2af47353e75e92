/** What a source needs and does not have, before a run finds out. */
import { connect } from 'node:net';
import { PointferryError } from '../ground/errors.ts';
import type { EnvRef, Source as SourceOptions } from '../pipeline/source.ts';
import { printable } from './names.ts';
import { needsOf } from './registry.ts';
import type { Secrets } from './source.ts';

/** An address that does not answer by then counts as out of reach. */
const connectTimeoutMs = 10_000;

/** Returns one sentence for each variable that is not set, and for an address that cannot be reached. */
export async function unmetNeeds(options: SourceOptions, secrets: Secrets): Promise<readonly string[]> {
  const needs = needsOf(options);
  const unset = needs.secrets.map((ref) => secretProblem(ref, secrets));
  const away = needs.address === null ? null : await addressProblem(needs.address);
  return [...unset, away].filter((problem) => problem !== null);
}

function secretProblem(ref: EnvRef, secrets: Secrets): string | null {
  try {
    return secrets(ref) === undefined ? `${ref.env} is not set` : null;
  } catch (error) {
    if (error instanceof PointferryError) return error.message;
    throw error;
  }
}

function addressProblem({ host, port }: { host: string; port: number }): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (reason: string | null): void => {
      socket.destroy();
      resolve(reason === null ? null : `${printable(host)}:${port} cannot be reached: ${reason}`);
    };
    socket.setTimeout(connectTimeoutMs, () => end(`no answer for ${connectTimeoutMs / 1000} s`));
    socket.once('connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'unknown'));
  });
}
