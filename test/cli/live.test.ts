import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Progress, Subject } from '../../src/app/watch.ts';
import { bar, liveLines, plainLine, startLive } from '../../src/cli/live.ts';
import { advance, begin, type LiveState } from '../../src/cli/live-state.ts';

const at = (time: string): Date => new Date(`2026-05-12T${time}Z`);
const subject: Subject = {
  pipeline: 'pos-transactions',
  run: 'r7k2m',
  account: 'hang-us-prod',
  production: true,
  zone: 'America/Chicago',
  startedAt: at('07:36:00'),
  deadline: at('10:00:00'),
};
const events: readonly (readonly [string, Progress])[] = [
  ['07:36:00', { stage: 'read', files: { done: 0, total: 3, bytes: 0 } }],
  ['07:36:03', { stage: 'read', files: { done: 3, total: 3, bytes: 41_200_000 } }],
  ['07:36:03', { stage: 'stage', rows: { staged: 0, damaged: 0 } }],
  ['07:36:06', { stage: 'stage', rows: { staged: 84_312, damaged: 14 } }],
  ['07:36:06', { stage: 'normalize', operations: { made: 0, rejectedRows: 0 } }],
  ['07:36:14', { stage: 'normalize', operations: { made: 30_202, rejectedRows: 298 } }],
  [
    '07:36:14',
    { stage: 'push', settled: { done: 0, total: 29_977, ok: 0, failed: 0, unknown: 0, parked: 225 } },
  ],
  [
    '07:41:12',
    {
      stage: 'push',
      settled: { done: 14_611, total: 29_977, ok: 14_560, failed: 49, unknown: 2, parked: 225 },
      rate: 49.1,
      limits: [
        { limit: 50, per: '1s', used: 0.98 },
        { limit: 1_260_000, per: '1d', used: 0.05 },
      ],
      inFlight: { now: 8, most: 8 },
      throttled: 0,
      p50Ms: 84,
      p99Ms: 412,
    },
  ],
];
const state = events.reduce<LiveState>(
  (known, [time, event]) => advance(known, event, at(time)),
  begin(subject, at('07:36:00')),
);

describe('the live display', () => {
  it('shows each stage that has begun, the limit, and when it ends', () => {
    assert.deepEqual(liveLines(state, { width: 100, color: false }), [
      'pos-transactions  run r7k2m   Tue 2026-05-12   account hang-us-prod (PRODUCTION)   02:41:12 CDT',
      '  read       ████████████████████  3 of 3 files  41.2 MB              3 s',
      '  stage      ████████████████████  84,312 rows  28,104/s              3 s   14 damaged',
      '  normalize  ████████████████████  30,202 operations                  8 s   298 rows rejected',
      '  push       █████████▊░░░░░░░░░░  14,611 of 29,977  49.1 req/s    4 m 58   ok 14,560  failed 49',
      '             ends about 02:46:24, deadline 05:00                            unknown 2  parked 225',
      '  limit      50/s 98 %   1,260,000/d 5 %   in flight 8 of 8   429: 0   p50 84 ms   p99 412 ms',
      '  Ctrl-C stops cleanly; nothing is sent twice.',
    ]);
  });

  it('never is wider than the screen', () => {
    for (const width of [20, 40, 60, 79, 100]) {
      for (const text of liveLines(state, { width, color: false }))
        assert.ok(text.length <= width, `${width}: ${text}`);
    }
  });

  it('says why and how long it waits, on whose account', () => {
    const pause = { reason: '429 at 02:43:10, Retry-After 45 (all processes)', until: at('07:41:53') };
    const lines = liveLines(advance(state, { stage: 'push', pause }, at('07:41:12')), {
      width: 100,
      color: false,
    });
    assert.ok(
      lines.includes('  limit      hang-us-prod waits 41 s: 429 at 02:43:10, Retry-After 45 (all processes)'),
    );
    assert.ok(lines.every((text) => !text.includes('ends about')));
  });

  it('has colours only where they are welcome', () => {
    assert.ok(liveLines(state, { width: 100, color: false }).every((text) => !text.includes('\u001B')));
    const colored = liveLines(state, { width: 100, color: true });
    assert.ok(colored.some((text) => text.includes('\u001B[34m')));
    const stripped = colored.map((text) => text.replace(/\u001B\[\d+m/g, ''));
    assert.deepEqual(stripped, liveLines(state, { width: 100, color: false }));
  });

  it('fits in one line for logs', () => {
    assert.equal(
      plainLine(state),
      'r7k2m push  files 3/3  rows 84312  operations 30202  settled 14611/29977 ok 14560 failed 49 unknown 2 parked 225  49.1/s',
    );
  });

  it('fills a bar in eighths', () => {
    assert.deepEqual(
      [bar(0, 4), bar(0.5, 4), bar(1, 4), bar(1 / 32, 4), bar(7, 4)],
      ['░░░░', '██░░', '████', '▏░░░', '████'],
    );
  });

  it('where it is no terminal: a line every 5 seconds for the first minute, then every minute', (t) => {
    t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: at('07:36:00').getTime() });
    const lines: string[] = [];
    const screen = {
      write: (text: string) => void lines.push(text),
      terminal: false,
      width: 100,
      color: false,
    };
    const live = startLive(subject, screen);
    for (let second = 0; second < 240; second++) {
      t.mock.timers.tick(1000);
      live.update({ stage: 'read', files: { done: 1, total: 3, bytes: 5 } });
    }
    live.finish();
    assert.equal(lines.length, 11 + 3);
    assert.ok(lines.every((text) => text === 'r7k2m read  files 1/3\n'));
  });

  it('on a terminal redraws in place and leaves nothing behind', (t) => {
    t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: at('07:36:00').getTime() });
    let written = '';
    const live = startLive(subject, {
      write: (text) => (written += text),
      terminal: true,
      width: 100,
      color: false,
    });
    live.update({ stage: 'read' });
    t.mock.timers.tick(250);
    live.finish();
    assert.equal(written.split('\u001B[3A\u001B[0J').length, 3);
    assert.ok(written.endsWith('\u001B[3A\u001B[0J'));
  });
});
