import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dateLetters,
  isTextToken,
  monthNumber,
  namedPattern,
  tokensOf,
} from '../../src/ground/date-format.ts';

const shown = (format: string): readonly string[] =>
  tokensOf(format).map((token) => (isTextToken(token) ? `'${token.text}'` : token.part));

test('a format is cut into its letters, the longest word first, and text', () => {
  assert.deepEqual(shown('d-MMM-yy'), ['day', "'-'", 'monthName', "'-'", 'yy']);
  assert.deepEqual(shown('yyyyMMdd'), ['year', 'month', 'day']);
  assert.deepEqual(shown("HH'T'mm"), ['hour', "'T'", 'minute']);
  assert.deepEqual(shown("d 'o''clock' ''"), ['day', "' '", "'o'clock'", "' '", "'''"]);
});

test('a letter that means nothing is refused, with the letters that there are', () => {
  assert.throws(() => tokensOf('dd-QQ'), {
    code: 'CONFIG_INVALID',
    message: "format 'dd-QQ': the letter Q means nothing",
    hint: "letters: yyyy yy MMMM MMM MM M dd d HH H hh h a mm ss SSS XXX, text in 'quotes', or iso, epoch s, epoch ms",
  });
});

test('a word of letters comes before the words that begin it', () => {
  const words = [...dateLetters.keys()];
  for (const [index, word] of words.entries())
    assert.deepEqual(
      words.slice(index + 1).filter((later) => later.startsWith(word)),
      [],
      word,
    );
});

test('text in a format is itself in the pattern, whatever a regular expression makes of it', () => {
  const pattern = new RegExp(`^${namedPattern(tokensOf('dd.MM.yyyy (HH:mm)'))}$`, 'i');
  assert.deepEqual(
    { ...pattern.exec('11.05.2026 (14:02)')?.groups },
    {
      day: '11',
      month: '05',
      year: '2026',
      hour: '14',
      minute: '02',
    },
  );
  assert.equal(pattern.test('11x05x2026 (14:02)'), false);
});

test('a month has the number of its English name', () => {
  assert.deepEqual(['jan', 'MAY', 'December'].map(monthNumber), [1, 5, 12]);
});
