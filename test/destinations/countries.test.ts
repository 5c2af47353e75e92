import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countryName, regionName } from '../../src/destinations/countries.ts';

test('ISO codes of two and three letters become names, whatever their case', () => {
  assert.equal(countryName('US'), 'United States');
  assert.equal(countryName('usa'), 'United States');
  assert.equal(countryName('ci'), "Côte d'Ivoire");
  assert.equal(countryName('ZW'), 'Zimbabwe');
  assert.equal(countryName('AD'), 'Andorra');
});

test('names and unknown codes stay as they are', () => {
  for (const text of ['United States', 'Deutschland', 'XX', '', '__proto__', 'constructor']) {
    assert.equal(countryName(text), text);
    assert.equal(regionName(text), text);
  }
});

test('region codes are read beside their country, and alone', () => {
  assert.equal(regionName('WI'), 'Wisconsin');
  assert.equal(regionName('wa', 'US'), 'Washington');
  assert.equal(regionName('BC', 'Canada'), 'British Columbia');
  assert.equal(regionName('DF', 'Mexico'), 'Ciudad de México');
  assert.equal(regionName('YUC'), 'Yucatán');
  assert.equal(regionName('US-TX'), 'Texas');
  assert.equal(regionName('CA', 'USA'), 'California');
});

test('a code of a country without a list, or of the wrong one, stays as it is', () => {
  assert.equal(regionName('WA', 'AU'), 'WA');
  assert.equal(regionName('WA', 'Canada'), 'WA');
  assert.equal(regionName('WA', 'Atlantis'), 'WA');
  assert.equal(regionName('US-XX'), 'US-XX');
});
