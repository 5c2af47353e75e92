/** Constants of the SFTP source. In a file of their own, so that reading them does not load ssh2. */
import type { EnvRef } from '../../pipeline/source.ts';

export const defaultPort = 22;

/** Where an SSH agent listens, unless the pipeline names a socket. */
export const agentSocket: EnvRef = { env: 'SSH_AUTH_SOCK' };
