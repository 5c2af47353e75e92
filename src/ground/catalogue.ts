/**
 * The one catalogue of error codes.
 *
 * Three families decide what happens next:
 *  - `fatal`  stops the file or the run;
 *  - `wait`   is tried again later, by itself;
 *  - `row`    marks one row and continues with the others.
 *
 * `retryable` says whether a row of that code can be sent again: as it is, after an edit, or not.
 */
import { type ExitCode, exit } from './exit.ts';

export type Family = 'fatal' | 'wait' | 'row';
export type Retryable = 'as-is' | 'after-edit' | 'no';

export interface CatalogueEntry {
  readonly family: Family;
  /** What it means, one sentence for people. */
  readonly text: string;
  /** What to do or type next. */
  readonly hint: string;
  readonly retryable: Retryable;
  /** What a command ends with when nothing above handles the error. */
  readonly exitCode: ExitCode;
  /** What to type for a group of rows of this code: RUN and N stand for the run and the number of the group. Null: nothing. */
  readonly command: string | null;
  /** What to type once the hint was followed. */
  readonly afterwards: string | null;
  /** The fault is that of another row. */
  readonly isConsequence: boolean;
}

const nothingMore = { command: null, afterwards: null, isConsequence: false } as const;

const row = (
  text: string,
  hint: string,
  more: Partial<Omit<CatalogueEntry, 'family' | 'text' | 'hint'>> = {},
): CatalogueEntry => ({
  ...nothingMore,
  family: 'row',
  text,
  hint,
  retryable: 'after-edit',
  exitCode: exit.rows,
  command: 'pointferry rerun RUN --group N',
  ...more,
});
/** A record that could not be parsed: its bytes are edited in column _raw. */
const damaged = (text: string, hint: string): CatalogueEntry =>
  row(text, hint, {
    command: 'pointferry errors RUN --group N --out fix.csv',
    afterwards: 'pointferry rerun RUN --from fix.csv --dry-run',
  });
const fatal = (text: string, hint: string, exitCode: ExitCode = exit.fatal): CatalogueEntry => ({
  ...nothingMore,
  family: 'fatal',
  text,
  hint,
  retryable: 'no',
  exitCode,
});
const wait = (text: string, hint: string, exitCode: ExitCode = exit.fatal): CatalogueEntry => ({
  ...nothingMore,
  family: 'wait',
  text,
  hint,
  retryable: 'as-is',
  exitCode,
});

