/** Finds the verb among the words of a command line. */
import { PointferryError } from '../ground/errors.ts';
import { printable } from '../ground/log.ts';
import { nearest } from '../ground/words.ts';
import type { Verb } from './command.ts';
import { globalOptions } from './global-options.ts';
import type { Options } from './options.ts';
import { verbs } from './verbs.ts';

const home = 'home';

/** The verb that the words begin with, and how many of them name it. Without a word it is `home`. */
export function verbOf(words: readonly string[]): { readonly verb: Verb; readonly length: number } {
  for (const length of [2, 1]) {
    const verb = words.length >= length && named(words.slice(0, length).join(' '));
    if (verb) return { verb, length };
  }
  const [word] = words;
  const verb = named(home);
  if (word === undefined && verb) return { verb, length: 0 };
  throw unknownVerb(word ?? '');
}

const named = (name: string): Verb | undefined => verbs.find((verb) => verb.name === name);

function unknownVerb(word: string): PointferryError {
  const names = verbs.map(({ name }) => name);
  const near = names.find((name) => name.startsWith(`${word} `)) ?? nearest(word, names);
  const maybe = near ? `; did you mean "${near}"?` : '';
  return new PointferryError('CONFIG_USAGE', `there is no verb "${printable(word)}"${maybe}`);
}

/** Positions of the words that are neither flags nor values of the global flags: the verb may follow those. */
export function wordPlaces(argv: readonly string[]): number[] {
  const global: Options = globalOptions;
  return argv.flatMap((word, place) => {
    const before = argv[place - 1] ?? '';
    const isValue = before.startsWith('--') && global[before.slice(2)]?.type === 'string';
    return word.startsWith('-') || isValue ? [] : [place];
  });
}
