/** Literals of pipelines for tests to vary. */

export interface Varied {
  /** Default: all CSV files of the folder that is called as the pipeline. */
  readonly source?: string;
  /** The name of the source of identities. Default: the pipeline's. */
  readonly till?: string;
  readonly account?: string;
  readonly member?: string;
  /** How `value` is read. */
  readonly value?: string;
  /** Further keys. */
  readonly more?: string;
}

/** Sales: one row, one activity. */
export function salesPipeline(name: string, varied: Varied = {}): string {
  const { source = `local('${name}/*.csv')`, till = name, account = 'hang', more = '' } = varied;
  const { member = `{ from: 'member' }`, value = `{ from: 'value', as: 'decimal' }` } = varied;
  return `{
    account: '${account}', operation: 'hang.activity', source: ${source},
    identity: { source: '${till}', columns: ['id'] },
    columns: {
      member: ${member}, activity_type_id: { constant: 'purchase' }, value: ${value},
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    },
    ${more}
  }`;
}

/** What the rows of a file of sales are worth, for the books. */
export const inDollars = `amount: { from: 'value', currency: 'USD' },`;

/** The member of a row by the crosswalk of the account. */
export const viaCrosswalk = `{ from: 'member', via: 'crosswalk' }`;
