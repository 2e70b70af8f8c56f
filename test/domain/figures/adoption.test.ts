import {
  type ActiveDay,
  activation,
  activeOn,
  cohorts,
  commandSuccess,
  featureAdoption,
  lifecycle,
  newUserRetention,
  reach,
  retention,
  selfService,
  stickiness,
} from '../../../src/domain/figures/adoption';
import { daysUpTo, weekAfter, weekNamed, weekOf } from '../../../src/domain/figures/week';
import fc from '../../support/fast-check';

const people = (names: string) => new Set(names === '' ? [] : names.split(''));
const on = (day: string, names: string): ActiveDay[] => names.split('').map((person) => ({ person, day }));
const week = weekOf(new Date('2026-11-18T12:00:00Z'), 'UTC');
const workdays = week.days.slice(0, 5);

describe('active people', () => {
  const activity = [
    ...on('2026-10-25', 'z'),
    ...on('2026-10-26', 'y'),
    ...on('2026-11-15', 'x'),
    ...on('2026-11-16', 'aab'),
    ...on('2026-11-22', 'c'),
    ...on('2026-11-23', 'w'),
  ];
  it('count once a day, once an ISO week and once in the 28 days up to its end', () => {
    expect(activeOn(activity, ['2026-11-16'])).toEqual(people('ab'));
    expect(activeOn(activity, week.days)).toEqual(people('abc'));
    expect(activeOn(activity, daysUpTo('2026-11-22', 28))).toEqual(people('abcxy'));
  });

  it.each([
    { title: 'all every day', activity: workdays.flatMap((day) => on(day, 'ab')), days: workdays, stick: 1 },
    { title: 'one of two on one day of five', activity: [...on('2026-11-16', 'ab')], days: workdays, stick: 0.2 },
    { title: 'the weekend counts for the week only', activity: on('2026-11-21', 'ab'), days: workdays, stick: 0 },
    { title: 'nobody', activity: [], days: workdays, stick: undefined },
    { title: 'a week without a working day', activity: on('2026-11-16', 'a'), days: [], stick: undefined },
    { title: 'a short week', activity: on('2026-11-16', 'ab'), days: workdays.slice(0, 2), stick: 0.5 },
  ])('stick: $title', ({ activity: active, days, stick }) => {
    expect(stickiness(active, week.days, days)).toBe(stick);
  });

  it('reach only whom they could: leavers are on neither side', () => {
    expect(reach(people('abx'), people('abcd'))).toEqual({ hits: 2, n: 4 });
    expect(reach(people(''), people(''))).toEqual({ hits: 0, n: 0 });
  });
});

describe('activation', () => {
  const cohort = { from: new Date('2026-11-09T00:00:00Z'), to: new Date('2026-11-16T00:00:00Z') };
  const seen = (firstSeenAt: string, usefulAt?: string) => ({
    firstSeenAt: new Date(firstSeenAt),
    ...(usefulAt ? { usefulAt: new Date(usefulAt) } : {}),
  });
  it.each([
    { title: 'at once', firsts: [seen('2026-11-09T00:00:00Z', '2026-11-09T00:00:00Z')], hits: 1, n: 1 },
    { title: 'just within 7 × 24 h', firsts: [seen('2026-11-10T08:00:00Z', '2026-11-17T07:59:59Z')], hits: 1, n: 1 },
    {
      title: 'at 7 × 24 h sharp is too late',
      firsts: [seen('2026-11-10T08:00:00Z', '2026-11-17T08:00:00Z')],
      hits: 0,
      n: 1,
    },
    { title: 'never', firsts: [seen('2026-11-10T08:00:00Z')], hits: 0, n: 1 },
    {
      title: 'before first seen is none',
      firsts: [seen('2026-11-10T08:00:00Z', '2026-11-10T07:00:00Z')],
      hits: 0,
      n: 1,
    },
    {
      title: 'the week whose window is open is not counted',
      firsts: [seen('2026-11-16T00:00:00Z', '2026-11-16T00:00:00Z')],
      hits: 0,
      n: 0,
    },
  ])('$title', ({ firsts, hits, n }) => {
    expect(activation(firsts, cohort)).toEqual({ hits, n });
  });

  it.each([
    // Berlin: 167 hours with the night to 29 March, 169 with that to 25 October. The window is 168 hours in both.
    { name: '2026-W13', seenAt: '2026-03-28T12:00:00Z', until: '2026-04-04T12:00:00Z' },
    { name: '2026-W43', seenAt: '2026-10-24T12:00:00Z', until: '2026-10-31T12:00:00Z' },
    // The last week of a year of 53, which ends in the next.
    { name: '2026-W53', seenAt: '2027-01-03T22:59:59Z', until: '2027-01-10T22:59:59Z' },
  ])('has a window of 168 hours from $seenAt on, in $name', ({ name, seenAt, until }) => {
    const week = weekNamed(name, 'Europe/Berlin');
    if (!week) throw new Error('there is such a week');
    const just = new Date(new Date(until).getTime() - 1).toISOString();
    expect(activation([seen(seenAt, just), seen(seenAt, until)], week)).toEqual({ hits: 1, n: 2 });
    expect(activation([seen(seenAt, just)], weekAfter(week, 1))).toEqual({ hits: 0, n: 0 });
  });
});

