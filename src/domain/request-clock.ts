/** The clocks of a request, from what happened to it, and what they are held against. */
import type { Happened, Priority, Request } from './request';
import type { Settings } from './settings';
import { afterWorkingTime, type Schedule, type Timetable, workingMs } from './working-time';

/** Half open; without `to` it runs on. */
export interface Span {
  from: Date;
  to?: Date;
}

export interface Clocks {
  /** From the first message to the first answer of a person of the team; nothing for what the team asked itself. */
  firstResponse?: Span;
  /** From each further message of the requester that nobody had answered, to the answer. Each gap counts by itself. */
  nextResponses: Span[];
  /** To the first end, and to the last one where it was reopened. */
  firstResolution: Span;
  fullResolution: Span;
  /** The clock stands: the requester is asked. */
  pauses: Span[];
}

/** @param events of one request, in order, the opening first. Pure. */
export function clocksOf(events: readonly Happened[]): Clocks | undefined {
  const opened = events.find(({ kind }) => kind === 'opened');
  if (opened?.kind !== 'opened') return undefined;
  const askedAt = opened.at;
  let answeredAt: Date | undefined;
  let firstSolvedAt: Date | undefined;
  let lastSolvedAt: Date | undefined;
  let pendingSince: Date | undefined;
  let pausedSince: Date | undefined;
  const nextResponses: Span[] = [];
  const pauses: Span[] = [];

  for (const event of events) {
    const { at, role } = event;
    if (isAnswer(event)) {
      if (answeredAt !== undefined && pendingSince) nextResponses.push({ from: pendingSince, to: at });
      answeredAt ??= at;
      pendingSince = undefined;
    }
    if (event.kind === 'said' && role === 'requester' && !event.isPleasantry && answeredAt !== undefined)
      pendingSince ??= at;
    if (event.kind === 'waiting') pausedSince ??= at;
    if (endsPause.has(event.kind) && pausedSince) {
      pauses.push({ from: pausedSince, to: at });
      pausedSince = undefined;
    }
    if (event.kind === 'solved') {
      firstSolvedAt ??= at;
      lastSolvedAt = at;
      pendingSince = undefined;
    }
    if (event.kind === 'reopened') lastSolvedAt = undefined;
  }
  if (pendingSince) nextResponses.push({ from: pendingSince });
  if (pausedSince) pauses.push({ from: pausedSince });
  return {
    ...(opened.isStaff ? {} : { firstResponse: spanOf(askedAt, answeredAt) }),
    nextResponses,
    firstResolution: spanOf(askedAt, firstSolvedAt),
    fullResolution: spanOf(askedAt, lastSolvedAt),
    pauses,
  };
}

const endsPause = new Set<Happened['kind']>(['resumed', 'snoozed', 'solved']);

const spanOf = (from: Date, to: Date | undefined): Span => ({ from, ...(to ? { to } : {}) });

/** A person of the team said something in words; neither an emoji nor Pitcrew's own answer is one. */
function isAnswer(event: Happened): boolean {
  return event.role === 'team' && (event.kind === 'said' || (event.kind === 'assigned' && event.hasText));
}

/** How long it is, without pauses; one that runs on is measured until `now`. In ms. */
export function measure(
  span: Span,
  { pauses, timetable, now }: { pauses: readonly Span[]; timetable: Timetable; now: Date },
): { calendarMs: number; businessMs: number } {
  const to = span.to ?? now;
  const cuts = pauses
    .map((pause) => ({ from: latest(pause.from, span.from), to: earliest(pause.to ?? now, to) }))
    .filter((pause) => pause.from < pause.to);
  const sum = (lengthOf: (from: Date, to: Date) => number) =>
    lengthOf(span.from, to) - cuts.reduce((total, pause) => total + lengthOf(pause.from, pause.to), 0);
  return {
    calendarMs: Math.max(
      0,
      sum((from, until) => Math.max(0, until.getTime() - from.getTime())),
    ),
    businessMs: Math.max(
      0,
      sum((from, until) => workingMs(from, until, timetable)),
    ),
  };
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
const earliest = (a: Date, b: Date): Date => (a < b ? a : b);

/** What is promised, in minutes of working time. A priority without words of its own has those of all. */
export function targetsFor(
  priority: Priority,
  { targets }: Pick<Settings['support'], 'targets'>,
): { firstResponseMinutes: number; resolutionMinutes: number } {
  const { firstResponseMinutes, resolutionMinutes, byPriority } = targets;
  return { firstResponseMinutes, resolutionMinutes, ...byPriority?.[priority] };
}

export interface Due {
  at: Date;
  for: 'first-response' | 'next-response' | 'resolution';
  /** Of its target, in working time, in ms. */
  targetMs: number;
}

/**
 * When the next promise is broken, if nothing happens. None while the clock stands, while it is snoozed, and after the end.
 *
 * @param timetable its last schedule is the one that counts from now on
 */
export function dueNext(
  request: Pick<Request, 'state' | 'priority' | 'isStaff'>,
  clocks: Clocks,
  { timetable, now, support }: { timetable: Timetable; now: Date; support: Pick<Settings['support'], 'targets'> },
): Due | undefined {
  if (request.state !== 'open') return undefined;
  const targets = targetsFor(request.priority, support);
  const answer = { targetMs: targets.firstResponseMinutes * 60_000 };
  const pending = clocks.nextResponses.find(({ to }) => to === undefined);
  const running: { for: Due['for']; targetMs: number; span: Span }[] = [
    ...(clocks.firstResponse && !clocks.firstResponse.to
      ? [{ for: 'first-response' as const, span: clocks.firstResponse, ...answer }]
      : []),
    ...(pending ? [{ for: 'next-response' as const, span: pending, ...answer }] : []),
    {
      for: 'resolution' as const,
      span: { from: clocks.fullResolution.from },
      targetMs: targets.resolutionMinutes * 60_000,
    },
  ];
  const due = running.map(({ for: what, targetMs, span }) => {
    const usedMs = measure(span, { pauses: clocks.pauses, timetable, now }).businessMs;
    const leftMs = targetMs - usedMs;
    const at =
      leftMs > 0
        ? afterWorkingTime(now, leftMs, inForce(timetable))
        : brokenAt(span.from, targetMs, { pauses: clocks.pauses, timetable, now });
    return { for: what, targetMs, at };
  });
  return due.sort((a, b) => a.at.getTime() - b.at.getTime())[0];
}

/** When the time of a promise that is broken by now was used up. To the millisecond. */
function brokenAt(
  from: Date,
  targetMs: number,
  { pauses, timetable, now }: { pauses: readonly Span[]; timetable: Timetable; now: Date },
): Date {
  const isUsedUpBy = (to: Date) => measure({ from, to }, { pauses, timetable, now: to }).businessMs >= targetMs;
  let before = from.getTime();
  let by = now.getTime();
  while (by - before > 1) {
    const middle = Math.floor((before + by) / 2);
    if (isUsedUpBy(new Date(middle))) by = middle;
    else before = middle;
  }
  return new Date(by);
}

function inForce(timetable: Timetable): Schedule {
  return (timetable.at(-1) ?? timetable[0]).schedule;
}
