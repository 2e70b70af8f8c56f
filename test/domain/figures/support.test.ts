import {
  answeredFirst,
  attainment,
  backlog,
  minutesPerAnswer,
  oneTouch,
  reopenRate,
  type SupportRequest,
  satisfaction,
  supportFigures,
  surveysAnswered,
  thumbs,
} from '../../../src/domain/figures/support';
import type { Happened, RequestEvent, Role } from '../../../src/domain/request';
import type { Timetable } from '../../../src/domain/working-time';
import fc from '../../support/fast-check';

const start = new Date('2026-11-16T00:00:00Z').getTime();
const hour = (hours: number) => new Date(start + hours * 3_600_000);
const hourMs = 3_600_000;
const week = { from: hour(0), to: hour(168) };
const before = { from: hour(-168), to: hour(0) };
/** Everybody always works. */
const always: Timetable = [
  {
    since: new Date(0),
    schedule: {
      timeZone: 'UTC',
      workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' },
      holidays: [],
    },
  },
];

const said = { kind: 'said', isQuestion: false, isPleasantry: false } as const;
const kinds: Record<string, [Role, RequestEvent]> = {
  o: ['requester', { kind: 'opened', source: 'command', isStaff: false }],
  O: ['requester', { kind: 'opened', source: 'command', isStaff: true }],
  a: ['requester', said],
  y: ['requester', { ...said, isPleasantry: true }],
  t: ['team', said],
  // A word with the assignment counts, one without does not.
  c: ['team', { kind: 'assigned', to: 'p', how: 'claim', hasText: true }],
  d: ['team', { kind: 'assigned', to: 'p', how: 'claim', hasText: false }],
  w: ['team', { kind: 'waiting', for: 'answer' }],
  r: ['requester', { kind: 'resumed' }],
  S: ['team', { kind: 'solved', how: 'team' }],
  D: ['requester', { kind: 'solved', how: 'deflected' }],
  M: ['team', { kind: 'solved', how: 'merged', into: 'other' }],
  R: ['requester', { kind: 'reopened', why: 'said' }],
  U: ['team', { kind: 'prioritised', priority: 'urgent', from: 'normal', reason: '' }],
  v: ['pitcrew', { kind: 'surveyed' }],
  4: ['requester', { kind: 'rated', score: 4 }],
  1: ['requester', { kind: 'rated', score: 1 }],
  f: ['pitcrew', { kind: 'answered-first', answers: ['x'] }],
};

/** `o0 t2 S5`: opened at 0 h, answered at 2 h, solved at 5 h; `4@7`: rated. */
const request = (text: string): SupportRequest => ({
  id: text,
  events: text.split(' ').map((part): Happened => {
    const [role, event] = kinds[part[0] ?? ''] ?? ['other', said];
    return { ...event, role, at: hour(Number(part.slice(1).replace('@', ''))) };
  }),
});

const targets = () => ({ firstResponseMinutes: 120, resolutionMinutes: 240 });
const figuresOf = (...texts: string[]) => supportFigures(texts.map(request), { week, before }, targets, always);

describe('responses', () => {
  it.each([
    { text: 'o0 t2', first: 2, gaps: 1, longest: 2 },
    { text: 'o0 a1 t2', first: 2, gaps: 1, longest: 2 },
    { text: 'o0 d1 t2', first: 2, gaps: 1, longest: 2 },
    { text: 'o0 c1 t2', first: 1, gaps: 1, longest: 1 },
    { text: 'o0 t2 a5 t9 a10 t11', first: 2, gaps: 3, longest: 4 },
    { text: 'o0', first: undefined, gaps: 0, longest: undefined },
    { text: 'o0 t2 y3 t9', first: 2, gaps: 1, longest: 2 },
    { text: 'o0 S1 a3 R3 t4', first: undefined, gaps: 1, longest: 4 },
    { text: 'o-9 t2', first: undefined, gaps: 1, longest: 11 },
    { text: 'O0 t2', first: undefined, gaps: 0, longest: undefined },
    { text: 'o160 t170', first: undefined, gaps: 0, longest: undefined },
  ])('of $text: the first after $first h, $gaps gaps', ({ text, first, gaps, longest }) => {
    const { firstResponse, nextResponse } = figuresOf(text);
    const hours = (ms: number | undefined) => ms && ms / hourMs;
    expect([hours(firstResponse.median), nextResponse.n, hours(nextResponse.max)]).toEqual([first, gaps, longest]);
  });

  it.each([
    { text: 'o0 t1 S5', spent: 5 },
    { text: 'o0 w1 r4 S5', spent: 2 },
    { text: 'o0 w1 S5', spent: 1 },
    { text: 'o0 w1 r2 w3 r4 S5', spent: 3 },
  ])('the clock of $text rests while the requester is asked', ({ text, spent }) => {
    expect((figuresOf(text).fullResolution.median ?? 0) / hourMs).toBe(spent);
  });

  it('tell working time and calendar time apart', () => {
    const nineToFive: Timetable = [
      {
        since: new Date(0),
        schedule: {
          timeZone: 'UTC',
          workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
          holidays: ['2026-11-18'],
        },
      },
    ];
    // From Tuesday 16:00 to Thursday 10:00, with Wednesday off.
    const said = supportFigures([request('o40 t41 S82')], { week, before }, targets, nineToFive);
    expect([said.fullResolution.median, said.fullResolutionCalendar.median]).toEqual([2 * hourMs, 42 * hourMs]);
  });
});

