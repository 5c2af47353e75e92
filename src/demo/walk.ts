/** What a person can try after a demo: commands that work as they stand. */
import { relative } from 'node:path';
import { line } from '../ground/table.ts';
import { isClean } from './samples.ts';
import type { Trial } from './trial.ts';

export const sandboxPort = 8089;

export interface Places {
  /** Where the person stands. */
  readonly cwd: string;
  readonly shellFile: string;
  readonly samples: string;
  readonly trials: ReadonlyMap<string, readonly Trial[]>;
}

const say = (command: string, why: string): string[] =>
  command.length <= 62 ? [line('  ', command.padEnd(64), why)] : [`  ${command}`, line(' '.repeat(66), why)];

/** As a person would type it from where they stand. */
export function shownPath(file: string, cwd: string = process.cwd()): string {
  const short = relative(cwd, file);
  return short === '' || short.startsWith('..') ? file : short;
}

export function walkLines({ cwd, shellFile, samples, trials }: Places): string[] {
  const here = (file: string): string => shownPath(file, cwd);
  const of = (pipeline: string, trouble: RegExp): Trial | undefined =>
    trials.get(pipeline)?.find(({ sample }) => trouble.test(sample.name));
  const group = of('pos-transactions', /^group-with-a-bad-line/);
  const waits = of('pos-transactions', /^unknown-member/);
  const clean = trials.get('shopify-orders')?.find(({ sample }) => isClean(sample.name));
  const late = `${here(samples)}/members/late/hang-sandbox.csv`;
  const shell = here(shellFile);
  return [
    '  What to try next (copy and paste; nothing leaves this machine)',
    '',
    ...say(`. ${shell.includes('/') ? shell : `./${shell}`}`, 'this work folder and its accounts'),
    ...(group?.summary
      ? say(`./pointferry errors ${group.summary.run} --group`, 'what is wrong, why, what to do')
      : []),
    ...say('./pointferry find 0009200618053', 'all that is known of one receipt'),
    ...(clean
      ? say(`./pointferry preview shopify-orders --file ${here(clean.sample.file)}`, 'cell, value, request')
      : []),
    ...say(`./pointferry sandbox --port ${sandboxPort} --strict &`, 'the platforms, as they stand now'),
    ...(waits
      ? [
          ...say(`./pointferry members import ${late} --account hang-sandbox`, 'those who waited are known'),
          ...say(
            `./pointferry run pos-transactions --file ${here(waits.sample.file)}`,
            'and their rows go out',
          ),
        ]
      : []),
    ...say('kill %1; npm start', 'once more: nothing is sent'),
  ];
}
