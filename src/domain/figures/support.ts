import { type Share, share } from './share';
import { type Lasting, medianOfCohort, type Spread, spreadOf } from './spread';

/** What happened in a support request, in words that its figures need. */
export interface SupportEvent {
  at: Date;
  what:
    | 'asked' // the requester wrote
    | 'answered' // a human of the team wrote, or assigned it with words of their own; no bot, no emoji
    | 'waiting' // the team asked something back: the clock rests until the requester writes
    | 'solved'
    | 'reopened';
  person?: string;
}

export interface SupportRequest {
  id: string;
  openedAt: Date;
  /** Opened by the team itself: in no response figure. */
  isByStaff: boolean;
  /** In the order of time. The first is the requester's first message. */
  events: readonly SupportEvent[];
}

export interface SupportClock {
  /** Working time between two moments, in ms. */
  workingMs(from: Date, to: Date): number;
}

/** From the requester's first message to the first human answer; `undefined` = none yet. Attributed to the week of opening. */
export function firstResponse({ openedAt, events }: SupportRequest): Date | undefined {
  return events.find(({ what, at }) => (what === 'answered' || what === 'waiting') && at >= openedAt)?.at;
}

/** Every gap between a message of the requester and the next human answer. Messages in a row are one gap, from the first on. */
export function responseGaps({ events }: SupportRequest): { from: Date; to: Date }[] {
  const gaps: { from: Date; to: Date }[] = [];
  let from: Date | undefined;
  for (const { what, at } of events) {
    if (what === 'asked' || what === 'reopened') from ??= at;
    else if (what === 'answered' || what === 'waiting') {
      if (from) gaps.push({ from, to: at });
      from = undefined;
    }
  }
  return gaps;
}

/** While the team waits for the requester, after a question of its own. */
function pauses({ events }: SupportRequest, until: Date): { from: Date; to: Date }[] {
  const found: { from: Date; to: Date }[] = [];
  let from: Date | undefined;
  for (const { what, at } of events) {
    if (at >= until) break;
    if (what === 'waiting') from ??= at;
    else if (from) {
      found.push({ from, to: at });
      from = undefined;
    }
  }
  if (from && from < until) found.push({ from, to: until });
  return found;
}

const firstSolved = ({ events }: SupportRequest): Date | undefined => events.find(({ what }) => what === 'solved')?.at;

/** When it was solved for good, as far as is known; `undefined` while it is open. */
function lastSolved({ events }: SupportRequest): Date | undefined {
  const last = events.filter(({ what }) => what === 'solved' || what === 'reopened').at(-1);
  return last?.what === 'solved' ? last.at : undefined;
}

/** Working time on it until then, without the pauses. */
export function spentMs(request: SupportRequest, until: Date, { workingMs }: SupportClock): number {
  const paused = pauses(request, until).reduce((sum, { from, to }) => sum + workingMs(from, to), 0);
  return Math.max(0, workingMs(request.openedAt, until) - paused);
}

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
  ages: Spread;
}

const isOpenAt = ({ openedAt, events }: SupportRequest, at: Date): boolean => {
  if (openedAt >= at) return false;
  const last = events.filter((event) => (event.what === 'solved' || event.what === 'reopened') && event.at < at).at(-1);
  return last?.what !== 'solved';
};

/** Solving what is solved, or reopening what is open, changes nothing and counts nowhere. */
function turns({ events }: SupportRequest): SupportEvent[] {
  let isOpen = true;
  return events.filter(({ what }) => {
    if (what === 'solved' && isOpen) isOpen = false;
    else if (what === 'reopened' && !isOpen) isOpen = true;
    else return false;
    return true;
  });
}

export function backlog(requests: readonly SupportRequest[], week: { from: Date; to: Date }): Backlog {
  const within = (at: Date) => at >= week.from && at < week.to;
  const turned = requests.flatMap(turns).filter(({ at }) => within(at));
  const open = requests.filter((request) => isOpenAt(request, week.to));
  const figures = {
    before: requests.filter((request) => isOpenAt(request, week.from)).length,
    opened: requests.filter(({ openedAt }) => within(openedAt)).length,
    reopened: turned.filter(({ what }) => what === 'reopened').length,
    solved: turned.filter(({ what }) => what === 'solved').length,
    open: open.length,
  };
  return {
    ...figures,
    residual: figures.before + figures.opened + figures.reopened - figures.solved - figures.open,
    ages: spreadOf(open.map(({ openedAt }) => week.to.getTime() - openedAt.getTime())),
  };
}

const reopenWindowMs = 7 * 24 * 3_600_000;

/** Of the requests solved in a week whose 7 days are over (the one before), those reopened within 7 × 24 h of a solve. */
export function reopenRate(requests: readonly SupportRequest[], week: { from: Date; to: Date }): Share {
  const solved = requests.flatMap((request) => {
    const own = turns(request);
    const inWeek = own.filter(({ what, at }) => what === 'solved' && at >= week.from && at < week.to);
    if (inWeek.length === 0) return [];
    return [
      inWeek.some(({ at }) =>
        own.some(
          (later) => later.what === 'reopened' && later.at >= at && later.at.getTime() - at.getTime() < reopenWindowMs,
        ),
      ),
    ];
  });
  return share(solved.filter(Boolean).length, solved.length);
}

