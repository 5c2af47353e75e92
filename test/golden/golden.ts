/** Golden files: what was printed is compared with a file of this folder byte by byte, or written there. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const renews = process.env.GOLDEN === 'write';

/** One folder of golden files. `check` compares or writes one; `end` finds those that nothing printed. */
export interface Golden {
  readonly check: (name: string, text: string) => void;
  readonly end: () => void;
}

export function goldenFolder(name: string): Golden {
  const folder = path.join(import.meta.dirname, name);
  const seen = new Set<string>();
  if (renews) rmSync(folder, { recursive: true, force: true });
  return {
    check: (file, text) => {
      seen.add(file);
      const at = path.join(folder, file);
      if (renews) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(at, text);
      } else {
        const golden = existsSync(at) ? readFileSync(at, 'utf8') : '';
        assert.equal(text, golden, `${name}/${file} has changed: ${howTo}`);
      }
    },
    end: () => assert.deepEqual([...seen].sort(), readdirSync(folder).sort(), `${name}/: ${howTo}`),
  };
}

const howTo = 'if that is wanted, GOLDEN=write node --test test/golden/golden.test.ts, and read the diff';
