/** What `guess` left to a person: texts that begin with TODO, anywhere in a pipeline. */
import { isRecord, join, type Report } from '../ground/shape.ts';

/** Reports every mark; gives their key paths. */
export function checkSettled(value: unknown, report: Report): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (item: unknown, path: string): void => {
    if (typeof item === 'string' && item.startsWith('TODO')) {
      found.add(path);
      report(path, `not settled yet: ${item.replace(/^TODO:?\s*/, '') || 'TODO'}`);
    }
    if (Array.isArray(item)) for (const [at, one] of item.entries()) walk(one, `${path}[${at}]`);
    else if (isRecord(item)) for (const [key, one] of Object.entries(item)) walk(one, join(path, key));
  };
  walk(value, '');
  return found;
}
