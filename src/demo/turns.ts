/** Several things at once, told as if one came after the other. */

/** `count` sayers: the first is heard at once, each next one when those before it have finished. */
export function inTurn(
  say: (line: string) => void,
  count: number,
): readonly { readonly say: (line: string) => void; readonly done: () => void }[] {
  const waiting: string[][] = Array.from({ length: count }, () => []);
  const over: boolean[] = Array.from({ length: count }, () => false);
  let heard = 0;
  return waiting.map((lines, n) => ({
    say: (line) => void (n === heard ? say(line) : lines.push(line)),
    done: () => {
      over[n] = true;
      while (over[heard]) {
        heard += 1;
        for (const line of waiting[heard] ?? []) say(line);
      }
    },
  }));
}