describe('coming back', () => {
  const weeks = [
    { week: '1', people: people('abc') },
    { week: '2', people: people('ad') },
    { week: '3', people: people('bcd') },
    { week: '4', people: people('a') },
  ];
  const firstWeek = new Map([
    ['a', '1'],
    ['b', '1'],
    ['c', '0'],
    ['d', '2'],
  ]);

  it('is of those active in one week', () => {
    expect(retention(people('abc'), people('cd'))).toEqual({ hits: 1, n: 3 });
    expect(retention(people(''), people('a'))).toEqual({ hits: 0, n: 0 });
  });

  it('makes a triangle of cohorts by their first week', () => {
    expect(cohorts(weeks, firstWeek)).toEqual([
      { week: '1', size: 2, active: [2, 1, 1, 1] },
      { week: '2', size: 1, active: [1, 1, 0] },
      { week: '3', size: 0, active: [0, 0] },
      { week: '4', size: 0, active: [0] },
    ]);
  });

  it.each([
    { cohort: '1', after: 1, exactly: { hits: 1, n: 2 }, orLater: { hits: 2, n: 2 } },
    { cohort: '1', after: 3, exactly: { hits: 1, n: 2 }, orLater: { hits: 1, n: 2 } },
    { cohort: '2', after: 2, exactly: { hits: 0, n: 1 }, orLater: { hits: 0, n: 1 } },
  ])('counts cohort $cohort after $after weeks, exactly and or later', ({ cohort, after, ...counts }) => {
    expect(newUserRetention(weeks, firstWeek, { cohort, after })).toEqual(counts);
  });

  it('goes on over New Year, from a week 53 to a week 1', () => {
    const first = weekNamed('2026-W52', 'UTC');
    if (!first) throw new Error('there is such a week');
    const [a, b, c] = [0, 1, 2].map((index) => weekAfter(first, index)) as [typeof first, typeof first, typeof first];
    const activity = [...on('2026-12-28', 'ab'), ...on('2027-01-03', 'b'), ...on('2027-01-04', 'a')];
    const actives = [a, b, c].map(({ name, days }) => ({ week: name, people: activeOn(activity, days) }));
    const began = new Map(['a', 'b'].map((person) => [person, '2026-W53']));
    expect(cohorts(actives, began)).toEqual([
      { week: '2026-W52', size: 0, active: [0, 0, 0] },
      { week: '2026-W53', size: 2, active: [2, 1] },
      { week: '2027-W01', size: 0, active: [0] },
    ]);
    expect(daysUpTo(c.days[6] ?? '', 28)[0]).toBe('2026-12-14');
  });

  it('says nothing of weeks that are still to come', () => {
    expect(newUserRetention(weeks, firstWeek, { cohort: '2', after: 4 })).toBeUndefined();
    expect(newUserRetention(weeks, firstWeek, { cohort: '9', after: 0 })).toBeUndefined();
  });

  it('splits a week into new, returning and resurrecting', () => {
    expect(lifecycle(people('bcd'), people('ad'), firstWeek, '3')).toEqual({
      weekly: 3,
      weeklyBefore: 2,
      fresh: 0,
      returning: 1,
      resurrecting: 2,
      dormant: 1,
      residuals: [0, 0],
    });
  });

  it('agrees with a slow count over random histories, and balances', () => {
    const history = fc.array(
      fc.record({ person: fc.constantFrom('a', 'b', 'c', 'd', 'e'), at: fc.integer({ min: 0, max: 27 }) }),
    );
    const first = weekNamed('2026-W52', 'UTC');
    if (!first) throw new Error('there is such a week');
    const four = [0, 1, 2, 3].map((index) => weekAfter(first, index));
    const days = four.flatMap((each) => each.days);
    fc.assert(
      fc.property(history, (acts) => {
        const activity = acts.map(({ person, at }) => ({ person, day: days[at] ?? '' }));
        const actives = four.map(({ name, days: own }) => ({ week: name, people: activeOn(activity, own) }));
        const weekOfAct = (at: number) => Math.floor(at / 7);
        const began = new Map<string, string>();
        for (const { person, at } of [...acts].sort((a, b) => a.at - b.at))
          if (!began.has(person)) began.set(person, four[weekOfAct(at)]?.name ?? '');
        const triangle = cohorts(actives, began);
        for (let w = 0; w < 4; w += 1) {
          const slow = new Set(acts.filter(({ at }) => weekOfAct(at) === w).map(({ person }) => person));
          expect(actives[w]?.people).toEqual(slow);
          for (let later = w; later < 4; later += 1) {
            const members = [...slow].filter((person) =>
              acts.every((act) => act.person !== person || weekOfAct(act.at) >= w),
            );
            const stayed = members.filter((person) =>
              acts.some((act) => act.person === person && weekOfAct(act.at) === later),
            );
            expect(triangle[w]?.active[later - w]).toBe(stayed.length);
          }
          if (w === 0) continue;
          const cycle = lifecycle(
            actives[w]?.people ?? new Set(),
            actives[w - 1]?.people ?? new Set(),
            began,
            four[w]?.name ?? '',
          );
          expect(cycle.residuals).toEqual([0, 0]);
        }
      }),
    );
  });
});

