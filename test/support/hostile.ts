/** Files of any size that ask most of a parser: a beginning, then the same body again and again. */
export const CHUNK = 64 * 1024;

export const fillings: Record<string, { readonly head: string; readonly body: string }> = {
  'one field without end': { head: 'a,b\n1,2\n3,', body: 'x'.repeat(CHUNK) },
  'an open quote over lines': { head: 'a,b\n1,2\n3,"', body: `${'x'.repeat(99)}\n`.repeat(CHUNK / 100) },
  'a quote opened on every line': { head: 'a,b\n1,2\n', body: '1,"b\n'.repeat(CHUNK / 5) },
  'cells of quotes': { head: 'a,b\n1,2\n3,"', body: `${'"'.repeat(CHUNK)}` },
  'lines that go on': { head: 'a,b\n1,2\n"', body: '","\n'.repeat(CHUNK / 4) },
  'blank lines in quotes': { head: 'a,b\n1,2\n3,"', body: '\n'.repeat(CHUNK) },
  'cells over two lines': { head: 'a,b\n1,2\n', body: '1,"b\nc, d"\n'.repeat(CHUNK / 11) },
  clean: { head: 'a,b\n1,2\n', body: '1,"b c d"\n'.repeat(CHUNK / 10) },
};
