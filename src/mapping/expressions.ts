/** Expressions of a pipeline: `compute`, which is parsed here, and `sql`, the escape hatch. */
import { PointferryError } from '../ground/errors.ts';
import { numeral, type Sql, sql } from '../ground/sql-text.ts';

export type Expression =
  | { readonly number: string }
  | { readonly column: string }
  | { readonly minus: Expression }
  | { readonly operator: '+' | '-' | '*'; readonly left: Expression; readonly right: Expression };

const token = /\s*(?:([0-9]+(?:\.[0-9]+)?)|([\p{L}_][\p{L}\p{N}_]*)|"((?:[^"]|"")+)"|([-+*()]))/uy;

/** Parses; throws CONFIG_INVALID with the position of what is not understood. */
export function parseCompute(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const fail = (): never => {
    const found = peek();
    throw invalid(text, found === undefined ? 'ends too early' : `"${found.text}" stands where it cannot`);
  };
  const isSign = (...signs: string[]): boolean =>
    peek()?.kind === 'sign' && signs.includes(peek()?.text ?? '');

  function sum(): Expression {
    let left = product();
    while (isSign('+', '-')) {
      const operator = tokens[at++]?.text === '+' ? '+' : '-';
      left = { operator, left, right: product() };
    }
    return left;
  }
  function product(): Expression {
    let left = factor();
    while (isSign('*')) {
      at++;
      left = { operator: '*', left, right: factor() };
    }
    return left;
  }
  function factor(): Expression {
    const found = tokens[at];
    if (found === undefined) return fail();
    if (isSign('-')) {
      at++;
      return { minus: factor() };
    }
    if (isSign('(')) {
      at++;
      const inner = sum();
      if (!isSign(')')) return fail();
      at++;
      return inner;
    }
    if (found.kind === 'sign') return fail();
    at++;
    return found.kind === 'number' ? { number: found.text } : { column: found.text };
  }

  const parsed = sum();
  return at < tokens.length ? fail() : parsed;
}

interface Token {
  readonly kind: 'number' | 'column' | 'sign';
  readonly text: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) throw invalid(text, `not understood from "${text.slice(at).trim().slice(0, 20)}"`);
    const [, number, word, quoted, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'column', text: word });
    else if (quoted !== undefined) tokens.push({ kind: 'column', text: quoted.replaceAll('""', '"') });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
    at = token.lastIndex;
  }
  return tokens;
}

const invalid = (text: string, why: string): PointferryError =>
  new PointferryError('CONFIG_INVALID', `compute '${text}': ${why}`, {
    hint: 'columns (in double quotes where they are no plain words), numbers, + - * and brackets',
  });

export function columnsOf(expression: Expression): readonly string[] {
  if ('column' in expression) return [expression.column];
  if ('number' in expression) return [];
  if ('minus' in expression) return columnsOf(expression.minus);
  return [...new Set([...columnsOf(expression.left), ...columnsOf(expression.right)])];
}

const operators = { '+': sql`+`, '-': sql`-`, '*': sql`*` } as const;

/** SQL over numeric columns; `value` gives the SQL of a column's number. */
export function computeSql(expression: Expression, value: (column: string) => Sql): Sql {
  if ('number' in expression) return numeral(expression.number);
  if ('column' in expression) return value(expression.column);
  if ('minus' in expression) return sql`(- ${computeSql(expression.minus, value)})`;
  const left = computeSql(expression.left, value);
  return sql`(${left} ${operators[expression.operator]} ${computeSql(expression.right, value)})`;
}

/** Strings, dollar quotes and comments are left alone; what else stands in double quotes is a column. */
const sqlToken = /'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"]|"")+)"/g;

const unquoted = (text: string): string => text.replaceAll('""', '"');

/** Columns that an expression names, in order. */
export function columnsOfSql(expression: string): readonly string[] {
  return [
    ...new Set(
      [...expression.matchAll(sqlToken)].flatMap((match) =>
        match[2] === undefined ? [] : [unquoted(match[2])],
      ),
    ),
  ];
}

/** The expression over what sql/functions/raw-sql.sql gives it: cells go in as parameters, so that what stands in a cell is never read as SQL. */
export function parameterized(expression: string): string {
  const columns = columnsOfSql(expression);
  return expression.replace(sqlToken, (whole, _tag, column) =>
    typeof column === 'string' ? `(pointferry_cells)[${columns.indexOf(unquoted(column)) + 1}]` : whole,
  );
}
