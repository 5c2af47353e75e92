import { indent } from './quote.ts';

/**
 * A query in levels: each level sees the columns of the one below and adds its own. PostgreSQL would flatten such
 * subqueries and compute an expression wherever it is used; `offset 0` keeps each computed once, which also lets it
 * inline our functions (it inlines only over plain columns).
 */
export class Levels {
  readonly #from: string;
  /** Per level: expression -> column. */
  readonly #levels: Map<string, string>[] = [];

  /** `from`: the FROM clause of level 0, whose columns are named in `add(0, …)`. */
  constructor(from: string) {
    this.#from = from;
  }

  /**
   * Gives the column of a level that holds `expression`, adding it under `name` if there is none yet: what is wanted
   * twice is computed once. `expression` may use columns of lower levels.
   */
  add(level: number, name: string, expression: string): string {
    while (this.#levels.length <= level) this.#levels.push(new Map());
    const columns = this.#levels[level];
    const known = columns?.get(expression);
    if (known !== undefined) return known;
    columns?.set(expression, name);
    return name;
  }

  /** The innermost level as it stands, then one subquery per level; `q` is the name of each. `upTo`: not beyond this level. */
  text(upTo = this.#levels.length): string {
    const [first = new Map<string, string>(), ...rest] = this.#levels.slice(0, upTo + 1);
    let sql = `select ${list(first)}\nfrom ${this.#from}`;
    for (const level of rest) {
      if (level.size === 0) continue;
      sql = `select q.*, ${list(level)}\nfrom (\n${indent(sql)}\n  offset 0\n) q`;
    }
    return sql;
  }
}

function list(columns: ReadonlyMap<string, string>): string {
  return [...columns].map(([expression, name]) => `${expression} as ${name}`).join(',\n       ');
}
