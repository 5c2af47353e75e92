/**
 * The log: pino, on stderr, from an allow-list. Only the fields below can be logged, so that a secret or a
 * person's data cannot slip in with an object that somebody passes whole; an error is reduced to name and code.
 */
import { pino } from 'pino';

export interface LogFields {
  readonly run?: string;
  readonly pipeline?: string;
  readonly account?: string;
  readonly stage?: string;
  readonly file?: string;
  readonly files?: number;
  readonly verdict?: string;
  readonly line?: number;
  readonly rows?: number;
  readonly operations?: number;
  readonly requests?: number;
  readonly attempt?: number;
  readonly operation?: number;
  readonly status?: number;
  readonly code?: string;
  readonly exitCode?: number;
  /** Rows by bucket, as the books have them. */
  readonly books?: Readonly<Record<string, number>>;
  readonly reason?: string;
  readonly ms?: number;
  readonly bytes?: number;
  readonly pid?: number;
  readonly host?: string;
}

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string, fields?: LogFields) => void;

const allowed: readonly (keyof LogFields)[] = [
  'run',
  'pipeline',
  'account',
  'stage',
  'file',
  'files',
  'verdict',
  'line',
  'rows',
  'operations',
  'requests',
  'attempt',
  'operation',
  'status',
  'code',
  'exitCode',
  'books',
  'reason',
  'ms',
  'bytes',
  'pid',
  'host',
];

const pick = (fields: LogFields): Record<string, unknown> =>
  Object.fromEntries(allowed.filter((key) => fields[key] !== undefined).map((key) => [key, fields[key]]));

/** Names as they come from partners must not draw on the terminal or forge a line. */
export const printable = (value: unknown): string =>
  String(value).replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

/**
 * A log function. `pretty` writes one readable line, `json` one JSON object a line.
 * Warnings and errors only, unless `level` says more.
 */
export function createLog(
  format: 'pretty' | 'json',
  level: Level,
  sink: { write(line: string): unknown },
): Log {
  const logger = pino(
    { base: null, level, timestamp: pino.stdTimeFunctions.isoTime },
    format === 'json'
      ? { write: (line: string) => void sink.write(line) }
      : { write: (line: string) => void sink.write(pretty(line)) },
  );
  return (at, message, fields = {}) => logger[at](pick(fields), message);
}

const words: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warning', 50: 'error' };

function pretty(line: string): string {
  const { level, time, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${printable(typeof value === 'object' ? JSON.stringify(value) : value)}`,
  );
  return `${String(time).slice(11, 19)} ${words[Number(level)] ?? level}: ${printable(msg)}${fields.join('')}\n`;
}
