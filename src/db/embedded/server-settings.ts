import { statfsSync } from 'node:fs';

/** How an embedded server is set up; each is given on its command line, so that no file is edited. */
export function settingsFor(port: number): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    shared_buffers: '256MB',
    scram_iterations: '1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // the server's log must not hold cells: errors quote them
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    // a container's /dev/shm is 64 MB, which a parallel hash join overflows
    ...(roomInSharedMemory() ? {} : { dynamic_shared_memory_type: 'mmap' }),
  };
}

function roomInSharedMemory(): boolean {
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks >= 1_000_000_000;
  } catch {
    return process.platform !== 'linux';
  }
}