describe('promises', () => {
  it('count what is open and past due as breached, and what is not due yet not at all', () => {
    expect(
      attainment([
        { dueMs: 10, tookMs: 10 },
        { dueMs: 10, tookMs: 11 },
        { dueMs: 10, openForMs: 11 },
        { dueMs: 10, openForMs: 10 },
      ]),
    ).toEqual({ hits: 1, n: 3 });
  });

  it('are those of the priority that a request has at the week’s end', () => {
    const byPriority = (priority: string) => ({
      firstResponseMinutes: priority === 'urgent' ? 60 : 600,
      resolutionMinutes: 9_999,
    });
    const said = supportFigures([request('o0 U1 t2'), request('o0 t2')], { week, before }, byPriority, always);
    expect(said.responseAttainment).toEqual({ hits: 1, n: 2 });
  });

  it('are not broken by what was over before anybody answered', () => {
    expect(figuresOf('o0 f0 D1').responseAttainment).toEqual({ hits: 0, n: 0 });
    expect(figuresOf('o0 f0 D3').responseAttainment).toEqual({ hits: 0, n: 1 });
  });
});

describe('the backlog', () => {
  it('balances over reopening, and counts nothing twice', () => {
    const requests = ['o-5 S-1', 'o-5', 'o-4 S2 S3 R4 R5', 'o1 S2', 'o3 S4 R5 S6', 'o7', 'o200', 'o8 M9'].map(request);
    expect(backlog(requests, week)).toMatchObject({
      before: 2,
      opened: 4,
      reopened: 2,
      solved: 5,
      open: 3,
      residual: 0,
      ages: { n: 3, median: 172 * hourMs },
    });
  });
});

it.each([
  { text: 'o-20 S-10 R-9', hits: 1, n: 1 },
  { text: 'o-20 S-10 R157', hits: 1, n: 1 },
  { text: 'o-20 S-10 R158', hits: 0, n: 1 },
  { text: 'o-20 S-10', hits: 0, n: 1 },
  { text: 'o-20 S-10 R-9 S-8 R-7', hits: 1, n: 1 },
  { text: 'o-20 M-10', hits: 0, n: 0 },
])('counts $text once among the reopened of the week before: $hits of $n', ({ text, hits, n }) => {
  expect(reopenRate([request(text), request('o1 S2 R3')], before)).toEqual({ hits, n });
});

it('knows one touch, and what an answer costs', () => {
  expect(oneTouch(['o0 t1 S2', 'o0 t1 a2 t3 S4', 'o0 S4'].map(request))).toEqual({ hits: 1, n: 3 });
  // 10 min at most for the first, then 6 min.
  expect(minutesPerAnswer([request('o0 t1 t1.1 S2')])).toBeCloseTo(16);
  expect(minutesPerAnswer([])).toBeUndefined();
});

it('takes the last rating of each request, and of those asked in the week before how many answered', () => {
  const requests = ['o-9 S-5 v-4 1@1 4@2', 'o-9 S-5 v-4 1@3', 'o-9 S-5 v-4', 'o1 S2 v3', 'o-9 S-5 v-4 4@-3'].map(
    request,
  );
  expect(satisfaction(requests, week)).toEqual({ hits: 1, n: 2 });
  expect(surveysAnswered(requests, before)).toEqual({ hits: 3, n: 4 });
});

