import fc from 'fast-check';
import {
  attainment,
  backlog,
  firstResponse,
  minutesPerAnswer,
  oneTouch,
  reopenRate,
  responseGaps,
  type SupportEvent,
  type SupportRequest,
  satisfaction,
  spentMs,
  supportFigures,
  thumbs,
} from '../../../src/domain/figures/support';

const start = new Date('2026-11-16T00:00:00Z').getTime();
const hour = (hours: number) => new Date(start + hours * 3_600_000);
const hourMs = 3_600_000;
const week = { from: hour(0), to: hour(168) };
const before = { from: hour(-168), to: hour(0) };
/** Everybody always works. */
const clock = { workingMs: (from: Date, to: Date) => Math.max(0, to.getTime() - from.getTime()) };

const words = { a: 'asked', t: 'answered', w: 'waiting', S: 'solved', R: 'reopened' } as const;
/** `a0 t2 S5`: asked at 0 h, answered at 2 h, solved at 5 h. The request opens with its first event. */
function request(text: string, more: Partial<SupportRequest> = {}): SupportRequest {
  const events = text.split(' ').map((part): SupportEvent => {
    const what = words[part[0] as keyof typeof words];
    return { what, at: hour(Number(part.slice(1))) };
  });
  return { id: text, openedAt: events[0]?.at ?? hour(0), isByStaff: false, events, ...more };
}

describe('responses', () => {
  it.each([
    { text: 'a0 t2', first: 2, gaps: [2] },
    { text: 'a0 a1 t2', first: 2, gaps: [2] },
    { text: 'a0 t2 a5 w9 a10 t11', first: 2, gaps: [2, 4, 1] },
    { text: 'a0', first: undefined, gaps: [] },
    { text: 'a0 t2 t3', first: 2, gaps: [2] },
    { text: 'a0 S1 R3 t4', first: 4, gaps: [4] },
  ])('of $text come after $first h, each gap $gaps', ({ text, first, gaps }) => {
    expect(firstResponse(request(text))).toEqual(first === undefined ? undefined : hour(first));
    expect(responseGaps(request(text)).map(({ from, to }) => (to.getTime() - from.getTime()) / hourMs)).toEqual(gaps);
  });

  it.each([
    { text: 'a0 t1 S5', until: 5, spent: 5 },
    { text: 'a0 w1 a4 S5', until: 5, spent: 2 },
    { text: 'a0 w1 w2 a4 S5', until: 5, spent: 2 },
    { text: 'a0 w1', until: 5, spent: 1 },
    { text: 'a0 w1 a2 w3 a4 S5', until: 5, spent: 3 },
  ])('the clock of $text rests while the requester is asked', ({ text, until, spent }) => {
    expect(spentMs(request(text), hour(until), clock) / hourMs).toBe(spent);
  });
});

it('counts what is open and past due as breached, and what is not due yet not at all', () => {
  expect(
    attainment([
      { dueMs: 10, tookMs: 10 },
      { dueMs: 10, tookMs: 11 },
      { dueMs: 10, openForMs: 11 },
      { dueMs: 10, openForMs: 10 },
    ]),
  ).toEqual({ hits: 1, n: 3 });
});

describe('the backlog', () => {
  it('balances over reopening, and counts nothing twice', () => {
    const requests = [
      request('a-5 S-1'),
      request('a-5'),
      request('a-4 S2 S3 R4 R5'),
      request('a1 S2'),
      request('a3 S4 R5 S6'),
      request('a7'),
      request('a200'),
    ];
    expect(backlog(requests, week)).toMatchObject({
      before: 2,
      opened: 3,
      reopened: 2,
      solved: 4,
      open: 3,
      residual: 0,
    });
  });

  it('balances for any story', () => {
    const story = fc
      .array(fc.tuple(fc.constantFrom('a', 't', 'w', 'S', 'R'), fc.integer({ min: -300, max: 300 })), {
        minLength: 1,
        maxLength: 9,
      })
      .map((parts) =>
        request(
          parts
            .sort((a, b) => a[1] - b[1])
            .map(([letter, at]) => `${letter}${at}`)
            .join(' '),
        ),
      );
    fc.assert(
      fc.property(fc.array(story, { maxLength: 12 }), (requests) => {
        expect(backlog(requests, week).residual).toBe(0);
      }),
    );
  });
});

it.each([
  { text: 'a-20 S-10 R-9', hits: 1 },
  { text: 'a-20 S-10 R157', hits: 1 },
  { text: 'a-20 S-10 R158', hits: 0 },
  { text: 'a-20 S-10', hits: 0 },
  { text: 'a-20 S-10 R-9 S-8 R-7', hits: 1 },
])('counts $text once among the reopened of the week before: $hits', ({ text, hits }) => {
  expect(reopenRate([request(text), request('a1 S2 R3')], before)).toEqual({ hits, n: 1 });
});

it('knows one touch, and what an answer costs', () => {
  expect(oneTouch([request('a0 t1 S2'), request('a0 t1 a2 t3 S4'), request('a0 S4')])).toEqual({ hits: 1, n: 3 });
  // 10 min at most for the first, then 6 min.
  expect(minutesPerAnswer([request('a0 t1 t1.1 S2')])).toBeCloseTo(16);
  expect(minutesPerAnswer([])).toBeUndefined();
});

it('takes the last answer of each request, and one vote a person and diagnosis', () => {
  const vote = (about: string, person: string, at: number, score: number) => ({ about, person, at: hour(at), score });
  const votes = [vote('1', 'a', 2, 5), vote('1', 'a', 1, 1), vote('2', 'b', 1, 3)];
  expect(satisfaction(votes, 5)).toEqual({ satisfied: { hits: 1, n: 2 }, answered: { hits: 2, n: 5 } });
  expect(thumbs([vote('d', 'a', 1, -1), vote('d', 'a', 2, 1), vote('d', 'b', 1, -1)])).toEqual({ hits: 1, n: 2 });
});

it('puts a week together by opening, and leaves out what the team opened itself', () => {
  const figures = supportFigures(
    [request('a-3 t1 S2'), request('a0 t1 S3'), request('a1 t4'), request('a2'), request('a3 t4', { isByStaff: true })],
    { week, before },
    { firstResponseMinutes: 120, resolutionMinutes: 240 },
    clock,
  );
  expect(figures).toMatchObject({
    opened: 4,
    firstResponse: { median: 3 * hourMs, by: 'kaplan-meier', n: 3, unanswered: 1 },
    responseAttainment: { hits: 1, n: 3 },
    resolutionAttainment: { hits: 1, n: 3 },
    firstResolution: { n: 2, median: 3 * hourMs, max: 5 * hourMs },
    backlog: { before: 1, opened: 4, solved: 2, open: 3, residual: 0 },
    oneTouch: { hits: 2, n: 2 },
  });
});
