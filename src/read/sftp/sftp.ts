import { milliseconds } from '../../ground/duration.ts';
import type { SftpSource } from '../../pipeline/source.ts';
import { defaults } from '../defaults.ts';
import type { SourceType } from '../source.ts';
import { agentSocket, defaultPort } from './settings.ts';

export const sftp: SourceType<SftpSource> = {
  async create(options, { secrets, signal }) {
    const { sftpSource } = await import('./source.ts');
    return sftpSource(options, secrets ?? (() => undefined), signal);
  },
  retries: ({ attempts, deadlines }) => ({
    attempts: attempts ?? defaults.attempts,
    totalMs: milliseconds(deadlines?.total ?? defaults.total),
  }),
  needs: ({ host, port, auth }) => ({
    secrets: [
      ...[auth.password, auth.key, auth.passphrase].filter((ref) => ref !== undefined),
      ...(auth.answers ?? []),
      ...(auth.agent === true ? [agentSocket] : []),
    ],
    address: { host, port: port ?? defaultPort },
  }),
};
