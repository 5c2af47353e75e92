import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { DecryptMessageResult, Message, PrivateKey, PublicKey } from 'openpgp';
import { PointferryError } from '../../ground/errors.ts';
import type { EnvRef, PgpRules } from '../../pipeline/source.ts';
import { orAborted } from './keep.ts';
import type { Layer, LayerContext } from './layer.ts';

/**
 * PGP, binary or armored: decrypts and requires a signature by one of the fingerprints stated.
 *
 * openpgp.js holds plaintext back in memory until it is verified, which no file of a gigabyte can afford; it is
 * told to stream instead, and holding back is done by the private folder: what the sink wrote is seen by nobody
 * before this function has returned, that is, before integrity and signer are verified. Messages without
 * integrity protection, bytes behind the message and messages behind the first are refused by openpgp.js.
 */
export const decrypt: Layer = async (path, context, sink) => {
  const rules = context.rules.pgp;
  if (rules === undefined)
    throw new PointferryError('READ_DECRYPT', 'it is encrypted, and the source states no key');
  const keys = await keysOf(rules, context);
  const message = await open(path);
  const { data, signatures } = await decrypted(message, keys);
  // Refused long before anyone asks, when the stream breaks.
  for (const { verified } of signatures) verified.catch(() => {});
  await sink(null, plain(data));
  const verdicts = await orAborted(
    Promise.allSettled(signatures.map(({ verified }) => verified)),
    context.signal,
  );
  if (!verdicts.some(({ status }) => status === 'fulfilled')) throw unsigned(signatures.length);
};

interface Keys {
  readonly own: PrivateKey;
  readonly signers: PublicKey[];
}

type Decrypted = Pick<DecryptMessageResult, 'signatures'> & { data: AsyncIterable<Uint8Array> };

async function decrypted(message: Message<ReadableStream>, keys: Keys): Promise<Decrypted> {
  const openpgp = await import('openpgp');
  try {
    const result = await openpgp.decrypt({
      message,
      decryptionKeys: keys.own,
      verificationKeys: keys.signers,
      format: 'binary',
      config: { allowUnauthenticatedStream: true },
    });
    return { signatures: result.signatures, data: result.data as unknown as AsyncIterable<Uint8Array> };
  } catch (error) {
    throw broken(error);
  }
}

async function open(path: string): Promise<Message<ReadableStream>> {
  const openpgp = await import('openpgp');
  const armored = await isArmored(path);
  const bytes = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  try {
    if (!armored) return (await openpgp.readMessage({ binaryMessage: bytes })) as Message<ReadableStream>;
    const text = bytes.pipeThrough(
      new TextDecoderStream('latin1') as ReadableWritablePair<string, Uint8Array>,
    );
    return (await openpgp.readMessage({ armoredMessage: text })) as Message<ReadableStream>;
  } catch (error) {
    throw broken(error);
  }
}

async function isArmored(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 63 })) return ((chunk as Buffer)[0] ?? 0x80) < 0x80;
  return false;
}

async function* plain(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* data;
  } catch (error) {
    throw broken(error);
  }
}

async function keysOf(rules: PgpRules, context: LayerContext): Promise<Keys> {
  const openpgp = await import('openpgp');
  const wanted = new Set(rules.fingerprints.map((text) => text.replace(/[\s:]/g, '').toLowerCase()));
  const signersText =
    'file' in rules.signers ? await readFile(rules.signers.file, 'utf8') : secret(rules.signers, context);
  const all = await openpgp.readKeys({ armoredKeys: signersText }).catch(() => {
    throw new PointferryError('CONFIG_INVALID', 'pgp.signers holds no armored public key');
  });
  const stated = all.filter((key) => wanted.has(key.getFingerprint()));
  if (stated.length === 0)
    throw new PointferryError(
      'CONFIG_INVALID',
      'none of pgp.fingerprints is the fingerprint of a key in pgp.signers',
    );
  const signers: PublicKey[] = [];
  for (const key of stated) if (await isValidNow(key)) signers.push(key);
  if (signers.length === 0)
    throw new PointferryError('READ_SIGNATURE', 'the key of the signer stated has expired or was revoked');
  return { own: await ownKey(rules, context), signers };
}

/** openpgp.js asks whether a key was valid when it signed; an expired one is not trusted for that either. */
async function isValidNow(key: PublicKey): Promise<boolean> {
  const until = await key.getExpirationTime();
  return until !== null && until.valueOf() > Date.now();
}

async function ownKey(rules: PgpRules, context: LayerContext): Promise<PrivateKey> {
  const openpgp = await import('openpgp');
  const key = await openpgp.readPrivateKey({ armoredKey: secret(rules.key, context) }).catch(() => {
    throw new PointferryError('CONFIG_INVALID', `${rules.key.env} holds no armored private key`);
  });
  if (key.isDecrypted()) return key;
  const passphrase = rules.passphrase === undefined ? undefined : secret(rules.passphrase, context);
  if (passphrase === undefined)
    throw new PointferryError('CONFIG_INVALID', `the key in ${rules.key.env} needs pgp.passphrase`);
  return openpgp.decryptKey({ privateKey: key, passphrase }).catch(() => {
    throw new PointferryError('CONFIG_INVALID', `the passphrase does not open the key in ${rules.key.env}`);
  });
}

function secret(ref: EnvRef, { secrets }: LayerContext): string {
  const value = secrets(ref);
  if (value === undefined || value === '')
    throw new PointferryError('CONFIG_MISSING_ENV', `${ref.env} is not set`);
  return value;
}

/** Messages of openpgp.js name packets and algorithms, never content or keys. */
function broken(error: unknown): unknown {
  if (error instanceof PointferryError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return error;
  return new PointferryError('READ_DECRYPT', `pgp: ${error.message.slice(0, 200)}`, { cause: error });
}

function unsigned(count: number): PointferryError {
  return new PointferryError(
    'READ_SIGNATURE',
    count === 0 ? 'it is not signed' : 'no signature on it is valid and by a signer stated',
  );
}
