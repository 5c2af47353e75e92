/** What preview and plan have in common: the pipeline, its files (held until the end), and a rehearsal over them. */
import { resolve } from 'node:path';
import { type Found, findPipeline } from '../check/find.ts';
import type { Context } from '../cli/command.ts';
import type { Kind } from '../destinations/kind.ts';
import { destinationOf } from '../flow/prepare.ts';
import { type Rehearsed, rehearse } from '../flow/rehearse.ts';
import { filesOf } from '../flow/take.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Outcome } from '../read/files.ts';
import { withDatabase } from './app.ts';

export interface Scene extends Rehearsed {
  readonly found: Found;
  readonly kind: Kind;
}

/** Rehearses the pipeline over its files (or those of --file; at most `most`), and throws 66 when there are none. */
export async function onStage<T>(
  context: Context<{ readonly file: readonly string[] }>,
  most: number,
  fn: (scene: Scene) => Promise<T>,
): Promise<T> {
  const found = await findPipeline(context.pipelines, context.args[0] ?? '');
  const { kind } = await destinationOf(found.pipeline.operation, found.account.platform);
  const named = context.flags.file;
  return withDatabase(context, async ({ db }) => {
    const files: Outcome[] = [];
    const listing = filesOf({
      pipeline: found.pipeline,
      options: named.length > 0 ? { files: named } : {},
      workdir: context.workdir,
      base: resolve(context.pipelines, '..'),
      env: context.env,
      signal: context.signal,
    });
    try {
      for await (const file of listing) {
        files.push(file);
        if (files.filter((each) => each.kind === 'file').length >= most) break;
      }
      if (files.length === 0)
        throw new PointferryError(
          'READ_NO_INPUT',
          `no file matched ${JSON.stringify(found.pipeline.source.path)}`,
        );
      return await rehearse(db, found, kind, files, context.signal, (rehearsed) =>
        fn({ ...rehearsed, found, kind }),
      );
    } finally {
      for (const file of files) if (file.kind === 'file') await file.discard();
    }
  });
}
