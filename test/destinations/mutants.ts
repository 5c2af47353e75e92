/** Damaged copies of good answers, the same ones for the same seed. */

type Random = (below: number) => number;

const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '<',
  '>',
  '&',
  '/',
  '\0',
  '\uFFFD',
  'null',
  '200',
  '404',
  'error',
  ' ',
  '1',
  '\n',
];

/** Mulberry32: small, seeded, good enough to choose where to cut. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const damages: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, random(text.length)),
  (text, random) => text.slice(random(text.length)),
  (text, random) => {
    const at = random(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random(8));
  },
  (text, random) => {
    const at = random(text.length);
    return text.slice(0, at) + (pieces[random(pieces.length)] ?? '') + text.slice(at);
  },
  (text, random) => {
    const at = random(text.length);
    return (
      text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random(7))) + text.slice(at + 1)
    );
  },
  (text, random) => {
    const [from, to] = [random(text.length), random(text.length)].sort((a, b) => a - b);
    return text.slice(0, to) + text.slice(from);
  },
  (text, random) => text.replace(/success|200|\d{4,}/, () => pieces[random(pieces.length)] ?? ''),
];

/** `count` texts, each one of `good` with one to three damages. */
export function mutants(good: readonly string[], count: number, seed: number): readonly string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, at) => {
    let text = good[at % good.length] ?? '';
    for (let times = 1 + random(3); times > 0; times -= 1) {
      text = (damages[random(damages.length)] ?? ((same: string) => same))(text, random);
    }
    return text;
  });
}
