/** What of a pipeline PostgreSQL alone can judge: its own regular expressions, and the time zones that it knows. */

import type { Found } from '../check/find.ts';
import { isDatabaseError } from '../db/failure.ts';
import type { Client } from '../db/pool.ts';
import { PointferryError } from '../ground/errors.ts';
import { keyColumns, scalarsOf } from '../mapping/columns.ts';
import { isWheres } from '../mapping/where.ts';
import type { CleanRule, Scalar, TextRules } from '../pipeline/mapping.ts';
import type { Condition, Pipeline, Where } from '../pipeline/types.ts';

interface Setting {
  readonly path: string;
  readonly what: 'pattern' | 'zone';
  readonly text: string;
}

const tries = {
  pattern: `select regexp_replace('', $1, '', 'g')`,
  zone: 'select now() at time zone $1',
} as const;

/** Throws CONFIG_INVALID (78) with the first setting that the server refuses: each row would end with it. */
export async function requireUnderstood(client: Client, { name, pipeline }: Found): Promise<void> {
  for (const { path, what, text } of settingsOf(pipeline)) {
    try {
      await client.query(tries[what], [text]);
    } catch (error) {
      if (!isDatabaseError(error) || !error.sqlstate?.startsWith('22')) throw error;
      const words =
        what === 'zone' ? 'a time zone that this PostgreSQL knows' : 'a regular expression of PostgreSQL';
      throw new PointferryError(
        'CONFIG_INVALID',
        `${name}: ${path}: ${JSON.stringify(text)} is not ${words}`,
        {
          hint: `mend ${path} in ${name}.ts`,
        },
      );
    }
  }
}

function settingsOf({ columns, identity, group, version, businessDate, where }: Pipeline): Setting[] {
  const keys = [
    ...(identity && 'columns' in identity ? identity.columns.map((key) => ['identity', key] as const) : []),
    ...(group ? keyColumns(group.by).map((key) => ['group', key] as const) : []),
  ];
  const scalars: (readonly [string, Scalar])[] = [
    ...Object.entries(columns).flatMap(([name, mapping]) =>
      scalarsOf(mapping).map((scalar) => [`columns.${name}`, scalar] as const),
    ),
    ...(version ? [['version', version] as const] : []),
  ];
  return [
    ...keys.flatMap(([path, key]) => (typeof key === 'string' ? [] : patternsOf(path, key))),
    ...scalars.flatMap(([path, scalar]) => [
      ...patternsOf(path, scalar as TextRules),
      ...zonesOf(path, scalar),
    ]),
    ...(businessDate?.zone === undefined ? [] : [zone('businessDate.zone', businessDate.zone)]),
    ...(where ? whereOf(where, 'where') : []),
  ];
}

const zone = (path: string, text: string): Setting => ({ path, what: 'zone', text });
const pattern = (path: string, text: string): Setting => ({ path, what: 'pattern', text });

function patternsOf(path: string, { clean }: TextRules): Setting[] {
  const rules = clean === undefined ? [] : ([clean].flat() as readonly CleanRule[]);
  return rules.flatMap((rule) => (typeof rule === 'string' ? [] : [pattern(`${path}.clean`, rule.replace)]));
}

function zonesOf(path: string, scalar: Scalar): Setting[] {
  if (!('zone' in scalar) || scalar.zone === undefined) return [];
  const { zone: stated } = scalar;
  if (typeof stated === 'string') return [zone(`${path}.zone`, stated)];
  return Object.entries(stated.map).map(([key, text]) => zone(`${path}.zone.map.${key}`, text));
}

function whereOf(where: Where, path: string): Setting[] {
  return Object.entries(where).flatMap(([key, test]) => {
    if (isWheres(test)) return test.flatMap((one) => whereOf(one, `${path}.${key}`));
    return conditionOf(test, `${path}.${key}`);
  });
}

function conditionOf(test: string | readonly string[] | Condition, path: string): Setting[] {
  if (typeof test === 'string' || isTexts(test)) return [];
  const { matches, not } = test;
  return [
    ...(matches === undefined ? [] : [pattern(`${path}.matches`, matches)]),
    ...(not === undefined ? [] : conditionOf(not, `${path}.not`)),
  ];
}

const isTexts = (test: readonly string[] | Condition): test is readonly string[] => Array.isArray(test);
