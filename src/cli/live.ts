/** The display of a run while it runs: pure lines, and the one thing that puts them on a screen. */

import type { LiveStage, Progress, Subject } from '../app/watch.ts';
import { lasting, local } from '../ground/clock.ts';
import { grouped } from '../ground/decimal.ts';
import { cut, left, plain, right } from '../ground/table.ts';
import { advance, begin, endsAt, type LiveState, secondsOf } from './live-state.ts';

export interface LiveOptions {
  readonly width: number;
  /** Colours are welcome: a terminal, and no NO_COLOR. */
  readonly color: boolean;
}

type Paint = (text: string, style: 'dim' | 'bold' | 'blue' | 'orange') => string;
const codes = { dim: '2', bold: '1', blue: '34', orange: '33' } as const;
const painter =
  (color: boolean): Paint =>
  (text, style) =>
    color && text !== '' ? `\u001B[${codes[style]}m${text}\u001B[0m` : text;

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `width` cells, filled to a share of 0 to 1 in eighths of a cell. */
export function bar(share: number, width: number): string {
  const units = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const full = '█'.repeat(Math.floor(units / 8)) + (eighths[units % 8] ?? '');
  return full + '░'.repeat(width - full.length);
}

const barWidth = 20;

/** The display as lines of at most `width` columns (colours not counted). */
export function liveLines(state: LiveState, { width, color }: LiveOptions): string[] {
  const paint = painter(color);
  const fit = (text: string): string => cut(text.trimEnd(), width);
  const stages = [
    fit(readLine(state)),
    fit(stageLine(state)),
    fit(normalizeLine(state)),
    ...pushLines(state).map(fit),
  ].filter((text) => text !== '');
  return [
    paint(fit(heading(state)), 'bold'),
    ...stages.map((text) => colored(text, paint)),
    ...limitLines(state).map((text) => paint(fit(text), state.pause ? 'orange' : 'dim')),
    paint(fit('  Ctrl-C stops cleanly; nothing is sent twice.'), 'dim'),
  ];
}

/** The filled part of a bar is blue; nothing else needs a colour to be understood. */
const colored = (text: string, paint: Paint): string =>
  text.replace(/[█▏▎▍▌▋▊▉]+/, (full) => paint(full, 'blue'));

function heading({ subject, now }: LiveState): string {
  const { weekday, date, time, zone } = local(now, subject.zone);
  const account = `account ${subject.account}${subject.production ? ' (PRODUCTION)' : ''}`;
  return `${subject.pipeline}  run ${subject.run}   ${weekday} ${date}   ${account}   ${time} ${zone}`;
}

function row(state: LiveState, stage: LiveStage, share: number, what: string, more: string): string {
  if (!state.seen[stage]) return '';
  const start = `  ${left(stage, 10)} ${bar(share, barWidth)}  `;
  return `${start}${left(what, 28)} ${right(lasting(secondsOf(state, stage)), 9)}   ${more}`;
}

/** A stage before the present one is over, whatever its last event said. */
const isOver = (state: LiveState, stage: LiveStage): boolean => state.stage !== stage;

function readLine(state: LiveState): string {
  const { files } = state;
  const said = files
    ? `${files.done} of ${files.total} files  ${megabytes(files.bytes)}`
    : 'looking for files';
  const share = files && files.total > 0 ? files.done / files.total : 0;
  return row(state, 'read', isOver(state, 'read') ? 1 : share, said, '');
}

function stageLine(state: LiveState): string {
  const { rows } = state;
  const seconds = Math.max(1, secondsOf(state, 'stage'));
  const said = rows ? `${grouped(rows.staged)} rows  ${grouped(Math.round(rows.staged / seconds))}/s` : '';
  return row(
    state,
    'stage',
    isOver(state, 'stage') ? 1 : 0.5,
    said,
    rows?.damaged ? `${grouped(rows.damaged)} damaged` : '',
  );
}

function normalizeLine(state: LiveState): string {
  const { operations } = state;
  const said = operations ? `${grouped(operations.made)} operations` : '';
  const more = operations?.rejectedRows ? `${grouped(operations.rejectedRows)} rows rejected` : '';
  return row(state, 'normalize', isOver(state, 'normalize') ? 1 : 0.5, said, more);
}

