/** The pipelines of a world, as people write them: in a folder outside the repository. */
import type { PipelineName } from './inputs.ts';

export interface AccountShape {
  readonly maxInFlight?: number;
  readonly keyRetention?: string;
}

export const accountSource = (name: string, rate: number, shape: AccountShape = {}): string => `\
// the account ${name}
import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'hang',
  stage: 'sandbox',
  baseUrl: env('HANG_BASE_URL'),
  apiKey: env('HANG_API_KEY'),
  windows: [{ limit: ${rate}, per: '1s' }],
  maxInFlight: ${shape.maxInFlight ?? 8},
  keyRetention: '${shape.keyRetention ?? '24h'}',
});
`;

const tills = `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-faults',
  operation: 'hang.activity',
  source: local('in/tills/*.csv'),
  format: { delimiter: '|' },
  businessDate: { fileName: 'tills_{yyyyMMdd}' },
  identity: { source: 'tills', columns: ['transaction_id'] },
  group: { by: 'transaction_id', take: { occurred_at: 'min' } },
  columns: {
    member: { from: 'member_id', via: 'crosswalk', unknown: 'park' },
    activity_type_id: { from: 'type' },
    value: { sum: 'line_amount' },
    transaction_timestamp: { from: 'occurred_at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    line_items: { item_id: { from: 'sku' }, value: { from: 'line_amount' } },
  },
  amount: { from: 'line_amount', currency: 'USD' },
  where: { type: { not: 'refund' } },
});
`;

const web = `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-faults',
  operation: 'hang.activity',
  source: local('in/web/*.csv'),
  businessDate: { fileName: 'web_{yyyyMMdd}' },
  identity: { source: 'web', columns: ['order_id'] },
  columns: {
    member: { from: 'customer', via: 'crosswalk', unknown: 'park' },
    activity_type_id: { constant: 'purchase' },
    value: { from: 'total' },
    transaction_timestamp: { from: 'created' },
  },
  amount: { from: 'total', currency: 'USD' },
  where: { kind: { not: 'test' } },
});
`;

const people = `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-faults',
  operation: 'hang.member',
  source: local('in/people/*.csv'),
  businessDate: { fileName: 'people_{yyyyMMdd}' },
  version: { from: 'changed', as: 'timestamp' },
  columns: {
    member: { from: 'member_key', via: 'crosswalk', unknown: 'park' },
    first_name: { from: 'first' },
    last_name: { from: 'last' },
    email: { from: 'email' },
  },
});
`;

export const pipelineSources: Readonly<Record<PipelineName, string>> = { tills, web, people };
