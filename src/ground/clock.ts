/** Times as people read them: in the pipeline's zone, with its name. */
/** What of a pipeline says when it runs, and where. */
interface Schedule {
  readonly schedule?: { readonly zone: string; readonly deadline?: string };
  readonly businessDate?: { readonly zone?: string };
}

/** The zone a pipeline's people live in: its schedule's, else its business date's, else UTC. */
export function zoneOf({ schedule, businessDate }: Schedule): string {
  const zone = schedule?.zone ?? businessDate?.zone;
  return zone !== undefined && isZone(zone) ? zone : 'UTC';
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

interface Local {
  readonly weekday: string;
  readonly date: string;
  readonly time: string;
  readonly zone: string;
}

/** The parts of an instant in a zone: `Tue`, `2026-05-12`, `02:46:31`, `CDT`. */
export function local(at: Date, zone: string): Local {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    weekday: parts.weekday ?? '',
    date: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}:${parts.second}`,
    zone: parts.timeZoneName ?? zone,
  };
}

/** Today's date in a zone: `2026-05-12`. */
export const today = (zone: string): string => local(new Date(), zone).date;

/** `Tue 2026-05-12 02:36:00-02:46:31 CDT`; the second date only where it is another one. */
export function span(from: Date, to: Date | null, zone: string): string {
  const a = local(from, zone);
  if (!to) return `${a.weekday} ${a.date} ${a.time} ${a.zone}`;
  const b = local(to, zone);
  const end = a.date === b.date ? b.time : `${b.weekday} ${b.date} ${b.time}`;
  return `${a.weekday} ${a.date} ${a.time}-${end} ${b.zone}`;
}

/** `3 s`, `4 m 58`, `2 h 13`, `3 d 4 h`: two figures at most. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600),
    Math.floor(whole / 60),
  ];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${two(minutes % 60)}`;
  return minutes > 0 ? `${minutes} m ${two(whole % 60)}` : `${whole} s`;
}

/** The first instant after `from` at which clocks in the zone show `time` (`05:00`); null where it is no time. */
export function nextLocal(from: Date, time: string, zone: string): Date | null {
  const match = /^(\d\d?):(\d\d)$/.exec(time);
  if (!match) return null;
  for (const days of [0, 1, 2]) {
    const { date } = local(new Date(from.getTime() + days * 86_400_000), zone);
    const at = instantOf(date, Number(match[1]), Number(match[2]), zone);
    if (at.getTime() > from.getTime()) return at;
  }
  return null;
}

/** Local times that exist twice or not at all give one of the instants near them. */
function instantOf(date: string, hour: number, minute: number, zone: string): Date {
  const wanted = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * 60_000;
  let at = wanted;
  for (let pass = 0; pass < 2; pass++) {
    const shown = local(new Date(at), zone);
    at += wanted - Date.parse(`${shown.date}T${shown.time}Z`);
  }
  return new Date(at);
}

/** When the run must have ended, by the schedule of its pipeline; null where it has no deadline. */
export function deadlineOf(pipeline: Schedule, startedAt: Date): Date | null {
  const deadline = pipeline.schedule?.deadline;
  return deadline === undefined ? null : nextLocal(startedAt, deadline, zoneOf(pipeline));
}
