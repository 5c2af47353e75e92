/** `npm run test:inputs`: fetches the published real inputs into test/inputs and verifies them. Needs git and a network. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Input {
  readonly repository: string;
  readonly commit: string;
  /** The folder of the repository that the paths are in. */
  readonly base: string;
  /** Files and folders, as patterns of .gitignore. */
  readonly paths: readonly string[];
  /** The folder below test/inputs. */
  readonly to: string;
  /** Of the sorted lines `<file> <sha256 of the file>`. */
  readonly sha256: string;
}

const inputs: readonly Input[] = [
  {
    repository: 'https://github.com/databricks/Spark-The-Definitive-Guide',
    commit: '4ba5601eb9b9aed1d01ab79775e3af228216ff6f',
    base: 'data/retail-data/by-day',
    paths: ['2010-12-*.csv', '2011-0[1-5]-*.csv'],
    to: 'online-retail',
    sha256: '6623f67dbfb5f796de853564ebc284d113f2bae3c9b9ac802373d9167a363148',
  },
  {
    repository: 'https://github.com/sutapaa/Maven-Market-Sales',
    commit: '0b4010d705d19e1f2aca83b3cf7893199041319b',
    base: '.',
    paths: [
      'MavenMarket_Customers.csv',
      'MavenMarket_Returns_1997-1998.csv',
      'MavenMarket_Transactions_1997.csv',
    ],
    to: 'maven-market',
    sha256: '0fb8ce77e04b483ba540242fcb24dfdff1804f61f938aa4b848fa1fbb244b6bd',
  },
  {
    repository: 'https://github.com/max-mapper/csv-spectrum',
    commit: 'd30e80f8b99d2eecb3778f1d7b9ed1cb425502ec',
    base: '.',
    paths: ['csvs', 'json'],
    to: 'csv-spectrum',
    sha256: 'aec5c264ea36e46fe91cf2bbb35cbb40813d1781c7387a6c03f41eaa7fe34a1e',
  },
  {
    repository: 'https://github.com/sineemore/csv-test-data',
    commit: 'e4c25ebd65902671bc53eedc67275c2328067dbe',
    base: '.',
    paths: ['csv', 'json'],
    to: 'csv-test-data',
    sha256: '6859432b69a6a1e55f20e566d264fa3ae936c604f3f35ea8e89910d66070a674',
  },
  {
    repository: 'https://github.com/minimaxir/big-list-of-naughty-strings',
    commit: 'db33ec7b1d5d9616a88c76394b7d0897bd0b97eb',
    base: '.',
    paths: ['blns.json'],
    to: '.',
    sha256: '2b613dd9d0391ec81f9343f14dfae277ed23d4b2ff9fb43dcea6dbecf81aafdd',
  },
];

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** Checks out what is wanted, without the blobs of anything else. */
function checkOut({ repository, commit, base, paths }: Input, clone: string): void {
  const git = (...words: string[]): void =>
    void execFileSync('git', ['-C', clone, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  git('init', '--quiet');
  git('remote', 'add', 'origin', repository);
  const wanted = paths.map((each) => path.posix.join('/', base, each));
  // .gitattributes decides line ends
  git('sparse-checkout', 'set', '--no-cone', '/.gitattributes', ...wanted);
  git('fetch', '--quiet', '--depth', '1', '--filter=blob:none', 'origin', commit);
  git('checkout', '--quiet', 'FETCH_HEAD');
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => !name.startsWith('.git') && statSync(path.join(folder, name)).isFile())
    .sort();
}

function fetch(input: Input, into: string): void {
  const clone = mkdtempSync(path.join(os.tmpdir(), 'pointferry-inputs-'));
  try {
    checkOut(input, clone);
    const at = path.join(clone, input.base);
    const names = filesIn(at);
    const found = sha256(
      names.map((name) => `${name} ${sha256(readFileSync(path.join(at, name)))}\n`).join(''),
    );
    if (found !== input.sha256)
      throw new Error(`${input.repository}: the sha256 of its files is ${found}, not ${input.sha256}`);
    for (const name of names) cpSync(path.join(at, name), path.join(into, name));
    console.log(`${into}   ${names.length} files of ${input.repository}`);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

for (const input of inputs) fetch(input, path.join(import.meta.dirname, 'inputs', input.to));
