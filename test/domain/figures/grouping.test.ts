import { type Grouped, grouping } from '../../../src/domain/figures/grouping';
import fc from '../../support/fast-check';

const start = Date.parse('2026-11-16T00:00:00Z');
const minute = (minutes: number) => new Date(start + minutes * 60_000);
const windowMs = 10 * 60_000;

const problem = (id: string, of: Partial<Grouped> & { from?: number; to?: number } = {}): Grouped => {
  const { from = 0, to, ...rest } = of;
  const closing = to === undefined ? {} : { closedAt: minute(to) };
  return { id, week: '2026-W47', openedAt: minute(from), isJoined: false, isCounted: true, ...closing, ...rest };
};
const joined = (id: string, first?: string, other?: string, of: Partial<Grouped> = {}) =>
  problem(id, { isJoined: true, ...(first ? { first } : {}), ...(other ? { other } : {}), ...of });

describe('grouping', () => {
  it.each<{
    title: string;
    problems: Grouped[];
    precision: [number, number];
    recall: [number, number];
    unread: [number, number];
  }>([
    { title: 'is told of nothing by its counts', problems: [], precision: [0, 0], recall: [0, 0], unread: [0, 0] },
    {
      title: 'is right where both logs show one cause',
      problems: [joined('a', 'x', 'x'), joined('b', 'y', 'z')],
      precision: [1, 2],
      recall: [1, 1],
      unread: [0, 4],
    },
    {
      title: 'leaves a pair out of which a log tells nothing, and counts the log',
      problems: [joined('a', 'x', 'x'), joined('b', 'y'), joined('c', undefined, 'z'), problem('d')],
      precision: [1, 1],
      recall: [1, 1],
      unread: [3, 7],
    },
    {
      title: 'has missed what stood beside one of its cause',
      problems: [problem('a', { first: 'x' }), problem('b', { first: 'x', from: 10 }), joined('c', 'y', 'y')],
      precision: [1, 1],
      recall: [1, 2],
      unread: [0, 4],
    },
    {
      title: 'has missed one, however many stood beside it, also later than the first could have taken in',
      problems: [0, 6, 6, 12, 18].map((from, at) => problem(`p${at}`, { first: 'x', from })),
      precision: [0, 0],
      recall: [0, 1],
      unread: [0, 5],
    },
    {
      title: 'has missed nothing that began too late, after the end, or of another cause',
      problems: [
        problem('a', { first: 'x', to: 5 }),
        problem('b', { first: 'x', from: 5 }),
        problem('c', { first: 'x', from: 16 }),
        problem('d', { first: 'y', from: 16 }),
        problem('e', { from: 16 }),
        problem('f', { from: 17 }),
      ],
      precision: [0, 0],
      recall: [0, 0],
      unread: [2, 6],
    },
    {
      title: 'counts what is of this scope, by what began first',
      problems: [
        joined('a', 'x', 'x', { isCounted: false }),
        problem('b', { first: 'y', isCounted: false }),
        problem('c', { first: 'y', from: 1 }),
        problem('d', { first: 'z' }),
        problem('e', { first: 'z', from: 1, isCounted: false }),
      ],
      precision: [0, 0],
      recall: [0, 1],
      unread: [0, 2],
    },
  ])('$title', ({ problems, precision, recall, unread }) => {
    const shares = Object.entries(grouping(problems, { windowMs })).map(([name, { hits, n }]) => [name, [hits, n]]);
    expect(Object.fromEntries(shares)).toEqual({ precision, recall, unread });
  });

  it('draws the lowest ids of each week, whether counted or not, and what was missed by the same lot', () => {
    const problems = [
      joined('a', 'x', 'x', { isCounted: false }),
      joined('c', 'y', 'y'),
      joined('e', 'z', 'z'),
      joined('e', 'z', 'z', { week: '2026-W48' }),
      problem('b', { first: 'm' }),
      problem('bb', { first: 'm' }),
      problem('d', { first: 'n' }),
      problem('dd', { first: 'n' }),
      problem('f', { first: 'o' }),
      problem('ff', { first: 'o' }),
    ];
    expect(grouping(problems, { windowMs, drawn: 2 })).toEqual({
      precision: { hits: 2, n: 2 },
      recall: { hits: 2, n: 4 },
      unread: { hits: 0, n: 11 },
    });
  });
});

it('grouping: the same as when each pair is looked at', () => {
  const each = fc.record({
    week: fc.constantFrom('2026-W47', '2026-W48'),
    openedAt: fc.integer({ min: 0, max: 60 }).map(minute),
    closedAt: fc.option(fc.integer({ min: 0, max: 90 }).map(minute), { nil: undefined }),
    isJoined: fc.boolean(),
    isCounted: fc.boolean(),
    first: fc.constantFrom('x', 'y', undefined),
    other: fc.constantFrom('x', 'y', undefined),
  });
  fc.assert(
    fc.property(fc.array(each, { maxLength: 14 }), fc.integer({ min: 1, max: 4 }), (list, drawn) => {
      const all = list.map((one, at) => ({ ...one, id: String.fromCharCode(97 + at) }) as Grouped);
      let [right, judged, missed, unread, wanted] = [0, 0, 0, 0, 0];
      for (const one of all) {
        if (!one.isCounted) continue;
        wanted += 1;
        if (!one.first) unread += 1;
        let joinedBelow = 0;
        for (const other of all) if (other.week === one.week && other.isJoined && other.id < one.id) joinedBelow += 1;
        // What is no problem that others joined has its place between two that are.
        const isDrawn = one.isJoined ? joinedBelow < drawn : joinedBelow <= drawn;
        if (!isDrawn) continue;
        if (one.isJoined) {
          wanted += 1;
          if (!one.other) unread += 1;
          if (one.first && one.other) judged += 1;
          if (one.first && one.first === one.other) right += 1;
        }
        const takesIn = (a: Grouped, b: Grouped) =>
          a !== b &&
          a.week === b.week &&
          a.first !== undefined &&
          a.first === b.first &&
          (a.openedAt < b.openedAt || (a.openedAt.getTime() === b.openedAt.getTime() && a.id < b.id)) &&
          b.openedAt.getTime() - a.openedAt.getTime() <= windowMs &&
          (!a.closedAt || a.closedAt > b.openedAt);
        if (!all.some((other) => takesIn(other, one)) && all.some((other) => takesIn(one, other))) missed += 1;
      }
      expect(grouping(all, { windowMs, drawn })).toEqual({
        precision: { hits: right, n: judged },
        recall: { hits: right, n: right + missed },
        unread: { hits: unread, n: wanted },
      });
    }),
  );
});
