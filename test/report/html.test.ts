import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { withClient } from '../../src/db/pool.ts';
import { embedded, html } from '../../src/report/files/html/markup.ts';
import { reportHtml } from '../../src/report/files/html.ts';
import { findingsIn, inSnapshot } from '../../src/report/findings/snapshot.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { definition, makeAttempt, makeFile, makeRun } from '../world/ledger.ts';

const { db } = await cloneDatabase();

async function made(run: string): Promise<string> {
  const findings = await findingsIn(db, run);
  return await inSnapshot(db, (client) => reportHtml(client, findings));
}

/** The document without its head and data, as XML: every element must be closed, every text escaped. */
function body(text: string): string {
  const inner = /<body>([\s\S]*)<\/body>/.exec(text)?.[1] ?? '';
  return inner.replace(/<br>/g, '<br/>').replace(/<script[\s\S]*?<\/script>/, '');
}

const hostile = `<script>alert(1)</script>"'&\u0000\u202E<img src=x onerror=y>`;

describe('report.html', () => {
  it('has all its parts, in order', async () => {
    const run = await makeRun(db, { status: 'completed_with_errors', exit_code: 1 });
    const file = await makeFile(db, run, {
      rows: [
        { amount: '12.50' },
        {
          amount: '1.00',
          bucket: 'rejected',
          errors: [{ code: 'NORMALIZE_NOT_A_DATE', field: 'occurred_at', value: 'x' }],
        },
        { amount: '3.00', bucket: 'parked' },
      ],
    });
    for (const operation of file.operations.slice(0, 1)) if (operation) await makeAttempt(db, operation, run);
    const text = await made(run);
    const titles = [...text.matchAll(/<h2>(.*?)<\/h2>/g)].map((match) => match[1]);
    assert.deepEqual(titles, [
      'The books',
      'What is wrong',
      'Next steps',
      'Files',
      'Push',
      'Against the usual',
      'Waiting',
      'Fields sent',
      'How it was made',
    ]);
    assert.match(text, /<h1>1 of 3 rows are done, 1 needs attention and 1 is waiting\.<\/h1>/);
    assert.equal(XMLValidator.validate(body(text)), true);
    const data = JSON.parse(
      /<script type="application\/json" id="summary">([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '',
    );
    assert.deepEqual(
      { run: data.run, rowsRead: data.rows.read, USDRead: data.amount.USD.read },
      { run, rowsRead: 3, USDRead: '16.50' },
    );
  });

  it('names only commands that are there', async () => {
    const run = await makeRun(db, { status: 'completed_with_errors', exit_code: 1 });
    await makeFile(db, run, {
      rows: [{}, { bucket: 'rejected', errors: [{ code: 'NORMALIZE_REQUIRED' }] }, { bucket: 'unknown' }],
    });
    const verbs = readdirSync(path.join(import.meta.dirname, '../../src/cli/verbs'));
    const named = [...(await made(run)).matchAll(/pointferry ([a-z-]+)/g)].map(([, verb]) => verb);
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((verb) => !verbs.includes(`${verb}.ts`)),
      [],
    );
  });

  it('needs no network and no script, and its policy allows none', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, { rows: [{}] });
    const text = await made(run);
    assert.ok(text.includes(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`));
    assert.doesNotMatch(text, /https?:\/\/|<link|<iframe|<img|@import|url\((?!#)|\son\w+=/);
    assert.deepEqual(
      [...text.matchAll(/<script[^>]*>/g)].map((match) => match[0]),
      ['<script type="application/json" id="summary">'],
    );
  });

  it('escapes whatever comes from files, platforms and pipelines', async () => {
    const run = await makeRun(db, {
      status: 'failed',
      exit_code: 3,
      stage: 'push',
      stop_code: 'PUSH_STOPPED',
      stop_reason: hostile.replace('\u0000', ''),
      actor: hostile.replace('\u0000', ''),
      definition: {
        ...definition,
        owner: hostile.replace('\u0000', ''),
        columns: { ...definition.columns, '<b>': { from: 'type' } },
      },
    });
    const name = hostile.replace('\u0000', '');
    await makeFile(db, run, {
      header: ['<i>', 'type'],
      rows: [
        {
          bucket: 'failed',
          cells: ['a', name],
          operation: { reason: name, platform_code: name, field: 'activity_type_id' },
        },
        {
          bucket: 'rejected',
          cells: ['a', 'b'],
          errors: [{ code: 'NORMALIZE_RULE', field: '<i>', reason: name }],
        },
      ],
      columns: { name },
    });
    const text = await made(run);
    for (const raw of ['<script>', '<img', '<i>,', '<b>,', '\u202E', '\u0000'])
      assert.ok(!text.includes(raw), raw);
    assert.equal(XMLValidator.validate(body(text)), true);
    assert.doesNotThrow(() => new XMLParser({ ignoreAttributes: false }).parse(body(text)));
  });

  it('shows no value of a person', async () => {
    const run = await makeRun(db);
    const canary = 'wonderland';
    const cells = [`t-${canary}`, `${canary}@example.com`, 'x', canary, '1.00'];
    await makeFile(db, run, {
      rows: [
        { cells, bucket: 'parked', operation: { member_key: canary, identity: `pos:${canary}` } },
        {
          cells,
          bucket: 'rejected',
          group: canary,
          errors: [{ code: 'NORMALIZE_NOT_AN_EMAIL', field: 'member_id', value: canary }],
        },
        { cells, bucket: 'failed', operation: { field: 'member', platform_id: canary } },
      ],
    });
    assert.doesNotMatch(await made(run), new RegExp(canary));
  });

  it('stays under 2 MB whatever there is to say', async () => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, {});
    const count = 3_000;
    await withClient(db, async (client) => {
      await client.query(
        `insert into pointferry.row (file, record, line, role) select $1, i, i, 'rejected' from generate_series(1, $2::int) i`,
        [file.id, count],
      );
      await client.query(
        `insert into pointferry.row_error (file, record, n, stage, code, field, reason, run)
         select $1, i, 1, 'normalize', 'NORMALIZE_RULE', 'field ' || i || repeat('x', 200), repeat('because ', 60), $3 from generate_series(1, $2::int) i`,
        [file.id, count, run],
      );
      await client.query('update pointferry.file set records = $2 where id = $1', [file.id, count]);
      await client.query(
        `insert into pointferry.file (run, account, pipeline, place, name, path, verdict, code, reason)
         select $1, 'hang-test', 'pos-transactions', 1 + i, 'file ' || i || repeat('y', 150), '/in', 'refused', 'STAGE_HEADER', repeat('because ', 50)
           from generate_series(1, $2::int) i`,
        [run, count],
      );
    });
    const text = await made(run);
    assert.ok(text.length < 2_000_000, String(text.length));
    assert.ok(text.includes('summary.json has them all') && text.includes('more groups'));
  });

  it('of nothing at all is a page too', async () => {
    const run = await makeRun(db, { status: 'interrupted', exit_code: 4, stage: 'read', finished_at: null });
    const text = await made(run);
    assert.match(text, /<h1>No file was taken\.<\/h1>/);
    assert.equal(XMLValidator.validate(body(text)), true);
  });

  it('compares a night with those before it', async () => {
    const nights = [1000, 1010, 990, 1005];
    for (const [index, read] of nights.entries()) {
      const run = await makeRun(db, { pipeline: 'nightly', business_date: `2026-05-0${index + 1}` });
      const figures = JSON.stringify({
        rows: { read, delivered: read },
        amount: null,
        seconds: { push: 10 },
        requests: { p99Ms: 50 },
      });
      await withClient(db, (client) =>
        client.query('insert into pointferry.run_figures (run, as_of, figures) values ($1, now(), $2)', [
          run,
          figures,
        ]),
      );
    }
    const idle = await makeRun(db, { pipeline: 'nightly' });
    await withClient(db, (client) =>
      client.query('insert into pointferry.run_figures (run, as_of, figures) values ($1, now(), $2)', [
        idle,
        JSON.stringify({ rows: { read: 0 }, amount: null, seconds: {}, requests: {} }),
      ]),
    );
    const run = await makeRun(db, { pipeline: 'nightly' });
    await makeFile(db, run, { rows: [{}, { bucket: 'failed' }] });
    const text = await made(run);
    assert.match(text, /The last 4 runs and this one/);
    assert.match(text, /aria-label="Rows read: 2, usually 1003"/);
    assert.match(text, /aria-label="Rows that need attention: 50.0 %, usually 0.00 %"/);
  });
});

describe('markup', () => {
  it('escapes every hole that is not markup', () => {
    assert.equal(
      html`<p title="${'"a\'&<>'}">${['<', html`<b>${1}</b>`, null, false]}</p>`.text,
      '<p title="&quot;a&#39;&amp;&lt;&gt;">&lt;<b>1</b></p>',
    );
    assert.equal(html`${'\uD800'}`.text, '\uFFFD');
  });

  it('embeds JSON that cannot end its block', () => {
    const value = { a: '</script><!--', b: '\u2028' };
    const { text } = embedded(value);
    assert.doesNotMatch(text, /[<>\u2028]/);
    assert.deepEqual(JSON.parse(text), value);
  });
});