export const catalogue = {
  // CONFIG_: what a person wrote in a pipeline, an account or the environment
  CONFIG_INVALID: fatal('a pipeline or account file has a mistake', 'pointferry check', exit.config),
  CONFIG_MISSING_ENV: fatal(
    'an environment variable is not set',
    'set the variable named above',
    exit.config,
  ),
  CONFIG_USAGE: fatal('the command was not understood', 'pointferry --help', exit.usage),
  CONFIG_DATABASE: fatal('the database cannot be used as it is', 'pointferry doctor', exit.config),
  CONFIG_DATABASE_DOWN: fatal('the database does not answer', 'pointferry doctor'),
  CONFIG_DATABASE_BUSY: fatal(
    'the database took too long, or other work was in the way',
    'run it again; pointferry doctor shows what holds it up',
  ),
  CONFIG_DATABASE_COMMIT: fatal(
    'the connection was lost during a commit, and it is not known whether it happened',
    'pointferry resume: it looks at what is there',
  ),
  CONFIG_DATABASE_FULL: fatal(
    'the database has no room left',
    'free disk or memory of the database server, then pointferry resume',
  ),
  CONFIG_DATABASE_STATEMENT: fatal(
    'a statement of this program failed',
    'a bug in Pointferry: report it with the message',
    exit.bug,
  ),
  CONFIG_SCHEMA: fatal(
    'the database has another schema than this version knows',
    'pointferry migrate',
    exit.config,
  ),
  CONFIG_ORIGIN_CHANGED: fatal(
    'the account now points at another platform address than the one it has sent to',
    'put the old address back; or give the new platform an account of its own; or, where it is the same platform, pointferry unpause <account> --accept-address',
    exit.config,
  ),
  CONFIG_ACCOUNT_RENAMED: fatal(
    'these data were sent to this platform as another account',
    'give the account its old name back; or, where it is another account of the platform, pointferry run <pipeline> --accept-new-account',
    exit.config,
  ),

  CONFIG_BUSY: wait(
    'another process is doing this',
    'wait for it, or stop it with: pointferry stop',
    exit.busy,
  ),
  RUN_IO: fatal(
    'a file or folder of this machine failed',
    'look at the disk and its rights, then run it again',
  ),
  RUN_LOST: fatal(
    'another process has taken this one for dead and may have taken over what it held',
    'pointferry status shows who is at it; where nobody is, type the same command again: it continues from there',
  ),
  LEDGER_WENT_BACK: fatal(
    'the ledger is behind what was seen of it: restored from a backup, or failed over to a copy that lacks the last transactions',
    'read docs/backup-and-restore.md first; then, knowing that what was sent since is sent again: pointferry accept-ledger --note "why"',
  ),

  // READ_: finding and fetching files
  READ_NO_INPUT: fatal(
    'no file matched',
    'look at the path of the pipeline, or name a file with --file',
    exit.noInput,
  ),
  READ_NOT_FINISHED: wait(
    'the file is still being written',
    'it is taken by a later run, when it is finished',
  ),
  READ_FAILED: fatal('the file could not be read', 'look at its rights and its disk'),
  READ_AFTER: fatal(
    'the file was taken, but could not be moved, renamed or deleted at its source',
    'look at the rights there; it is known by its content and not taken twice',
  ),
  READ_AUTH: fatal('the server refuses the credentials', 'fix the credentials of the source'),
  READ_CHECKSUM: fatal(
    'the file differs from the checksum or size that came with it',
    'ask the sender to send it again',
  ),
  READ_CONNECT: fatal('the server of the source cannot be reached', 'look at host, port and network'),
  READ_DECRYPT: fatal('the file could not be decrypted', 'look at the private key, or ask the sender'),
  READ_DISK_FULL: fatal('the disk of the work folder is full', 'make room, then pointferry resume'),
  READ_ENCRYPTED: fatal(
    'the archive is protected by a password',
    'ask the sender for PGP, or for no password',
  ),
  READ_HOST_KEY: fatal(
    'the host key of the server is not the one pinned',
    'compare the fingerprint with the operator of the server, then pin it in hostKeys',
  ),
  READ_LISTING_TOO_LONG: fatal(
    'the folder holds too many names',
    'clear it, or raise maxListed of the source',
  ),
  READ_NAME_REFUSED: fatal('a file name that cannot be taken', 'ask the sender to rename the file'),
  READ_NESTED: fatal('an archive within an archive', 'ask the sender to pack once'),
  READ_NOT_REGULAR: fatal('not a regular file', 'put the file itself there, not a link'),
  READ_PACKING: fatal('the archive is damaged or cut off', 'ask the sender to send it again'),
  READ_SIGNATURE: fatal(
    'the file is not signed by one of the signers stated',
    'ask the sender to sign it, or state the new key in the pipeline',
  ),
  READ_SPREADSHEET: fatal('the file is a spreadsheet, not a text table', 'ask the sender for a CSV export'),
  READ_STALLED: fatal('the server stopped answering', 'it is tried again by the next run'),
  READ_TOO_BIG: fatal('the file is larger than maxBytes', 'raise maxBytes of the source'),
  READ_TRUNCATED: fatal('the server gave fewer bytes than it stated', 'it is tried again by the next run'),
  READ_WORKDIR: fatal('the work folder cannot be used', 'look at the rights and the disk of --workdir'),
  READ_UNPACK_LIMIT: fatal(
    'the archive goes beyond a limit of unpacking',
    'ask the sender, or raise unpack.limits of the source',
  ),
  READ_EMPTY: fatal(
    'the file has no rows',
    "ask the sender, or state empty: 'ok' in the pipeline",
    exit.rows,
  ),

  // STAGE_: bytes to raw rows
  STAGE_HEADER: fatal(
    'the header does not fit the pipeline',
    'pointferry check, or fix the columns of the pipeline',
    exit.rows,
  ),
  STAGE_NOT_CSV: fatal('the file is not a text table', 'ask the sender for a CSV export', exit.rows),
  STAGE_ENCODING: damaged(
    'bytes that are not text in the stated encoding',
    'fix the bytes in column _raw, or state the encoding in the pipeline',
  ),
  STAGE_QUOTE_UNCLOSED: damaged('a quoted cell does not end', 'close or double the quote in column _raw'),
  STAGE_QUOTE_STRAY: damaged(
    'a quote is inside a cell',
    'quote the cell and double the quote in column _raw',
  ),
  STAGE_COLUMN_COUNT: damaged(
    'the record has more or fewer cells than the header',
    'fix the record in column _raw',
  ),
  STAGE_NUL: damaged('the record contains a NUL byte', 'remove the NUL in column _raw'),
  STAGE_RECORD_TOO_LONG: damaged(
    'the record is longer than maxRecordSize',
    'look for an open quote before it in column _raw',
  ),
  STAGE_TRAILER_EARLY: damaged(
    'a trailer record is before the end of the file',
    'ask the sender whether two files were joined; else fix the record in column _raw',
  ),
  STAGE_TRUNCATED: damaged(
    'the last record was cut off',
    'ask the sender for the whole file, or complete the record in column _raw',
  ),

  STAGE_CELLS_GONE: fatal(
    'the cells of a file are gone: its raw table in pointferry_staging was cleaned up or dropped',
    'put the table back from a backup; or take the file again: pointferry run <pipeline> --file F --allow-duplicate-file',
  ),
  STAGE_CORRECTION: fatal(
    'a file of this name and day was taken before with other content, and its rows have no natural key',
    'compare the two; if every row of this one is new: pointferry run <pipeline> --as-new',
    exit.rows,
  ),
  STAGE_FEW_ROWS: fatal(
    'the file has fewer rows than its pipeline expects',
    "ask the sender whether it is whole; if it is, lower expect.rows.atLeast, or state otherwise: 'warn'",
    exit.rows,
  ),
  STAGE_TRAILER: fatal('the trailer contradicts the file', 'ask the sender for the whole file', exit.rows),

  // NORMALIZE_: raw rows to operations
  NORMALIZE_REQUIRED: row('a required value is empty', 'fill the cell'),
  NORMALIZE_NOT_A_DATE: row('not a date in the stated format', 'fix the cell, or the format in the pipeline'),
  NORMALIZE_NOT_A_NUMBER: row('not a number in the stated form', 'fix the cell, or the type in the pipeline'),
  NORMALIZE_NOT_A_BOOLEAN: row('not one of the stated yes and no words', 'fix the cell'),
  NORMALIZE_NOT_A_PHONE: row('not a phone number', 'fix the cell'),
  NORMALIZE_NOT_AN_EMAIL: row('not an e-mail address', 'fix the cell'),
  NORMALIZE_NOT_JSON: row('not JSON of the stated shape', 'fix the cell'),
  NORMALIZE_TIME_AMBIGUOUS: row(
    'this local time does not exist or exists twice',
    'state ambiguous: earlier or later',
  ),
  NORMALIZE_TOO_LONG: row('longer than the platform takes, or than a key may be', 'shorten the cell'),
  NORMALIZE_TOO_SHORT: row('shorter than the platform takes', 'lengthen the cell'),
  NORMALIZE_SHAPE: row('not of the shape that the platform takes', 'fix the cell'),
  NORMALIZE_NOT_IN_LIST: row(
    'not one of the values allowed',
    'map the value in the pipeline, or fix the cell',
  ),
  NORMALIZE_NEGATIVE_VALUE: row(
    'a negative value would add points',
    'filter refunds, or take them up with the platform',
  ),
  NORMALIZE_NOT_CLEARABLE: row('this field cannot be cleared on the platform', 'leave the cell empty'),
  NORMALIZE_RULE: row('values that do not go together for this platform', 'fix the cells named'),
  NORMALIZE_MEMBER_UNKNOWN: row(
    'the member is not in the crosswalk',
    'pointferry members import, then rerun; parked rows are released by themselves',
    { retryable: 'as-is' },
  ),
  NORMALIZE_GROUP_INCOMPLETE: row(
    'another row of its group is rejected',
    'fix the row named and rerun it: its group is taken with it',
    { retryable: 'as-is', command: null, isConsequence: true },
  ),
  NORMALIZE_GROUP_UNCERTAIN: row(
    'its group is beside a damaged record',
    'fix the damaged record named; if the group is whole without it, rerun this code',
    {
      retryable: 'as-is',
      command: 'pointferry rerun RUN --code NORMALIZE_GROUP_UNCERTAIN',
      isConsequence: true,
    },
  ),
  NORMALIZE_GROUP_DISAGREES: row('rows of one group have different values', 'state take: in the pipeline'),
  NORMALIZE_CHANGED_AFTER_DELIVERY: row(
    'differs from what was delivered under the same identity',
    'correct it on the platform',
    { retryable: 'no', command: null },
  ),
  NORMALIZE_IDENTITY_CONFLICT: row(
    'another row has the same identity and other content',
    'keep the right one, then rerun',
  ),
  NORMALIZE_SQL: row('a raw SQL expression failed', 'fix the expression in the pipeline', {
    retryable: 'as-is',
  }),

  // PUSH_: operations to the platform
  PUSH_REFUSED: row('refused by the platform', 'read its answer, fix the field named, then rerun'),
  PUSH_NOT_BUILT: row(
    'no request can be built from its values',
    'fix the values, or report it: normalize should have rejected them',
  ),
  PUSH_RETRIES_EXHAUSTED: row(
    'the platform kept failing',
    'pointferry rerun, when the platform works again',
    {
      retryable: 'as-is',
    },
  ),
  PUSH_OUTCOME_UNKNOWN: row(
    'sent, and no answer says what became of it',
    'look on the platform whether it was applied (pointferry find), then settle it',
    {
      retryable: 'no',
      command: 'pointferry settle RUN --group N --as delivered|retry --note TEXT',
    },
  ),
  PUSH_SUPERSEDED: row('a newer version was accepted before', 'nothing to do', {
    retryable: 'no',
    command: null,
  }),
  PUSH_REPLACED: row('a corrected version was accepted instead', 'nothing to do', {
    retryable: 'no',
    command: null,
  }),
  PUSH_STOPPED: fatal('the platform refuses the credentials', 'fix the credentials, then pointferry resume'),
  PUSH_REDIRECTED: fatal(
    'the platform answered with a redirect, which is never followed',
    'fix the base URL of the account',
  ),
  PUSH_PLATFORM_DOWN: fatal('the platform does not answer', 'pointferry resume, when the platform is well'),

  // REPORT_: what became of every row
  REPORT_NOT_BALANCED: fatal(
    'rows read and rows accounted for are not the same',
    'a bug in Pointferry: nothing more is sent; type pointferry doctor, and keep the run folder',
    exit.bug,
  ),
  REPORT_NOT_WRITTEN: fatal(
    'the files of the run could not be written',
    'make room or fix the rights, then pointferry report <run>',
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type Code = keyof typeof catalogue;
