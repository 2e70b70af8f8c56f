import { type Durations, Pace } from '../../src/domain/plan';
import { estimateBefore, withNeedsMet } from '../../src/domain/planning';

describe('what needs something else', () => {
  const wished = new Set(['a', 'b', 'c', 'd']);
  it.each<{ title: string; items: [string, ...string[]][]; kept: string[]; taken: string[] }>([
    {
      title: 'finds it by its place',
      items: [['a'], ['b', 'a'], ['c', 'a', 'b']],
      kept: ['a', 'b 0', 'c 0 1'],
      taken: [],
    },
    {
      title: 'is left out with it, and so is what needs that',
      items: [['b', 'a'], ['c', 'b'], ['d']],
      kept: ['d'],
      taken: ['b', 'c'],
    },
    { title: 'counts what was not wished for as done', items: [['a', 'x']], kept: ['a'], taken: [] },
  ])('$title', ({ items, kept, taken }) => {
    const met = withNeedsMet(
      items.map(([subject, ...needs]) => ({ subject, needs })),
      wished,
    );
    expect(met.kept.map(({ item, needs }) => [item.subject, ...needs].join(' '))).toEqual(kept);
    expect(met.taken.map(({ subject }) => subject)).toEqual(taken);
  });
});

describe('how long all takes', () => {
  const minutes = (median: number): Durations => ({ n: 10, medianMs: median * 60_000, p90Ms: 2 * median * 60_000 });
  const each = (count: number, durations?: Durations, wave?: number) =>
    Array.from({ length: count }, () => ({ durations, wave }));
  it.each<{ title: string; items: ReturnType<typeof each>; pace?: Partial<Pace>; isMin?: number }>([
    { title: 'is not known where nothing is', items: each(3), pace: {} },
    { title: 'is that of one alone', items: each(1, minutes(10)), isMin: 10 },
    { title: 'is the first, and then a few at a time', items: each(7, minutes(10)), pace: {}, isMin: 30 },
    {
      title: 'is no less than the orchestrator takes at once',
      items: each(7, minutes(10)),
      pace: { atOnce: { 0: 1 } },
      isMin: 70,
    },
    {
      title: 'counts one wave after the other, each at its own pace',
      items: [...each(6, minutes(10)), ...each(6, minutes(5), 1)],
      pace: { canary: false, atOnce: { 1: 1 } },
      isMin: 20 + 30,
    },
    {
      title: 'takes what is not known for as long as the others',
      items: [...each(2, minutes(10)), ...each(2)],
      pace: { canary: false, parallel: 1 },
      isMin: 40,
    },
  ])('$title', ({ items, pace, isMin }) => {
    const ms = estimateBefore(items, pace && Pace.parse(pace));
    expect(ms).toBe(isMin === undefined ? undefined : isMin * 60_000);
  });
});
