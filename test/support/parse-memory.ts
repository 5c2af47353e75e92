/**
 * Run by itself, with --expose-gc: parses one huge hostile file made on the fly and prints what it took: `live` (MiB in use
 * behind a collection, at most) and `rss` (MiB that the process grew by, what was not collected yet included).
 */
import { delimited, parseRecords } from '../../src/stage/parse/index.ts';
import { CHUNK, fillings } from './hostile.ts';

const [kind = '', megabytes = '1'] = process.argv.slice(2);

const used = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const start = { used: used(), rss: process.memoryUsage().rss };
const most = { ...start };

function look(): void {
  most.rss = Math.max(most.rss, process.memoryUsage().rss);
  most.used = Math.max(most.used, used());
}

async function* file(): AsyncGenerator<Buffer> {
  const { head, body } = fillings[kind] ?? { head: '', body: '' };
  yield Buffer.from(head);
  for (let chunks = 0; chunks * CHUNK < Number(megabytes) * 1024 * 1024; chunks++) {
    if (chunks % 64 === 0) look();
    yield Buffer.from(body);
  }
  yield Buffer.from('\n9,9\n');
}

const began = performance.now();
let first: unknown = null;
for await (const part of parseRecords(file(), delimited())) {
  const [damage] = part.kind === 'records' ? part.damaged : [];
  first ??= damage
    ? { code: damage.code, raw: damage.raw.length, bytes: damage.bytes, line: damage.line }
    : null;
  if (part.kind !== 'summary') continue;
  look();
  const { records, damaged, lines } = part;
  const grown = (now: number, then: number) => Math.round((now - then) / 1024 / 1024);
  const [live, rss] = [grown(most.used, start.used), grown(most.rss, start.rss)];
  const seconds = Math.round(performance.now() - began) / 1000;
  console.log(JSON.stringify({ live, rss, seconds, records, damaged, lines, first }));
}
