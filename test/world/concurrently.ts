/** Tests of one file side by side, `atOnce` at a time: for tests that mostly wait, and that share nothing. */
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setImmediate as evaluated } from 'node:timers/promises';

type Body = (t: TestContext) => unknown;

/**
 * `const test = concurrently(4, import.meta.filename)` above the tests, and below every `await` of the file: tests are to be
 * named in one go. The suite is called as the file.
 */
export function concurrently(atOnce: number, file: string): (name: string, body: Body) => void {
  const tests: { readonly name: string; readonly body: Body }[] = [];
  let begun = false;
  void suite(path.basename(file), { concurrency: atOnce }, async () => {
    await evaluated();
    begun = true;
    if (tests.length === 0) throw new Error(`${file} awaits something between concurrently() and its tests`);
    for (const { name, body } of tests) void test(name, async (t) => void (await body(t)));
  });
  return (name, body) => {
    if (begun) throw new Error(`${file} names "${name}" after its tests have begun`);
    tests.push({ name, body });
  };
}
