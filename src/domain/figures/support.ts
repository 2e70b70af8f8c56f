import type { Happened, Priority } from '../request';
import { clocksOf, measure, type Span } from '../request-clock';
import type { Timetable } from '../working-time';
import { type Share, share } from './share';
import { type Lasting, type Spread, spreadOf, spreadOfCohort } from './spread';

/** A support request: its events in order, the opening first. */
export interface SupportRequest {
  id: string;
  events: readonly Happened[];
}

interface Within {
  from: Date;
  to: Date;
}

const openingOf = ({ events }: SupportRequest) => {
  const [first] = events;
  return first?.kind === 'opened' ? first : undefined;
};

/** Working and calendar time of one span up to a moment, without the time for which the requester was asked. */
const lengthOf = (span: Span, pauses: readonly Span[], timetable: Timetable, now: Date) =>
  measure(span, { pauses, timetable, now });

/** Met / (met + breached). Open and past due is breached; open and not due yet is in neither. */
export function attainment(promises: readonly { dueMs: number; tookMs?: number; openForMs?: number }[]): Share {
  const met = promises.filter(({ tookMs, dueMs }) => tookMs !== undefined && tookMs <= dueMs).length;
  const breached = promises.filter(({ tookMs, openForMs = 0, dueMs }) => (tookMs ?? openForMs) > dueMs).length;
  return share(met, met + breached);
}

export interface Backlog {
  before: number;
  opened: number;
  reopened: number;
  solved: number;
  open: number;
  /** 0, or the figures are wrong: before + opened + reopened − solved − open. */
  residual: number;
  /** Of the open ones, in calendar time. */
  ages: Spread;
}

const isTurn = ({ kind }: Happened): boolean => kind === 'solved' || kind === 'reopened';

function isOpenAt(request: SupportRequest, at: Date): boolean {
  const opening = openingOf(request);
  if (!opening || opening.at >= at) return false;
  return request.events.filter((event) => isTurn(event) && event.at < at).at(-1)?.kind !== 'solved';
}

/** Solving what is solved, or reopening what is open, changes nothing and counts nowhere. */
function turns({ events }: SupportRequest): Happened[] {
  let isOpen = true;
  return events.filter((event) => {
    if (!isTurn(event) || (event.kind === 'solved') !== isOpen) return false;
    isOpen = !isOpen;
    return true;
  });
}

const within = (at: Date | undefined, { from, to }: Within): boolean => at !== undefined && at >= from && at < to;

export function backlog(requests: readonly SupportRequest[], week: Within): Backlog {
  const turned = requests.flatMap(turns).filter(({ at }) => within(at, week));
  const open = requests.filter((request) => isOpenAt(request, week.to));
  const figures = {
    before: requests.filter((request) => isOpenAt(request, week.from)).length,
    opened: requests.filter((request) => within(openingOf(request)?.at, week)).length,
    reopened: turned.filter(({ kind }) => kind === 'reopened').length,
    solved: turned.filter(({ kind }) => kind === 'solved').length,
    open: open.length,
  };
  return {
    ...figures,
    residual: figures.before + figures.opened + figures.reopened - figures.solved - figures.open,
    ages: spreadOf(open.map((request) => week.to.getTime() - (openingOf(request)?.at ?? week.to).getTime())),
  };
}

const reopenWindowMs = 7 * 24 * 3_600_000;

/** Of the requests solved in a week whose 7 days are over (the one before), those reopened within 7 × 24 h of a solve. Merged ones go on elsewhere. */
export function reopenRate(requests: readonly SupportRequest[], week: Within): Share {
  const solved = requests.flatMap((request) => {
    const own = turns(request);
    const inWeek = own.filter((turn) => turn.kind === 'solved' && turn.how !== 'merged' && within(turn.at, week));
    if (inWeek.length === 0) return [];
    return [
      inWeek.some(({ at }) =>
        own.some(
          (later) => later.kind === 'reopened' && later.at >= at && later.at.getTime() - at.getTime() < reopenWindowMs,
        ),
      ),
    ];
  });
  return share(solved.filter(Boolean).length, solved.length);
}

/** Words of a person of the team; neither an emoji nor Pitcrew's own answer is one. */
const isAnswer = (event: Happened): boolean =>
  event.role === 'team' && (event.kind === 'said' || (event.kind === 'assigned' && event.hasText));

