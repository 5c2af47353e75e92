/** Where today's pipeline finds its columns in a file that was landed under an earlier definition. */

import type { Kind } from '../destinations/kind.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { boundOf } from '../stage/header.ts';
import { shapeOf } from '../stage/shape.ts';

/** Throws CONFIG_INVALID where a file of that header lacks a column. */
export function bindingOf(
  pipeline: Pipeline,
  kind: Kind,
): (header: readonly string[]) => Readonly<Record<string, string | number>> {
  const { bind } = shapeOf(pipeline, kind);
  return (header) => {
    try {
      return boundOf(bind(header));
    } catch (error) {
      if (!(error instanceof PointferryError)) throw error;
      throw new PointferryError(
        'CONFIG_INVALID',
        `the pipeline as it is now does not fit the file: ${error.message}`,
        {
          cause: error,
        },
      );
    }
  };
}
