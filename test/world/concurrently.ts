/** Tests of one file at once, `atOnce` at a time: for tests that mostly wait, and that share nothing. */
import { suite, type TestContext, test } from 'node:test';
import { setImmediate as evaluated } from 'node:timers/promises';

type Body = (t: TestContext) => unknown;

/** `const test = concurrently(4)` at the top of the file. */
export function concurrently(atOnce: number): (name: string, body: Body) => void {
  const tests: { readonly name: string; readonly body: Body }[] = [];
  void suite(`${atOnce} at once`, { concurrency: atOnce }, async () => {
    await evaluated(); // the file has named its tests
    for (const { name, body } of tests) void test(name, async (t) => void (await body(t)));
  });
  return (name, body) => void tests.push({ name, body });
}
