import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { PointferryError } from '../../ground/errors.ts';
import type { Layer } from './layer.ts';

/**
 * gzip, with several members one after another. Node's gunzip stops without a word at zeros behind a member:
 * they are padding only if zeros is all that follows, else what stands behind them would be lost in silence.
 * A file cut exactly between two members cannot be told from a whole one; a count or a companion can.
 */
export const gunzip: Layer = async (path, context, sink) => {
  const unpacker = createGunzip({ chunkSize: 256 * 1024 });
  await pipeline(createReadStream(path), unpacker, (chunks) => sink(null, chunks), {
    signal: context.signal,
  });
  const consumed = unpacker.bytesWritten;
  if (consumed === (await stat(path)).size) return;
  for await (const chunk of createReadStream(path, { start: consumed }))
    if ((chunk as Buffer).some((byte) => byte !== 0))
      throw new PointferryError('READ_PACKING', 'gzip: other bytes follow its end');
};
