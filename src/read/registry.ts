/** The kinds of sources. A new one is a folder, its entry here, and its interface in the grammar (src/pipeline/source.ts). */
import type { Source as SourceOptions } from '../pipeline/source.ts';
import { local } from './local/local.ts';
import { retrying } from './retrying.ts';
import { sftp } from './sftp/sftp.ts';
import type { Needs, Source, SourceContext, SourceType } from './source.ts';

type Kind = SourceOptions['kind'];
type OptionsOf<K extends Kind> = Extract<SourceOptions, { kind: K }>;

const sourceTypes: { readonly [K in Kind]: SourceType<OptionsOf<K>> } = { local, sftp };

/** The entry for these options; the compiler cannot follow that `kind` picks both. */
const typeOf = (options: SourceOptions): SourceType<SourceOptions> => sourceTypes[options.kind] as never;

/** The source that the options describe, with retries around it. Opens nothing yet. */
export async function createSource(options: SourceOptions, context: SourceContext): Promise<Source> {
  const type = typeOf(options);
  const { signal } = context;
  return retrying(await type.create(options, context), {
    ...type.retries(options),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What the source needs, decryption included. */
export function needsOf(options: SourceOptions): Needs {
  const { secrets, address } = typeOf(options).needs(options);
  const pgp = options.unpack?.pgp;
  const keys = pgp === undefined ? [] : [pgp.key, pgp.passphrase, pgp.signers];
  const refs = keys.flatMap((key) => (key !== undefined && 'env' in key ? [key] : []));
  return { secrets: [...secrets, ...refs], address };
}
