/** Status codes of the protocol, as ssh2 puts them into errors (draft-ietf-secsh-filexfer-02, section 7). */
const noSuchFile = 2;
const endOfFile = 1;

const codeOf = (error: unknown): unknown =>
  error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;

export const isAbsent = (error: unknown): boolean => codeOf(error) === noSuchFile;
export const isAtEnd = (error: unknown): boolean => codeOf(error) === endOfFile;
