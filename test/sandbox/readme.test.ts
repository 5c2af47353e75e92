import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { routes } from '../../src/sandbox/admin-routes.ts';
import { actionKeys } from '../../src/sandbox/fault-check.ts';
import { switchTable } from '../../src/sandbox/switches.ts';

test('the README names every switch with its values, every fault and every admin endpoint', async () => {
  const file = await readFile(new URL('../../src/sandbox/README.md', import.meta.url), 'utf8');
  const readme = file.replace(/ +/g, ' ');
  for (const table of Object.values(switchTable))
    for (const [name, choice] of Object.entries<unknown>(table)) {
      const values = Array.isArray(choice) ? choice.join(', ') : choice === '' ? '(empty)' : String(choice);
      assert.ok(readme.includes(`| \`${name}\` | ${values} |`), name);
    }
  for (const kind of Object.keys(actionKeys)) assert.ok(readme.includes(`\`${kind}\``), kind);
  for (const route of Object.keys(routes)) assert.ok(readme.includes(route.split(' ')[1] ?? ''), route);
});
