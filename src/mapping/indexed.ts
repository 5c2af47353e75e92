/**
 * Keys: what the ledger finds things by, so what stands in its indexes. An index of PostgreSQL takes 2,704 bytes in all,
 * compressed, and refuses more with an error that names no row. So a key of a new row has a limit of its own, far below,
 * that leaves room for account, kind and source beside it; a longer one is a fault of its row and of no other.
 */

/** In UTF-8, after the column's own cleaning. */
export const mostKeyBytes = 512;

/** SQL, true where the text is too long for a key. The database is UTF8: its bytes are those of UTF-8. */
export const tooLongSql = (text: string): string => `octet_length(${text}) > ${mostKeyBytes}`;

export const isTooLong = (text: string): boolean => Buffer.byteLength(text) > mostKeyBytes;

/** `about`: 'the identity', 'the group key', … */
export const tooLongReason = (about: string): string =>
  `${about} is longer than the ${mostKeyBytes} bytes of a key`;
