/**
 * What the columns of this file have looked like so far: which kinds of characters, how long, ever empty. It only helps to
 * tell a line of text inside a quoted cell from a record (judge.ts); no record is ever refused for it elsewhere.
 */
const DIGIT = 1;
const LETTER = 2;
const SPACE = 4;
const POINT = 8;
const OTHER = 16;
const EMPTY = 32;

/** Records seen before the profile says anything. */
const ENOUGH = 20;
/** A cell may be this much longer than the longest seen. */
const longer = (length: number) => 2 * length + 8;

export interface Profile {
  seen: number;
  readonly marks: number[];
  readonly lengths: number[];
}

export const newProfile = (): Profile => ({ seen: 0, marks: [], lengths: [] });

function marksOf(cell: string): number {
  if (cell === '') return EMPTY;
  let marks = 0;
  for (let i = 0; i < cell.length; i++) {
    const c = cell.charCodeAt(i);
    if (c >= 48 && c <= 57) marks |= DIGIT;
    else if (c === 32 || c === 9 || c === 10 || c === 13) marks |= SPACE;
    else if ((c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c > 127) marks |= LETTER;
    else if (c >= 43 && c <= 58) marks |= POINT;
    else marks |= OTHER;
  }
  return marks;
}

/** Learns from a good record. */
export function learn(profile: Profile, cells: readonly string[]): void {
  for (const [i, cell] of cells.entries()) {
    profile.marks[i] = (profile.marks[i] ?? 0) | marksOf(cell);
    profile.lengths[i] = Math.max(profile.lengths[i] ?? 0, cell.length);
  }
  profile.seen++;
}

/** Whether these cells could stand in a record like those seen; yes while too few were. */
export function admits(profile: Profile, cells: readonly string[]): boolean {
  if (profile.seen < ENOUGH) return true;
  return cells.every((cell, i) => {
    const seen = profile.marks[i] ?? 0;
    if (seen === EMPTY) return true;
    const marks = marksOf(cell);
    return (marks & ~seen) === 0 && cell.length <= longer(profile.lengths[i] ?? 0);
  });
}
