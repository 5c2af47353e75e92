/** What a pipeline says of its files: source and format, as checks. */
import { isDuration } from '../ground/duration.ts';
import {
  anyText,
  type Check,
  choose,
  count,
  dictionary,
  flag,
  has,
  isList,
  isRecord,
  isText,
  type Key,
  list,
  object,
  oneOf,
  positive,
  text,
  that,
} from '../ground/shape.ts';

export const needed = (check: Check): Key => ({ check, required: true });
export const duration = that(
  "a duration such as '60s' or '30d', of at most 100 years",
  (value) => isText(value) && isDuration(value),
);
const envRef = object({ env: needed(text) });
export const texts = list(anyText);

const source = {
  path: needed(text),
  ready: object({
    stableFor: duration,
    looks: positive,
    minAge: duration,
    companion: text,
    holds: list(oneOf('size', 'sha256', 'md5'), 1),
    ignore: texts,
  }),
  after: choose(
    "'leave', 'delete', { move } or { rename }",
    { when: isText, use: oneOf('leave', 'delete') },
    { when: has('move'), use: object({ move: needed(text) }) },
    { when: isRecord, use: object({ rename: needed(text) }) },
  ),
  order: oneOf('oldest', 'newest'),
  take: positive,
  maxListed: positive,
  maxBytes: positive,
  putBack: text,
  unpack: object({
    entries: text,
    pgp: object({
      key: needed(envRef),
      passphrase: envRef,
      signers: needed(that('a file or env', isRecord)),
      fingerprints: needed(list(text, 1)),
    }),
    limits: object({ outputBytes: positive, ratio: positive, entries: positive, time: duration }),
  }),
};
export const sources = choose(
  'local(…) or sftp(…)',
  { when: (value) => isRecord(value) && value.kind === 'local', use: object({ kind: text, ...source }) },
  {
    when: (value) => isRecord(value) && value.kind === 'sftp',
    use: object({
      kind: text,
      host: needed(text),
      port: positive,
      user: needed(text),
      auth: needed(
        object({
          password: envRef,
          key: envRef,
          passphrase: envRef,
          agent: that('a path or true', (value) => isText(value) || value === true),
          answers: list(envRef),
        }),
      ),
      hostKeys: list(text, 1),
      knownHosts: text,
      deadlines: object({ connect: duration, stall: duration, total: duration }),
      attempts: positive,
      ...source,
    }),
  },
);

const recordRule = choose(
  '{ first } or { match }',
  { when: (value) => value === null, use: () => undefined },
  { when: has('first'), use: object({ first: needed(text) }) },
  { when: isRecord, use: object({ match: needed(text) }) },
);
const orNull = (check: Check): Check =>
  choose(
    'a text or null',
    { when: (value) => value === null, use: () => undefined },
    { when: () => true, use: check },
  );
export const format = object({
  delimiter: text,
  quote: orNull(text),
  escape: text,
  encoding: oneOf('utf-8', 'utf-16', 'utf-16le', 'utf-16be', 'iso-8859-1', 'windows-1252'),
  header: choose(
    'true, false or a list of names',
    { when: isList, use: list(text, 1) },
    { when: () => true, use: flag },
  ),
  preamble: count,
  comment: orNull(text),
  lineEnds: list(oneOf('\r\n', '\n', '\r'), 1),
  maxRecordSize: positive,
  leader: recordRule,
  trailer: recordRule,
  control: object({ count: positive, total: positive }),
  finalNewline: oneOf('optional', 'required'),
  multiline: oneOf('check', 'trust', 'refuse'),
  fixed: list(object({ name: needed(text), at: needed(positive), width: needed(positive) }), 1),
  aliases: dictionary(list(text, 1)),
  extra: oneOf('accept', 'warn', 'refuse'),
  match: oneOf('loose', 'exact'),
  nulls: texts,
});