it('counts one person once for a feature', () => {
  const uses = [
    { person: 'a', feature: 'status' },
    { person: 'a', feature: 'status' },
    { person: 'b', feature: 'status' },
    { person: 'a', feature: 'retry' },
    { person: 'a', feature: 'impact' },
  ];
  expect(featureAdoption(uses, 4)).toEqual([
    { feature: 'status', users: { hits: 2, n: 4 } },
    { feature: 'impact', users: { hits: 1, n: 4 } },
    { feature: 'retry', users: { hits: 1, n: 4 } },
  ]);
});

it('counts a person’s mistake against a command, and a refusal not', () => {
  expect(commandSuccess({ ok: 8, userErrors: 1, systemErrors: 1 })).toEqual({ hits: 8, n: 10 });
});

describe('self-service', () => {
  const at = new Date('2026-11-16T08:00:00Z');
  const hour = (hours: number) => new Date(at.getTime() + hours * 3_600_000);
  it.each([
    { title: 'mended alone', failure: { isSelfServed: true, isTouched: true }, hits: 1, n: 1 },
    {
      title: 'mended, and asked within the day',
      failure: { isSelfServed: true, isTouched: true, requestedAt: hour(23) },
      hits: 0,
      n: 1,
    },
    {
      title: 'mended, and asked a day later',
      failure: { isSelfServed: true, isTouched: true, requestedAt: hour(24) },
      hits: 1,
      n: 1,
    },
    { title: 'only acknowledged', failure: { isSelfServed: false, isTouched: true }, hits: 0, n: 1 },
    { title: 'nobody touched it: neither', failure: { isSelfServed: false, isTouched: false }, hits: 0, n: 0 },
  ])('$title', ({ failure, hits, n }) => {
    expect(selfService([{ at, ...failure }])).toEqual({ hits, n });
  });
});
