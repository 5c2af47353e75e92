/** The escape hatch: an SQL expression of a pipeline, with column names in double quotes. */

/** Strings, dollar quotes and comments are left alone; what else stands in double quotes is a column. */
const token = /'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"]|"")+)"/g;

const unquoted = (text: string): string => text.replaceAll('""', '"');

/** Columns that an expression names, in order. */
export function columnsOfSql(sql: string): readonly string[] {
  return [
    ...new Set(
      [...sql.matchAll(token)].flatMap((match) => (match[2] === undefined ? [] : [unquoted(match[2])])),
    ),
  ];
}

/** The expression over what sql/functions/raw-sql.sql gives it: cells go in as parameters, so that what stands in a cell is never read as SQL. */
export function parameterized(sql: string): string {
  const columns = columnsOfSql(sql);
  return sql.replace(token, (whole, _tag, column) =>
    typeof column === 'string' ? `(pointferry_cells)[${columns.indexOf(unquoted(column)) + 1}]` : whole,
  );
}
