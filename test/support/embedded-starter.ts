/** Starts an embedded server in the folder named, says so in one line, and lives until its stdin ends. */
import { startEmbedded } from '../../src/db/embedded/embedded.ts';

const { pid, port, started, release } = await startEmbedded({ dir: process.argv[2] ?? '', idleMinutes: 5 });
process.stdout.write(`${JSON.stringify({ pid, port, started })}\n`);
process.stdin.on('end', release).resume();