it('counts as enough only an answer with which it ended', () => {
  expect(answeredFirst(['o0 f0 D1', 'o0 f0 D1 R2', 'o0 f0 D1 R30', 'o0 f0 t1 S2', 'o0 S1'].map(request))).toEqual({
    hits: 2,
    n: 4,
  });
});

it('takes one vote a person and diagnosis, the last one', () => {
  const vote = (about: string, person: string, at: number, score: number) => ({ about, person, at: hour(at), score });
  const votes = [vote('d', 'a', 1, -1), vote('d', 'a', 2, 1), vote('d', 'b', 1, -1)];
  expect(thumbs(votes)).toEqual({ hits: 1, n: 2 });
});

it('puts a week together by opening, and leaves out what the team opened itself', () => {
  expect(figuresOf('o-3 t1 S2', 'o0 t1 S3', 'o1 t4', 'o2', 'O3 t4')).toMatchObject({
    opened: 4,
    firstResponse: { median: 3 * hourMs, n: 3, open: 1 },
    responseAttainment: { hits: 1, n: 3 },
    resolutionAttainment: { hits: 1, n: 3 },
    firstResolution: { n: 2, median: 3 * hourMs, max: 5 * hourMs },
    backlog: { before: 1, opened: 4, solved: 2, open: 3, residual: 0 },
    oneTouch: { hits: 2, n: 2 },
  });
});

/** The same by walking through the hours of the week, one request after the other. */
function slowly(texts: readonly string[]) {
  const requests = texts.map(request);
  const state = (events: readonly Happened[], at: Date) => {
    let is: 'none' | 'open' | 'solved' = 'none';
    for (const event of events) {
      if (event.at >= at) break;
      if (event.kind === 'opened') is = 'open';
      if (event.kind === 'solved') is = 'solved';
      if (event.kind === 'reopened') is = 'open';
    }
    return is;
  };
  const openAt = (at: Date) => requests.filter(({ events }) => state(events, at) === 'open').length;
  const clockOf = (events: readonly Happened[], until: Date) => {
    let ms = 0;
    let asked = false;
    let last = events[0]?.at ?? until;
    for (const event of [...events, { at: until, kind: 'end' as const }]) {
      const at = event.at < until ? event.at : until;
      if (!asked) ms += at.getTime() - last.getTime();
      last = at;
      if (event.kind === 'waiting') asked = true;
      if (event.kind === 'resumed' || event.kind === 'solved') asked = false;
    }
    return ms;
  };
  const known = requests.map(({ events }) => events.filter(({ at }) => at < week.to));
  const isSolved = (events: readonly Happened[]) => state(events, week.to) === 'solved';
  const full = known.flatMap((events) => {
    const last = events.filter(({ kind }) => kind === 'solved').at(-1);
    return last && isSolved(events) && last.at >= week.from ? [clockOf(events, last.at)] : [];
  });
  return {
    before: openAt(week.from),
    open: openAt(week.to),
    full: full.sort((a, b) => a - b),
  };
}

it('agrees with a slow count over any stories', () => {
  const story = fc
    .array(fc.tuple(fc.constantFrom('a', 't', 'w', 'r', 'S', 'R'), fc.integer({ min: 1, max: 400 })), { maxLength: 9 })
    .chain((parts) => fc.tuple(fc.constant(parts), fc.integer({ min: -200, max: 200 })))
    .map(([parts, opened]) => {
      let isOpen = true;
      const told = [...parts]
        .sort((a, b) => a[1] - b[1])
        .flatMap(([letter, after]) => {
          // Solving and reopening take turns, as they do in the table.
          if (letter === 'S' && !isOpen) return [];
          if (letter === 'R' && isOpen) return [];
          if (letter === 'S' || letter === 'R') isOpen = letter === 'R';
          else if (!isOpen) return [];
          return [`${letter}${opened + after}`];
        });
      return [`o${opened}`, ...told].join(' ');
    });
  fc.assert(
    fc.property(fc.array(story, { maxLength: 8 }), (texts) => {
      const said = figuresOf(...texts);
      const truth = slowly(texts);
      expect(said.backlog).toMatchObject({ before: truth.before, open: truth.open, residual: 0 });
      expect([said.fullResolution.n, said.fullResolution.max]).toEqual([truth.full.length, truth.full.at(-1)]);
      expect(said.fullResolution.median).toBe(truth.full[Math.ceil(truth.full.length / 2) - 1]);
    }),
  );
});
