/**
 * The grammar of a pipeline: one literal per file in `pipelines/`. Data only, so that a run can store its definition
 * and resume with it. Keys that say nothing have the default named beside them.
 */

import type { Threshold } from '../ground/threshold.ts';
import type { Format } from './format.ts';
import type { FieldMapping, KeyColumn, NumberForm, Reading } from './mapping.ts';
import type { Duration, Source } from './source.ts';

export type { Threshold };

/** One condition on a cell's text (surrounding blanks off; an empty or missing cell is the text `''`). */
export interface Condition {
  readonly equals?: string;
  readonly in?: readonly string[];
  readonly not?: string | readonly string[] | Condition;
  /** Empty, or one of `format.nulls`. */
  readonly empty?: boolean;
  /** A regular expression of PostgreSQL, anywhere in the text unless anchored. */
  readonly matches?: string;
}
/**
 * Which rows are sent; the others are filtered. Columns of one object must all hold: `{ type: 'sale', store: ['1', '2'] }`.
 * `{ or: [{…}, {…}] }` and `{ and: [{…}, {…}] }` combine. Every test is true or false, never unknown.
 */
export interface Where {
  readonly [column: string]: string | readonly string[] | Condition | readonly Where[];
}

/** Which of a group's values an operation takes; default: those that are not empty must be the same. */
export type Take = 'min' | 'max' | 'first' | 'last' | 'same';

export interface Group {
  /** The column(s) whose equal values make one operation. */
  readonly by: KeyColumn | readonly KeyColumn[];
  /** By source column, where rows of one group may differ: `{ occurred_at: 'min' }`. */
  readonly take?: Readonly<Record<string, Take>>;
  /** Columns whose cells stand only on the group's first row: the other rows take them from there. */
  readonly fill?: readonly string[];
  /** `'files'`: a group may have lines in several files of a run (default: in one file only). */
  readonly across?: 'files';
}

/** What makes an event the same event: `source` + business key. */
export type Identity =
  | { readonly source: string; readonly columns: readonly KeyColumn[] }
  /** No natural key: content of the file and record number; only whole files are recognized again. */
  | { readonly source: string; readonly file: true };

/** The day that a file is about. */
export type BusinessDate =
  /** From its name: `'transactions_{yyyyMMdd}'`. */
  | { readonly fileName: string; readonly zone?: string }
  /** The earliest date of a column. */
  | ({ readonly column: string; readonly zone?: string } & Pick<Reading, 'format' | 'pivot'>)
  /** The day the run is started (or `--date`). */
  | { readonly run: true; readonly zone?: string };

/** The money (or points) of a row, for the books; counted with exact decimals, apart by currency. */
export type Amount = NumberForm &
  ({ readonly from: string } | { readonly compute: string }) & {
    /** `'row'` (default): every row has its own. `'group'`: counted once, on the group's first row that has one. */
    readonly per?: 'row' | 'group';
    /** `'USD'`, or the column that names it. */
    readonly currency: string | { readonly from: string };
  };

export interface Thresholds {
  /** Rejected of read, looked at before anything is sent. */
  readonly intake?: { readonly warn?: Threshold; readonly stop?: Threshold };
  /** Refused and given up of settled, over the run and the last so many; not before `after` are settled (default 200). */
  readonly push?: { readonly warn?: Threshold; readonly stop?: Threshold; readonly after?: number };
  /** So many rows that want a person still end with exit code 0. */
  readonly tolerate?: Threshold;
}

/** How many records a file has at least: a number, or a share of what the last files had (`'50%'`). */
export interface ExpectedRows {
  readonly atLeast: Threshold;
  /** What becomes of a shorter one (default `'refuse'`: not taken, until a person says otherwise here). */
  readonly otherwise?: 'refuse' | 'warn';
}

export interface Pipeline {
  /** Name of the account: the file in `pipelines/accounts/`. */
  readonly account: string;
  /** The operation kind: `'hang.activity'`. */
  readonly operation: string;
  /** Who is asked when rows are wrong. */
  readonly owner?: string;
  /** One sentence for people. */
  readonly description?: string;
  /** `local(…)` or `sftp(…)`. */
  readonly source: Source;
  /** Delimiter, encoding, header, nulls, … (default: comma, UTF-8, header in the file). */
  readonly format?: Format;
  /** Default `{ run: true, zone: 'UTC' }`. */
  readonly businessDate?: BusinessDate;
  /** Events: what makes one the same. */
  readonly identity?: Identity;
  /** States: when the row's values became true; without it the business date, at midnight in its zone. */
  readonly version?: { readonly from: string } & Reading;
  /** Rows that make one operation together. */
  readonly group?: Group;
  /** How numbers are written, by column; `'*'` for all. A mapping's own keys win. */
  readonly numbers?: Readonly<Record<string, NumberForm>>;
  /** Field of the operation kind -> where it comes from. */
  readonly columns: Readonly<Record<string, FieldMapping>>;
  readonly amount?: Amount;
  /** Which rows are sent; the others are filtered. */
  readonly where?: Where;
  /** The file holds all items of list fields that replace the whole; needed to send such a field. */
  readonly complete?: boolean;
  /** How long a row waits for its member (default `'30d'`). */
  readonly parkFor?: Duration;
  /** An empty file or one with only a header (default `'error'`: exit code 1). */
  readonly empty?: 'ok' | 'error';
  /** What a file must be like to be believed whole: `{ rows: { atLeast: '50%' } }`. */
  readonly expect?: { readonly rows?: ExpectedRows };
  /** `'all'`: one refused file stops the run (default: its siblings go on). */
  readonly files?: 'each' | 'all';
  readonly thresholds?: Thresholds;
  /** When it runs, in which zone, and until when it must have ended: `{ at: '02:30', zone, deadline: '05:00' }`. */
  readonly schedule?: { readonly at: string; readonly zone: string; readonly deadline?: string };
  /** What success.csv holds (default `'ids'`). */
  readonly success?: 'none' | 'ids' | 'full';
}

/** What an account's file says. Its name is the file's name, enters keys, and never changes with credentials. */
export interface Account {
  /** `'hang'`, `'stickystreet'`, `'fabric'`. */
  readonly platform: string;
  readonly stage: 'sandbox' | 'staging' | 'production';
  /** Everything before the documented path. */
  readonly baseUrl: { readonly env: string } | string;
  /** Rate windows that all hold at once: `[{ limit: 50, per: '1s' }]`. None stated: 5 a second, said aloud. */
  readonly windows?: readonly { readonly limit: number; readonly per: Duration }[];
  /** Requests under way at once (default 4). */
  readonly maxInFlight?: number;
  /** How long the platform remembers an idempotency key (none stated: no blind resend of events). */
  readonly keyRetention?: Duration;
  /** `http:` addresses beyond loopback; only for stage sandbox. */
  readonly allowPlainHttp?: boolean;
  /** Settings of the platform, e.g. `{ output: 'JSON' }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Secrets of the platform by name: `apiKey: env('HANG_API_KEY')`. */
  readonly [secret: string]: unknown;
}