function pushLines(state: LiveState): string[] {
  const { settled, rate, subject } = state;
  if (!settled) return [row(state, 'push', 0, '', '')];
  const share = settled.total === 0 ? 1 : settled.done / settled.total;
  const pace = rate === undefined ? '' : `  ${rate.toFixed(1)} req/s`;
  const said = `${grouped(settled.done)} of ${grouped(settled.total)}${pace}`;
  const counts = `ok ${grouped(settled.ok)}  failed ${grouped(settled.failed)}`;
  const end = endsAt(state);
  const about = end ? `ends about ${local(end, subject.zone).time}` : '';
  const deadline = subject.deadline
    ? `deadline ${local(subject.deadline, subject.zone).time.slice(0, 5)}`
    : '';
  const when = [about, deadline].filter(Boolean).join(', ');
  return [
    row(state, 'push', share, said, counts),
    `${' '.repeat(13)}${left(when, 62)} unknown ${settled.unknown}  parked ${grouped(settled.parked)}`,
  ];
}

function limitLines(state: LiveState): string[] {
  const { limits, inFlight, pause, subject } = state;
  if (pause) {
    const seconds = pause.until ? Math.ceil((pause.until.getTime() - state.now.getTime()) / 1000) : null;
    const waits = seconds === null ? 'waits' : `waits ${lasting(seconds)}`;
    return [`  limit      ${subject.account} ${waits}: ${plain(pause.reason)}`];
  }
  if (!limits) return [];
  const used = limits.map(
    ({ limit, per, used: share }) =>
      `${grouped(limit)}/${per.replace(/^1/, '')} ${Math.round(share * 100)} %`,
  );
  const flight = inFlight ? `in flight ${inFlight.now} of ${inFlight.most}` : '';
  const speed =
    state.p50Ms === undefined
      ? ''
      : `p50 ${Math.round(state.p50Ms)} ms   p99 ${Math.round(state.p99Ms ?? 0)} ms`;
  return [
    `  limit      ${[...used, flight, `429: ${state.throttled ?? 0}`, speed].filter(Boolean).join('   ')}`,
  ];
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** The same on one line, for logs. */
export function plainLine(state: LiveState): string {
  const { subject, files, rows, operations, settled, pause } = state;
  const parts = [
    `${subject.run} ${state.stage}`,
    files ? `files ${files.done}/${files.total}` : '',
    rows ? `rows ${rows.staged}` : '',
    operations ? `operations ${operations.made}` : '',
    settled
      ? `settled ${settled.done}/${settled.total} ok ${settled.ok} failed ${settled.failed} unknown ${settled.unknown} parked ${settled.parked}`
      : '',
    state.rate === undefined ? '' : `${state.rate.toFixed(1)}/s`,
    pause ? `waits: ${plain(pause.reason)}` : '',
  ];
  return parts.filter(Boolean).join('  ');
}

export interface LiveScreen {
  readonly write: (text: string) => void;
  /** Redraws are welcome. Else a line every 5 seconds for the first minute, then every minute. */
  readonly terminal: boolean;
  readonly width: number;
  readonly color: boolean;
  readonly now?: () => Date;
}

export interface Live {
  readonly update: (event: Progress) => void;
  /** Takes the display away (a terminal), so that the end of the run can be printed. */
  readonly finish: () => void;
}

/** Puts a run's display on a screen; what happens between two drawings is never drawn. */
export function startLive(subject: Subject, screen: LiveScreen): Live {
  const now = screen.now ?? (() => new Date());
  let state = begin(subject, now());
  let drawn = 0;
  let last = 0;
  const clear = (): void => {
    if (drawn > 0) screen.write(`\u001B[${drawn}A\u001B[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    last = now().getTime();
    if (!screen.terminal) {
      screen.write(`${plainLine(state)}\n`);
      return;
    }
    const lines = liveLines({ ...state, now: now() }, screen);
    clear();
    screen.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const due = (): boolean => {
    const since = now().getTime() - last;
    if (screen.terminal) return since >= 100;
    return since >= (now().getTime() - subject.startedAt.getTime() < 60_000 ? 5_000 : 60_000);
  };
  const tick = (): void => void (due() && draw());
  last = screen.terminal ? 0 : now().getTime();
  const timer = setInterval(tick, screen.terminal ? 250 : 1_000);
  timer.unref();
  return {
    update: (event) => {
      state = advance(state, event, now());
      tick();
    },
    finish: () => {
      clearInterval(timer);
      if (screen.terminal) clear();
    },
  };
}