/** Of what was solved, with exactly one human answer. */
export function oneTouch(solved: readonly SupportRequest[]): Share {
  return share(solved.filter(({ events }) => events.filter(isAnswer).length === 1).length, solved.length);
}

const gapCapMs = 10 * 60_000;

/** Human minutes in the threads / solved: the gaps before each message of the team, none longer than 10 minutes. An estimate. */
export function minutesPerAnswer(solved: readonly SupportRequest[]): number | undefined {
  if (solved.length === 0) return undefined;
  const ms = solved.reduce((sum, request) => {
    const spans = request.events
      .filter(isAnswer)
      .map(({ at }, index, own) => at.getTime() - (own[index - 1]?.at ?? openingOf(request)?.at ?? at).getTime());
    return sum + spans.reduce((total, span) => total + Math.min(gapCapMs, Math.max(0, span)), 0);
  }, 0);
  return ms / 60_000 / solved.length;
}

/** Below so many answers the counts are shown, not a percentage. */
export const fewestRatings = 10;

/** 4 and 5 of 1–5, of the requests rated in the week; of each its last rating known. */
export function satisfaction(requests: readonly SupportRequest[], week: Within): Share {
  const scores = requests.flatMap(({ events }) => {
    const ratings = events.flatMap((event) => (event.kind === 'rated' ? [event] : []));
    const last = ratings.at(-1);
    return last && within(last.at, week) ? [last.score] : [];
  });
  return share(scores.filter((score) => score >= 4).length, scores.length);
}

/** Of the requests whose rating was asked for in a week that is over (the one before), those rated since. */
export function surveysAnswered(requests: readonly SupportRequest[], week: Within): Share {
  const asked = requests.flatMap(({ events }) => {
    const survey = events.find((event) => event.kind === 'surveyed' && within(event.at, week));
    return survey ? [events.some((event) => event.kind === 'rated' && event.at >= survey.at)] : [];
  });
  return share(asked.filter(Boolean).length, asked.length);
}

const enoughWindowMs = 24 * 3_600_000;

/** Of the questions opened in the week to which Pitcrew offered an answer first, those for which that was enough: not opened again within 24 h. */
export function answeredFirst(opened: readonly SupportRequest[]): Share {
  const offered = opened.filter(({ events }) =>
    events.some((event) => event.kind === 'answered-first' && event.answers.length > 0),
  );
  const enough = offered.filter(({ events }) => {
    const said = events.find((event) => event.kind === 'solved' && event.how === 'deflected')?.at.getTime();
    if (said === undefined) return false;
    const isSoonAfter = (at: Date) => at.getTime() >= said && at.getTime() - said < enoughWindowMs;
    return !events.some(({ kind, at }) => kind === 'reopened' && isSoonAfter(at));
  });
  return share(enough.length, offered.length);
}

/** One vote about a diagnosis: 1 for up, −1 for down. */
export interface Vote {
  about: string;
  person: string;
  at: Date;
  score: number;
}

/** Up / (up + down), one vote a person and diagnosis, the last one. */
export function thumbs(votes: readonly Vote[]): Share {
  const last = new Map<string, Vote>();
  for (const vote of [...votes].sort((a, b) => a.at.getTime() - b.at.getTime()))
    last.set(JSON.stringify([vote.about, vote.person]), vote);
  const scores = [...last.values()].map(({ score }) => score);
  return share(scores.filter((score) => score > 0).length, scores.length);
}

export interface SupportFigures {
  opened: number;
  /** Of requests opened in the week, in working time; `open` of them have no answer yet. */
  firstResponse: Spread;
  /** Every gap that an answer closed in the week. */
  nextResponse: Spread;
  firstResolution: Spread;
  fullResolution: Spread;
  firstResolutionCalendar: Spread;
  fullResolutionCalendar: Spread;
  responseAttainment: Share;
  resolutionAttainment: Share;
  backlog: Backlog;
  reopened: Share;
  oneTouch: Share;
  satisfied: Share;
  surveysAnswered: Share;
  answeredFirst: Share;
  minutesPerAnswer?: { minutes: number; n: number };
}