/** Of what was solved, with exactly one human answer. */
export function oneTouch(solved: readonly SupportRequest[]): Share {
  const once = solved.filter(
    ({ events }) => events.filter(({ what }) => what === 'answered' || what === 'waiting').length === 1,
  );
  return share(once.length, solved.length);
}

export interface Vote {
  /** Of a survey the request, of a thumb the diagnosis. */
  about: string;
  person: string;
  at: Date;
  score: number;
}

/** 4 and 5 of 1–5, the last answer of each request; and how many of those asked answered. */
export function satisfaction(votes: readonly Vote[], surveysSent: number): { satisfied: Share; answered: Share } {
  const last = lastBy(votes, ({ about }) => about);
  return {
    satisfied: share(last.filter(({ score }) => score >= 4).length, last.length),
    answered: share(last.length, surveysSent),
  };
}

/** Up (above 0) / all, one vote a person and diagnosis, the last one. */
export function thumbs(votes: readonly Vote[]): Share {
  const last = lastBy(votes, ({ about, person }) => JSON.stringify([about, person]));
  return share(last.filter(({ score }) => score > 0).length, last.length);
}

function lastBy(votes: readonly Vote[], keyOf: (vote: Vote) => string): Vote[] {
  const last = new Map<string, Vote>();
  for (const vote of [...votes].sort((a, b) => a.at.getTime() - b.at.getTime())) last.set(keyOf(vote), vote);
  return [...last.values()];
}

const gapCapMs = 10 * 60_000;

/** Human minutes in the threads / solved: the gaps between a team's messages, none longer than 10 minutes. An estimate. */
export function minutesPerAnswer(solved: readonly SupportRequest[]): number | undefined {
  if (solved.length === 0) return undefined;
  const ms = solved.reduce((sum, { events, openedAt }) => {
    const spans = events
      .filter(({ what }) => what === 'answered' || what === 'waiting')
      .map(({ at }, index, own) => at.getTime() - (own[index - 1]?.at ?? openedAt).getTime());
    return sum + spans.reduce((total, span) => total + Math.min(gapCapMs, Math.max(0, span)), 0);
  }, 0);
  return ms / 60_000 / solved.length;
}

export interface SupportFigures {
  opened: number;
  firstResponse: { median?: number; by: 'closed' | 'kaplan-meier'; n: number; unanswered: number };
  nextResponse: Spread;
  firstResolution: Spread;
  fullResolution: Spread;
  responseAttainment: Share;
  resolutionAttainment: Share;
  backlog: Backlog;
  reopened: Share;
  oneTouch: Share;
  minutesPerAnswer?: number;
}

/** All of one week. `before` is the week whose windows are closed. Durations are working time, in ms. */
export function supportFigures(
  requests: readonly SupportRequest[],
  { week, before }: Record<'week' | 'before', { from: Date; to: Date }>,
  targets: { firstResponseMinutes: number; resolutionMinutes: number },
  clock: SupportClock,
): SupportFigures {
  const within = (at: Date | undefined) => at !== undefined && at >= week.from && at < week.to;
  const asked = requests.filter(({ isByStaff }) => !isByStaff);
  const opened = asked.filter(({ openedAt }) => within(openedAt));
  const known = (at: Date | undefined) => (at && at < week.to ? at : undefined);
  const responses: Lasting[] = opened.map((request) => {
    const answered = known(firstResponse(request));
    return { ms: clock.workingMs(request.openedAt, answered ?? week.to), isOpen: !answered };
  });
  const gaps = asked.flatMap(responseGaps).filter(({ to }) => within(to));
  const solvedFirst = asked.filter((request) => within(firstSolved(request)));
  const solvedLast = asked.filter((request) => within(lastSolved(request)));
  const spent = (request: SupportRequest, until: Date | undefined) => spentMs(request, until ?? week.to, clock);
  return {
    opened: requests.filter(({ openedAt }) => within(openedAt)).length,
    firstResponse: {
      ...medianOfCohort(responses),
      n: responses.length,
      unanswered: responses.filter(({ isOpen }) => isOpen).length,
    },
    nextResponse: spreadOf(gaps.map(({ from, to }) => clock.workingMs(from, to))),
    firstResolution: spreadOf(solvedFirst.map((request) => spent(request, firstSolved(request)))),
    fullResolution: spreadOf(solvedLast.map((request) => spent(request, lastSolved(request)))),
    responseAttainment: attainment(
      responses.map(({ ms, isOpen }) => ({
        dueMs: targets.firstResponseMinutes * 60_000,
        ...(isOpen ? { openForMs: ms } : { tookMs: ms }),
      })),
    ),
    resolutionAttainment: attainment(
      opened.map((request) => {
        const solved = known(lastSolved(request));
        const ms = spent(request, solved);
        return { dueMs: targets.resolutionMinutes * 60_000, ...(solved ? { tookMs: ms } : { openForMs: ms }) };
      }),
    ),
    backlog: backlog(requests, week),
    reopened: reopenRate(requests, before),
    oneTouch: oneTouch(solvedLast),
    ...(solvedLast.length > 0 ? { minutesPerAnswer: minutesPerAnswer(solvedLast) } : {}),
  };
}
