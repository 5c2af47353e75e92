/** argv in, exit code out. The only file that ends the process. */

import { runCommandLine } from './cli/command-line.ts';
import { exit } from './ground/exit.ts';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stopping.signal.aborted) process.exit(exit.interrupted); // the second one: at once; the next start recovers
    stopping.abort(name);
  });
}
// A reader that goes away (`pointferry errors | head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.ok);
  throw error;
});

const code = await runCommandLine(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stopping.signal,
});
// What was written to a pipe may still be on its way: a long document would be cut off by the exit.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(code);
