/** In which formats of the grammar a column's dates are written, and whether day and month can be told apart. */
import {
  monthNumber,
  namedIsoPattern,
  namedPattern,
  swapDayAndMonth,
  tokensOf,
} from '../ground/date-format.ts';

export interface TimeGuess {
  /** Tried in this order; of day and month that cannot be told apart both stand here, and `check` refuses that. */
  readonly formats: readonly string[];
  readonly as: 'date' | 'timestamp';
  readonly ambiguous: boolean;
  /** The text holds an offset: no zone is needed. */
  readonly offset: boolean;
  /** Two-digit years: a pivot is needed. */
  readonly twoDigits: boolean;
  /** Distinct cells read so. */
  readonly fits: number;
}

const dates = [
  'yyyy-MM-dd',
  'yyyy/MM/dd',
  'yyyy.MM.dd',
  'yyyyMMdd',
  ...['dd#MM#yyyy', 'MM#dd#yyyy', 'd#M#yyyy', 'M#d#yyyy', 'dd#MM#yy', 'MM#dd#yy', 'd#M#yy', 'M#d#yy'].flatMap(
    (format) => ['-', '/', '.'].map((sign) => format.replaceAll('#', sign)),
  ),
  ...[
    'dd-MMM-yyyy',
    'd-MMM-yyyy',
    'd-MMM-yy',
    'dd MMM yyyy',
    'd MMM yyyy',
    'd MMMM yyyy',
    'MMM d, yyyy',
    'MMMM d, yyyy',
  ],
];
const clocks = [
  'HH:mm:ss',
  'HH:mm',
  'H:mm:ss',
  'H:mm',
  'hh:mm:ss a',
  'h:mm:ss a',
  'hh:mm a',
  'h:mm a',
  'HH:mm:ss.SSS',
];

interface Format {
  readonly format: string;
  readonly as: 'date' | 'timestamp';
  readonly test: RegExp;
}

const made = (format: string, as: 'date' | 'timestamp'): Format => ({
  format,
  as,
  test: new RegExp(`^${namedPattern(tokensOf(format))}$`, 'i'),
});

/** Simple ones first: of formats that read the same cells the first one is taken. */
const known: readonly Format[] = [
  { format: 'iso', as: 'timestamp', test: new RegExp(`^${namedIsoPattern}$`, 'i') },
  ...dates.map((date) => made(date, 'date')),
  made('yyyyMMddHHmmss', 'timestamp'),
  ...dates.flatMap((date) =>
    clocks.flatMap((clock) => [
      made(`${date} ${clock}`, 'timestamp'),
      made(`${date} ${clock} XXX`, 'timestamp'),
      made(`${date}'T'${clock}`, 'timestamp'),
    ]),
  ),
];

/** Of times of day alone, which stand beside a column of dates. */
const clockTests = clocks.map((clock) => {
  const format = made(`yyyyMMdd ${clock}`, 'timestamp');
  return { clock, fits: (cell: string): boolean => reads(format, `20000101 ${cell}`) };
});

export const clockOf = (cells: readonly string[]): string | null =>
  cells.length === 0
    ? null
    : (clockTests.find(({ fits }) => cells.every((cell) => /\d/.test(cell) && fits(cell)))?.clock ?? null);

/** Formats that read the distinct cells (trimmed, not empty); null where fewer than nineteen in twenty are dates. */
export function guessTime(cells: readonly string[]): TimeGuess | null {
  if (cells.length === 0 || cells.filter((cell) => /^.{0,12}\d/.test(cell)).length < cells.length * 0.5)
    return null;
  const taken: Format[] = [];
  let left = cells;
  while (left.length > cells.length * 0.05 && taken.length < 3) {
    const best = bestOf(left);
    if (best === undefined || best.fits.size < cells.length * 0.02) return null;
    taken.push(best.format);
    left = left.filter((cell) => !best.fits.has(cell));
  }
  if (left.length > cells.length * 0.05) return null;
  const as = taken.some((format) => format.as === 'timestamp') ? 'timestamp' : 'date';
  const formats = taken.flatMap(({ format }) => [format, ...twinOf(format, cells)]);
  return {
    formats: as === 'date' ? formats.map((format) => (format === 'yyyy-MM-dd' ? 'iso' : format)) : formats,
    as,
    ambiguous: formats.length > taken.length,
    offset: taken.every(
      ({ format, test }) => format.includes('XXX') || (format === 'iso' && offsets(cells, test)),
    ),
    twoDigits: taken.some(({ format }) => /(?<!y)yy(?!y)/.test(format)),
    fits: cells.length - left.length,
  };
}

interface Fit {
  readonly format: Format;
  readonly fits: ReadonlySet<string>;
}

function bestOf(cells: readonly string[]): Fit | undefined {
  const few = cells.slice(0, 200);
  let best: Fit | undefined;
  for (const format of known) {
    if (!few.some((cell) => format.test.test(cell))) continue;
    const fits = new Set(cells.filter((cell) => reads(format, cell)));
    if (fits.size > (best?.fits.size ?? 0)) best = { format, fits };
  }
  return best;
}

/** The format with day and month changed over, where it reads every cell that the format itself reads. */
function twinOf(format: string, cells: readonly string[]): string[] {
  const swapped = swapDayAndMonth(format);
  const twin = known.find((one) => one.format === swapped);
  const own = known.find((one) => one.format === format);
  if (twin === undefined || own === undefined || swapped === format) return [];
  const read = cells.filter((cell) => reads(own, cell));
  return read.every((cell) => reads(twin, cell)) ? [swapped] : [];
}

/** Shape, and a day and a time that there are. */
function reads({ test }: Format, cell: string): boolean {
  const part = test.exec(cell)?.groups;
  if (part === undefined) return false;
  const year = Number(part.year ?? `20${part.yy}`);
  const month = part.monthName === undefined ? Number(part.month) : monthNumber(part.monthName);
  const day = Number(part.day);
  if (year < 1000 || month < 1 || month > 12 || day < 1) return false;
  const hour12 = Number(part.hour12 ?? 1);
  if (Number(part.hour ?? 0) > 23 || hour12 > 12 || hour12 < 1) return false;
  if (Number(part.minute ?? 0) > 59 || Number(part.second ?? 0) > 59) return false;
  // a run of digits is a date only in years that people live in
  if (/^\d{8}(\d{6})?$/.test(cell) && (year < 1900 || year > 2100)) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const offsets = (cells: readonly string[], test: RegExp): boolean =>
  cells.every((cell) => test.exec(cell)?.groups?.offset !== undefined);
