import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readFiles } from '../../src/read/files.ts';
import { input, inputSkip } from '../support/inputs.ts';
import { keygenLine, makeKey, skipWithoutSshd, startSshd } from './sshd.ts';
import { brief, collect, filesOf, tempFolder } from './support.ts';

/** Every night takes 15 s and more; every third is enough from day to day. */
const step = process.env.POINTFERRY_LONG === 'true' ? 1 : 3;
const skip = skipWithoutSshd || inputSkip('online-retail');

test('a partner serves a day each night, .part first: each is taken once, whole, and known when sent again', {
  skip,
}, async (t) => {
  const base = await tempFolder(t);
  const out = join(base, 'out');
  await mkdir(out);
  const hostKey = makeKey(base, 'host');
  const userKey = makeKey(base, 'user');
  const sshd = await startSshd(t, base, { hostKey, authorizedKeys: `${userKey}.pub` });
  const key = await readFile(userKey, 'utf8');
  const days = (await readdir(input('online-retail')))
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .filter((_, i) => i % step === 0);
  const known = new Set<string>();
  let bytes = 0;
  const night = async (): Promise<string[]> => {
    const outcomes = await collect(
      readFiles(
        {
          kind: 'sftp',
          host: '127.0.0.1',
          port: sshd.port,
          user: sshd.user,
          auth: { key: { env: 'KEY' } },
          hostKeys: [keygenLine(hostKey)],
          path: `${out}/*`,
          after: { move: 'taken' },
        },
        { workdir: join(base, '.work'), businessDate: '{yyyy-MM-dd}', secrets: () => key },
      ),
    );
    const verdicts = brief(outcomes);
    for (const [i, file] of filesOf(outcomes).entries()) {
      if (known.has(file.contentSha256)) verdicts[i] = `known ${file.name}`;
      known.add(file.contentSha256);
      bytes += file.contentBytes;
      await file.finish();
      await file.discard();
    }
    return verdicts;
  };

  const started = performance.now();
  for (const [i, day] of days.entries()) {
    const source = await readFile(input(`online-retail/${day}`));
    const next = days[i + 1];
    await writeFile(join(out, `${day}.part`), source.subarray(0, source.length / 2));
    await writeFile(join(out, `${day}.part`), source);
    await rename(join(out, `${day}.part`), join(out, day));
    // the next day is being uploaded while this one is fetched
    if (next !== undefined) await copyFile(input(`online-retail/${next}`), join(out, `${next}.part`));
    assert.deepEqual(await night(), [`file ${day}`]);
  }
  assert.equal(known.size, days.length);
  assert.equal((await readdir(join(out, 'taken'))).length, days.length);

  const first = await readFile(input(`online-retail/${days[0]}`));
  await writeFile(join(out, 'again.csv'), first);
  await writeFile(join(out, 'again.csv.gz'), gzipSync(first));
  await writeFile(join(out, 'without-last-newline.csv'), first.toString('latin1').trimEnd(), 'latin1');
  assert.deepEqual(await night(), [
    'known again.csv',
    'known again.csv.gz',
    'known without-last-newline.csv',
  ]);
  const seconds = (performance.now() - started) / 1000;
  t.diagnostic(`${days.length} nights, ${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s`);
});
