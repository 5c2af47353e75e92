/**
 * From a file as received to plain files in the private folder.
 *
 * Everything is unpacked to the end and verified before any of it is handed on. A first pass that only verifies would spare the
 * disk, but unpack twice, and trust that the file does not change in between. PGP forbids an early release anyway. So it is the
 * same for all packings: write, verify, hand on.
 */
import { open } from 'node:fs/promises';
import { milliseconds } from '../../ground/duration.ts';
import { PointferryError } from '../../ground/errors.ts';
import type { UnpackRules } from '../../pipeline/source.ts';
import { defaults } from '../defaults.ts';
import { fault } from '../faults.ts';
import type { Digest } from '../hash.ts';
import { printable } from '../names.ts';
import type { PrivateFolder } from '../private.ts';
import type { Secrets } from '../source.ts';
import { Guard, limitReached } from './guard.ts';
import { gunzip } from './gzip.ts';
import { keep } from './keep.ts';
import type { Layer, LayerContext } from './layer.ts';
import { headSize, type Packing, packingOf } from './packing.ts';
import { decrypt } from './pgp.ts';
import { unzip } from './zip.ts';
import { unzstd } from './zstd.ts';

/** A plain file, whole and verified, in the private folder. */
export interface Plain extends Digest {
  readonly path: string;
  /** Its name inside the archive; null for what is not an archive of named entries. */
  readonly entry: string | null;
}

export interface Packed extends Digest {
  readonly path: string;
  readonly name: string;
}

const layers: Record<Packing, Layer> = { gzip: gunzip, zip: unzip, zstd: unzstd, pgp: decrypt };

/**
 * Unpacks and decrypts what the first bytes show, at most one packing and one encryption. On success the file as received is
 * removed from the private folder, unless it was plain and is the result. An error leaves nothing there.
 * Throws READ_PACKING, READ_UNPACK_LIMIT, READ_NESTED, READ_ENCRYPTED, READ_SPREADSHEET, READ_DECRYPT,
 * READ_SIGNATURE, READ_DISK_FULL.
 */
export async function unpack(
  received: Packed,
  folder: PrivateFolder,
  options: { rules?: UnpackRules; secrets: Secrets; signal?: AbortSignal },
): Promise<Plain[]> {
  const rules = options.rules ?? {};
  const duration = rules.limits?.time ?? defaults.limits.time;
  const time = AbortSignal.timeout(milliseconds(duration));
  const signal = options.signal === undefined ? time : AbortSignal.any([options.signal, time]);
  const context = { rules, guard: new Guard(rules.limits), secrets: options.secrets, signal };
  const made: string[] = [received.path];
  const done: Plain[] = [];
  try {
    await peel({ ...received, entry: null }, { folder, context, made, done }, []);
  } catch (error) {
    await Promise.all(made.map((path) => folder.remove(path)));
    throw time.aborted && options.signal?.aborted !== true
      ? limitReached(`longer than ${duration}`)
      : asDamage(error);
  }
  const kept = new Set(done.map(({ path }) => path));
  await Promise.all(made.filter((path) => !kept.has(path)).map((path) => folder.remove(path)));
  return done;
}

interface Work {
  readonly folder: PrivateFolder;
  readonly context: LayerContext;
  /** Every file written so far, to be removed after an error. */
  readonly made: string[];
  readonly done: Plain[];
}

async function peel(file: Plain & { name: string }, work: Work, peeled: readonly Packing[]): Promise<void> {
  const { rules } = work.context;
  const wantsPgp = rules.pgp !== undefined && !peeled.includes('pgp');
  const packing = packingOf(await headOf(file.path), file.name, wantsPgp);
  if (packing === null) {
    if (wantsPgp)
      throw new PointferryError('READ_DECRYPT', 'it is not encrypted, and this source accepts PGP only');
    work.done.push({ ...file });
    return;
  }
  refuseNesting(packing, peeled);
  const parts: (Plain & { name: string })[] = [];
  const measure = work.context.guard.meter(file.bytes);
  await layers[packing](file.path, work.context, async (inner, chunks) => {
    const path = work.folder.fresh();
    work.made.push(path);
    const digest = await keep(path, chunks, measure, work.context.signal);
    parts.push({ path, ...digest, entry: inner ?? file.entry, name: inner ?? withoutSuffix(file.name) });
  });
  await work.folder.remove(file.path);
  for (const part of parts) await peel(part, work, [...peeled, packing]);
}

function refuseNesting(packing: Packing, peeled: readonly Packing[]): void {
  const isSecret = (other: Packing): boolean => other === 'pgp';
  if (peeled.some((other) => isSecret(other) === isSecret(packing)))
    throw new PointferryError('READ_NESTED', `${packing} inside ${peeled.join(' inside ')}`);
}

const withoutSuffix = (name: string): string => name.replace(/\.(gz|zst|pgp|gpg|asc)$/i, '');

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(headSize), 0, headSize, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A library's error about the bytes is damage; a PointferryError and an abort stay as they are. */
function asDamage(error: unknown): unknown {
  if (error instanceof PointferryError || !(error instanceof Error) || error.name === 'AbortError')
    return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return fault('READ_WORKDIR', 'cannot unpack', error);
  return new PointferryError(
    'READ_PACKING',
    `it is damaged or cut off: ${printable(code ?? error.message)}`,
    {
      cause: error,
    },
  );
}
