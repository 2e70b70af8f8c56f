import { askAt, resultOf, roundAt } from '../../src/domain/pulse';
import { nextWorkingMoment, type Schedule } from '../../src/domain/working-time';

const schedule = (timeZone: string, holidays: string[] = []): Schedule => ({
  timeZone,
  workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
  holidays,
});
const at = (text: string) => new Date(text);

describe('a round', () => {
  it.each([
    { now: '2026-10-01T07:00:00Z', zone: 'Europe/Berlin', quarter: '2026-Q4' },
    { now: '2026-09-30T22:30:00Z', zone: 'Europe/Berlin', quarter: '2026-Q4' },
    { now: '2026-09-30T22:30:00Z', zone: 'UTC', quarter: undefined },
    { now: '2026-12-03T00:00:00Z', zone: 'UTC', quarter: '2026-Q4' },
    { now: '2026-12-05T00:00:00Z', zone: 'UTC', quarter: undefined },
    { now: '2027-01-01T12:00:00Z', zone: 'UTC', quarter: '2027-Q1' },
  ])('that begins at $now in $zone is of $quarter', ({ now, zone, quarter }) => {
    expect(roundAt(at(now), { timeZone: zone }, 5)?.quarter).toBe(quarter);
  });

  it('takes answers until two weeks after the last question', () => {
    expect(roundAt(at('2026-10-01T00:00:00Z'), { timeZone: 'UTC' }, 5)?.closesAt).toEqual(at('2026-10-25T00:00:00Z'));
  });
});

describe('when somebody is asked', () => {
  // A Friday afternoon.
  const from = at('2026-10-02T15:00:00Z');
  it.each([
    { title: 'the first', share: 0, zone: 'UTC', comes: '2026-10-02T15:01:00Z' },
    { title: 'half way', share: 0.5, zone: 'UTC', comes: '2026-10-07T11:00:00Z' },
    { title: 'nearly the last', share: 0.999, zone: 'UTC', comes: '2026-10-09T14:56:36.120Z' },
    { title: 'the first, where it is evening already', share: 0, zone: 'Asia/Kolkata', comes: '2026-10-05T03:31:00Z' },
  ])('is $title of the days of work, in their own zone', ({ share, zone, comes }) => {
    expect(askAt(from, share, { schedule: schedule(zone), spreadDays: 5 })).toEqual(at(comes));
  });

  it('is always within working hours, over holidays and changes of the clock', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'])
      for (let each = 0; each < 50; each += 1) {
        const of = schedule(zone, ['2026-10-26', '2026-10-27']);
        const asked = askAt(at('2026-10-22T20:00:00Z'), each / 50, { schedule: of, spreadDays: 5 });
        expect(nextWorkingMoment(asked, of)).toEqual(asked);
      }
  });
});

describe('what is shown of a round', () => {
  const closesAt = at('2026-10-25T00:00:00Z');
  const round = (scores: number[]) => ({
    quarter: '2026-Q4',
    closesAt,
    asked: 10,
    answers: scores.map((score, index) => ({ score, ...(index < 2 ? { words: `words ${9 - index}` } : {}) })),
  });
  const after = { now: at('2026-10-26T00:00:00Z'), minimum: 5 };

  it('is how many said what, and what they wrote in an order of its own', () => {
    expect(resultOf(round([5, 4, 4, 2, 1, 3]), after)).toEqual({
      quarter: '2026-Q4',
      asked: 10,
      answered: 6,
      closesAt,
      shown: { counts: [1, 1, 1, 2, 1], median: 3, satisfied: 3, words: ['words 8', 'words 9'] },
    });
  });

  it.each([
    { title: 'fewer than the minimum answered', scores: [5, 4, 4, 2], now: after.now },
    { title: 'it goes on', scores: [5, 4, 4, 2, 1, 3], now: at('2026-10-24T23:59:59Z') },
    { title: 'nobody answered', scores: [], now: after.now },
  ])('is only how many answered while $title', ({ scores, now }) => {
    const result = resultOf(round(scores), { now, minimum: 5 });
    expect(result.answered).toBe(scores.length);
    expect(result).not.toHaveProperty('shown');
  });
});
