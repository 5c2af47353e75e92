import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'csv-parse/sync';
import { inTransaction } from '../../src/db/transaction.ts';
import { readRun } from '../../src/ledger/run.ts';
import { unguard } from '../../src/report/files/cell.ts';
import { type RowFile, writeRowFiles } from '../../src/report/files/errors-csv.ts';
import { ownColumns } from '../../src/report/findings/line.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { definition, makeFile, makeRun } from '../world/ledger.ts';

const { db } = await cloneDatabase();

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pointferry-report-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function write(t: TestContext, run: string, name: RowFile = 'errors', mask = false): Promise<string> {
  const folder = await folderFor(t);
  await inTransaction(db, async (client) =>
    writeRowFiles(client, await readRun(client, run), folder, name, { mask }),
  );
  return folder;
}

const records = (text: string): string[][] => parse(text, { bom: true, relax_column_count: false });

async function readTable(folder: string, name = 'errors.csv'): Promise<Record<string, string>[]> {
  return parse(await readFile(path.join(folder, name)), { bom: true, columns: true });
}

describe('errors.csv', () => {
  it('holds the original cells and all that is said of the row, byte by byte', async (t) => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, {
      header: ['transaction_id', 'occurred_at'],
      rows: [
        { bucket: 'delivered' },
        {
          bucket: 'rejected',
          line: 7,
          cells: ['00012', '2026/05/11, "noon"'],
          errors: [
            {
              code: 'NORMALIZE_NOT_A_DATE',
              field: 'occurred_at',
              value: '2026/05/11, "noon"',
              reason: 'wanted dd-MM-yyyy',
            },
            { code: 'NORMALIZE_REQUIRED', field: 'transaction_id', value: null, reason: 'empty' },
          ],
        },
      ],
      columns: { name: 'pos.csv' },
    });
    const folder = await write(t, run);
    const expected =
      '\uFEFF"transaction_id","occurred_at","_row_id","_file","_record","_line","_bucket","_stage","_code","_field","_value",' +
      '"_reason","_http_status","_platform_code","_attempts","_retryable","_hint","_request_id","_raw"\r\n' +
      `"00012","2026/05/11, ""noon""","${file.id}-2","pos.csv","2","7","rejected","normalize",` +
      '"NORMALIZE_NOT_A_DATE|NORMALIZE_REQUIRED","occurred_at|transaction_id","2026/05/11, ""noon""|",' +
      '"wanted dd-MM-yyyy|empty","","","0","after-edit","fix the cell, or the format in the pipeline|fill the cell","",""\r\n';
    assert.equal(await readFile(path.join(folder, 'errors.csv'), 'utf8'), expected);
    assert.deepEqual(await readdir(folder), ['errors.csv']);
  });

  it('names the source columns of a field that the platform refused, and its cells', async (t) => {
    const run = await makeRun(db, {
      definition: {
        ...definition,
        columns: {
          ...definition.columns,
          value: { sum: { compute: 'Quantity * UnitPrice' } },
          activity_type_id: { constant: 'a1' },
        },
      },
    });
    const refusal = {
      code: 'PUSH_REFUSED',
      reason: 'must not be zero',
      http_status: 422,
      platform_code: 'INVALID_VALUE',
    };
    await makeFile(db, run, {
      header: ['Quantity', 'UnitPrice', 'member_id'],
      rows: [
        {
          bucket: 'failed',
          cells: ['2', '0.00', 'm'],
          operation: { ...refusal, field: 'value', attempts: 3, request_id: 'rq' },
        },
        { bucket: 'failed', cells: ['2', '0.00', 'm'], operation: { ...refusal, field: 'activity_type_id' } },
        { bucket: 'unknown', cells: ['2', '0.00', 'm'], operation: { reason: 'answer cut off' } },
      ],
    });
    const [first, second, third] = await readTable(await write(t, run));
    assert.equal(first?._field, 'Quantity+UnitPrice');
    assert.equal(first?._value, '2+0.00');
    assert.deepEqual(
      {
        _stage: first?._stage,
        _http_status: first?._http_status,
        _platform_code: first?._platform_code,
        _attempts: first?._attempts,
        _request_id: first?._request_id,
        _retryable: first?._retryable,
      },
      {
        _stage: 'push',
        _http_status: '422',
        _platform_code: 'INVALID_VALUE',
        _attempts: '3',
        _request_id: 'rq',
        _retryable: 'after-edit',
      },
    );
    assert.equal(second?._field, '');
    assert.deepEqual(
      { _bucket: third?._bucket, _code: third?._code, _retryable: third?._retryable },
      { _bucket: 'unknown', _code: 'PUSH_OUTCOME_UNKNOWN', _retryable: 'no' },
    );
  });

  it('gives back every cell exactly, and starts none with what a spreadsheet would run', async (t) => {
    const first = Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code + 1));
    const cells = [...first, '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20', '😀', '\u2028', '\uFEFF'].flatMap(
      (character) => [`${character}1+1`, `${character}cmd|' /C calc'!A0`, character],
    );
    cells.push(
      '',
      "'",
      "''",
      "'=1",
      '  =1+1',
      '\t-x',
      '"',
      '""',
      'a\r\nb',
      '-',
      '+',
      '-1',
      '+1.5',
      '-1e5',
      '00012',
      '-1,234.50',
    );
    const run = await makeRun(db);
    await makeFile(db, run, {
      header: ['cell'],
      rows: cells.map((cell) => ({
        cells: [cell],
        bucket: 'rejected',
        errors: [{ code: 'NORMALIZE_RULE', value: cell }],
      })),
    });
    const folder = await write(t, run);
    const [, ...rows] = records(await readFile(path.join(folder, 'errors.csv'), 'utf8'));
    assert.equal(rows.length, cells.length);
    for (const [index, row] of rows.entries()) {
      for (const column of [0, 1 + ownColumns.indexOf('_value')]) {
        const written = row[column] ?? '';
        assert.equal(unguard(written), cells[index]);
        const harmless =
          /^[^=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(written) ||
          /^[-+]\d[\d.,]*$/.test(written) ||
          written === '';
        assert.ok(harmless, JSON.stringify(written));
      }
    }
    const written = new Map(rows.map((row, index) => [cells[index], row[0]]));
    assert.deepEqual(
      ['-1', '+1.5', '-1e5', '00012', '-1,234.50', '-', '  =1+1', 'a'].map(
        (cell) => written.get(cell) ?? cell,
      ),
      ['-1', '+1.5', "'-1e5", '00012', '-1,234.50', "'-", "'  =1+1", 'a'],
    );
  });

  it('survives hostile header names, and keeps ours apart from the file’s', async (t) => {
    const header = ['_row_id', '__x', '=cmd()', '__proto__', '', 'a"b', "'q", 'constructor', '_row_id'];
    const run = await makeRun(db);
    await makeFile(db, run, {
      header,
      rows: [{ bucket: 'rejected', errors: [{ code: 'NORMALIZE_REQUIRED' }] }],
    });
    const folder = await write(t, run);
    const [titles = [], row = []] = records(await readFile(path.join(folder, 'errors.csv'), 'utf8'));
    const original = [
      '__row_id',
      '___x',
      "'=cmd()",
      '___proto__',
      '',
      'a"b',
      "''q",
      'constructor',
      '__row_id',
    ];
    assert.deepEqual(titles, [...original, ...ownColumns]);
    assert.equal(row.length, titles.length);
    assert.equal(row[3], 'cell 1.4');
  });

  it('writes files of more than 300 columns, whose cells are one array', async (t) => {
    const header = Array.from({ length: 2000 }, (_, index) => `c${index + 1}`);
    const cells = header.map((name, index) => (index % 7 === 0 ? null : `${name},"x"`));
    const run = await makeRun(db);
    await makeFile(db, run, {
      header,
      asCells: true,
      rows: [{ cells, bucket: 'rejected', errors: [{ code: 'NORMALIZE_REQUIRED', field: 'c1' }] }],
    });
    const [row] = await readTable(await write(t, run));
    assert.equal(row?.c2, 'c2,"x"');
    assert.equal(row?.c1, '');
    assert.equal(row?.c2000, 'c2000,"x"');
    assert.equal(row?._code, 'NORMALIZE_REQUIRED');
  });

  it('keeps the bytes of damaged records, original columns empty', async (t) => {
    const run = await makeRun(db, { definition: { ...definition, format: { encoding: 'utf-8' } } });
    const raw = Buffer.concat([
      Buffer.from('a\\b,"é\t'),
      Buffer.from([0x00, 0xff, 0xe2, 0x82]),
      Buffer.from('=x'),
    ]);
    await makeFile(db, run, {
      header: ['a', 'b'],
      rows: [
        {
          damaged: raw,
          bucket: 'rejected',
          errors: [{ code: 'STAGE_ENCODING', stage: 'stage', reason: 'byte 9' }],
        },
      ],
    });
    const [row] = await readTable(await write(t, run));
    assert.deepEqual({ a: row?.a, b: row?.b, _stage: row?._stage }, { a: '', b: '', _stage: 'stage' });
    assert.equal(row?._raw, 'a\\\\b,"é\t\\x00\\xFF\\xE2\\x82=x');
  });

  it('is one file per header', async (t) => {
    const run = await makeRun(db);
    const bad = { bucket: 'rejected' as const, errors: [{ code: 'NORMALIZE_REQUIRED' }] };
    await makeFile(db, run, { header: ['a', 'b'], rows: [{ ...bad, cells: ['1', '2'] }] });
    await makeFile(db, run, { header: ['b', 'a'], rows: [{ ...bad, cells: ['3', '4'] }] });
    await makeFile(db, run, { header: ['a', 'b'], rows: [{ ...bad, cells: ['5', '6'] }] });
    const folder = await write(t, run);
    assert.deepEqual((await readdir(folder)).sort(), ['errors-2.csv', 'errors.csv']);
    assert.deepEqual(
      (await readTable(folder)).map((row) => row.a),
      ['1', '5'],
    );
    assert.deepEqual(
      (await readTable(folder, 'errors-2.csv')).map((row) => [row.b, row.a]),
      [['3', '4']],
    );
  });

  it('tells its rows when the raw table is gone, without their cells', async (t) => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      header: ['a'],
      rows: [{ bucket: 'rejected', errors: [{ code: 'NORMALIZE_REQUIRED', field: 'a', reason: 'empty' }] }],
      columns: { raw_table: null },
    });
    const [row] = await readTable(await write(t, run));
    assert.deepEqual(
      { a: row?.a, _code: row?._code, _reason: row?._reason },
      { a: '', _code: 'NORMALIZE_REQUIRED', _reason: 'empty' },
    );
  });

  it('masked, shows no cell and says that it is masked', async (t) => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      header: ['email'],
      rows: [
        {
          cells: ['alice.wonder@example.com'],
          bucket: 'rejected',
          errors: [{ code: 'NORMALIZE_RULE', value: 'alice.wonder@example.com' }],
        },
      ],
    });
    const folder = await write(t, run, 'errors', true);
    assert.doesNotMatch(await readFile(path.join(folder, 'errors.csv'), 'utf8'), /wonder/);
    assert.equal((await readTable(folder))[0]?._masked, 'yes');
  });

  it('is there without rows too', async (t) => {
    const run = await makeRun(db);
    const folder = await write(t, run);
    assert.deepEqual(records(await readFile(path.join(folder, 'errors.csv'), 'utf8')), [[...ownColumns]]);
  });
});
