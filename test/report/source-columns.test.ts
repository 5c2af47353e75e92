import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Definition } from '../../src/ledger/run.ts';
import { sourceColumnsOf } from '../../src/report/findings/source-columns.ts';

const definition: Pick<Definition, 'columns'> = {
  columns: {
    member: { from: 'customer', via: 'crosswalk' },
    value: { sum: { compute: 'Quantity * "Unit Price"' } },
    points: { sum: 'pts' },
    activity_type_id: { constant: 'Quantity' },
    name: { join: ['first', 'last'], with: 'Quantity' },
    note: { firstOf: ['a', 'b'], map: { a: 'Quantity' } },
    label: { sql: `upper("sku") || '-' || "size"` },
    line_items: { item_id: { from: 'sku' }, value: { from: 'amount' } },
    family: [{ first_name: { from: 'f1' } }, { first_name: { from: 'f2' } }],
  },
};
const of = (field: string): string => sourceColumnsOf(definition, field).join('+');

describe('the source columns of a field', () => {
  it('are those its value is made of, never its constants', () => {
    assert.equal(of('member'), 'customer');
    assert.equal(of('value'), 'Quantity+Unit Price');
    assert.equal(of('points'), 'pts');
    assert.equal(of('activity_type_id'), '');
    assert.equal(of('name'), 'first+last');
    assert.equal(of('note'), 'a+b');
    assert.equal(of('label'), 'sku+size');
  });

  it('of a path are those of the part, else those of all that is under it', () => {
    assert.equal(of('line_items'), 'sku+amount');
    assert.equal(of('line_items.value'), 'amount');
    assert.equal(of('line_items[2].value'), 'amount');
    assert.equal(of('line_items[2].other'), 'sku+amount');
    assert.equal(of('family[1].first_name'), 'f2');
    assert.equal(of('family.first_name'), 'f1+f2');
  });

  it('of what the pipeline does not map are none; the member is what the crosswalk is asked for', () => {
    assert.equal(of('unheard_of'), '');
    assert.equal(of(''), '');
    assert.equal(of('constructor'), '');
    const program: Pick<Definition, 'columns'> = {
      columns: { membership_program_id: { from: 'program', via: 'crosswalk' } },
    };
    assert.deepEqual(sourceColumnsOf(program, 'member'), ['program']);
  });
});
