/** Environment variables, each of which may come from a file. */
import { readFileSync } from 'node:fs';
import { PointferryError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value of `NAME`, or the content of the file that `NAME_FILE` names, without its final newline. Undefined where
 * neither is set; an empty one counts as not set.
 * @throws PointferryError CONFIG_MISSING_ENV when the file cannot be read, CONFIG_INVALID when both are set. Neither
 *   holds the value.
 */
export function readVariable(name: string, env: Environment): string | undefined {
  const file = env[`${name}_FILE`] || undefined;
  const value = env[name] || undefined;
  if (file === undefined) return value;
  if (value !== undefined) {
    throw new PointferryError('CONFIG_INVALID', `both ${name} and ${name}_FILE are set: set one of them`);
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (cause) {
    throw new PointferryError('CONFIG_MISSING_ENV', `the file that ${name}_FILE names cannot be read`, {
      hint: `see that the file of ${name}_FILE is there and may be read`,
      cause,
    });
  }
}
