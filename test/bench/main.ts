/**
 * `npm run bench [name ...]`: measures what the project claims of speed and memory, and prints ratios, since absolute
 * times are the machine's. One file per bench in this folder; its default export is the bench.
 */
import { readdirSync } from 'node:fs';

export interface Bench {
  readonly name: string;
  /** What is claimed, as people read it. */
  readonly claims: string;
  /** Measures, prints, and says whether the claim holds. */
  readonly run: (say: (line: string) => void) => Promise<boolean>;
}

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .sort();
let held = true;
for (const file of files) {
  const { default: bench } = (await import(`./${file}`)) as { default: Bench };
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  process.stdout.write(`\n${bench.name}: ${bench.claims}\n`);
  const good = await bench.run((line) => void process.stdout.write(`  ${line}\n`));
  process.stdout.write(`  ${good ? 'holds' : 'DOES NOT HOLD'}\n`);
  held &&= good;
}
process.exit(held ? 0 : 1);
