/** Tests of one file side by side, `atOnce` at a time: for tests that mostly wait, and that share nothing. */
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setImmediate as evaluated } from 'node:timers/promises';

type Body = (t: TestContext) => unknown;

/** `const test = concurrently(4, import.meta.filename)` at the top of the file. The suite is called as the file. */
export function concurrently(atOnce: number, file: string): (name: string, body: Body) => void {
  const tests: { readonly name: string; readonly body: Body }[] = [];
  void suite(path.basename(file), { concurrency: atOnce }, async () => {
    await evaluated(); // the file has named its tests
    for (const { name, body } of tests) void test(name, async (t) => void (await body(t)));
  });
  return (name, body) => void tests.push({ name, body });
}