const priorityOf = ({ events }: SupportRequest): Priority =>
  events.flatMap((event) => (event.kind === 'prioritised' ? [event.priority] : [])).at(-1) ?? 'normal';

const earliest = (...moments: (Date | undefined)[]): Date =>
  new Date(Math.min(...moments.flatMap((moment) => (moment ? [moment.getTime()] : []))));

/**
 * All of one week, from what had happened by its end. Durations are working time in ms, unless they say calendar.
 *
 * @param before the week whose windows are closed
 */
export function supportFigures(
  everything: readonly SupportRequest[],
  { week, before }: Record<'week' | 'before', Within>,
  targetsOf: (priority: Priority) => { firstResponseMinutes: number; resolutionMinutes: number },
  timetable: Timetable,
): SupportFigures {
  const requests = everything.map(({ id, events }) => ({ id, events: events.filter(({ at }) => at < week.to) }));
  const asked = requests.flatMap((request) => {
    const clocks = clocksOf(request.events);
    const { firstResponse } = clocks ?? {};
    // What the team opened itself has no such clock.
    return clocks && firstResponse
      ? [{ ...request, ...clocks, firstResponse, targets: targetsOf(priorityOf(request)) }]
      : [];
  });
  const opened = asked.filter(({ firstResolution }) => within(firstResolution.from, week));
  const length = (span: Span, pauses: readonly Span[]) => lengthOf(span, pauses, timetable, week.to);
  // A request that was over before anybody answered waits no longer.
  const responses = opened.map(({ firstResponse, firstResolution, targets }): Lasting & { dueMs: number } => ({
    ms: length({ ...firstResponse, to: earliest(firstResponse.to, firstResolution.to, week.to) }, []).businessMs,
    isOpen:
      firstResponse.to === undefined || (firstResolution.to !== undefined && firstResolution.to < firstResponse.to),
    dueMs: targets.firstResponseMinutes * 60_000,
  }));
  const resolutions = opened.map(({ fullResolution, pauses, targets }) => ({
    dueMs: targets.resolutionMinutes * 60_000,
    [fullResolution.to ? 'tookMs' : 'openForMs']: length(fullResolution, pauses).businessMs,
  }));
  const gaps = asked
    .flatMap(({ firstResponse, nextResponses }) => [firstResponse, ...nextResponses])
    .filter(({ to }) => within(to, week));
  const goesOn = ({ events }: SupportRequest) =>
    events.some((event) => event.kind === 'solved' && event.how === 'merged');
  const ended = asked.filter((request) => !goesOn(request));
  const solvedFirst = ended.filter(({ firstResolution: { to } }) => within(to, week));
  const solvedLast = ended.filter(({ fullResolution: { to } }) => within(to, week));
  const first = solvedFirst.map(({ firstResolution, pauses }) => length(firstResolution, pauses));
  const full = solvedLast.map(({ fullResolution, pauses }) => length(fullResolution, pauses));
  const minutes = minutesPerAnswer(solvedLast);
  return {
    opened: requests.filter((request) => within(openingOf(request)?.at, week)).length,
    firstResponse: spreadOfCohort(responses),
    nextResponse: spreadOf(gaps.map((gap) => length(gap, []).businessMs)),
    firstResolution: spreadOf(first.map(({ businessMs }) => businessMs)),
    fullResolution: spreadOf(full.map(({ businessMs }) => businessMs)),
    firstResolutionCalendar: spreadOf(first.map(({ calendarMs }) => calendarMs)),
    fullResolutionCalendar: spreadOf(full.map(({ calendarMs }) => calendarMs)),
    responseAttainment: attainment(
      responses.map(({ ms, isOpen, dueMs }) => ({ dueMs, ...(isOpen ? { openForMs: ms } : { tookMs: ms }) })),
    ),
    resolutionAttainment: attainment(resolutions),
    backlog: backlog(requests, week),
    reopened: reopenRate(requests, before),
    oneTouch: oneTouch(solvedLast),
    satisfied: satisfaction(requests, week),
    surveysAnswered: surveysAnswered(requests, before),
    answeredFirst: answeredFirst(opened),
    ...(minutes === undefined ? {} : { minutesPerAnswer: { minutes, n: solvedLast.length } }),
  };
}
