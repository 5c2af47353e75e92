/** Shopify's orders export: one row per line item, and what belongs to the order only on the order's first row. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.activity',
  owner: 'web-team@example.com',
  description: "Shopify's orders export",
  source: local('inbox/shopify/orders_export*.csv'),

  // "#1050" is unique within one shop. With several shops, give each its own pipeline and its own source word.
  identity: { source: 'shopify', columns: ['Name'] },

  // `fill`: the other rows of an order take these cells from its first row, before anything looks at them.
  group: { by: 'Name', fill: ['Email', 'Financial Status', 'Created at', 'Currency', 'Subtotal'] },

  columns: {
    member: { from: 'Email', case: 'lower', via: { crosswalk: 'email' } },
    activity_type_id: { constant: 'purchase' },
    // Goods only: without shipping and taxes. The platform makes points of it.
    value: { from: 'Subtotal' },
    // The offset stands in the text ("2026-05-01 10:00:00 +0200"), so no zone is needed.
    transaction_timestamp: { from: 'Created at', format: 'yyyy-MM-dd HH:mm:ss XXX' },
    line_items: {
      // Hand-made items have no SKU; their name will do.
      item_id: { firstOf: ['Lineitem sku', 'Lineitem name'] },
      value: { compute: '"Lineitem quantity" * "Lineitem price"' },
    },
  },

  // Counted once per order, on the row that has it; blanks below it are no zeros of their own.
  amount: { from: 'Subtotal', per: 'group', currency: { from: 'Currency' } },

  // Refunded, voided and pending orders are not sent; orders without a customer neither.
  where: { 'Financial Status': ['paid', 'partially_refunded'], Email: { empty: false } },
  thresholds: { intake: { stop: 1000 } },
});
