import { outline } from '../../../src/slack/pictures/outline';

const edgesOf = (...pairs: string[]) => pairs.map(([from = '', to = '']) => ({ from, to }));
const said = (rows: ReturnType<typeof outline<string>>) =>
  rows.map(({ node, level, alsoAfter }) => `${'.'.repeat(level)}${node}${alsoAfter.length ? ` +${alsoAfter}` : ''}`);

describe('outline', () => {
  it.each([
    { title: 'a line', edges: edgesOf('ab', 'bc'), rows: ['a', '.b', '..c'] },
    { title: 'what hangs on one follows it at once', edges: edgesOf('ab', 'ac', 'bd'), rows: ['a', '.b', '..d', '.c'] },
    {
      title: 'one that two feed stands below the nearer, and names the other',
      edges: edgesOf('ab', 'ac', 'bd', 'cd', 'dc'),
      rows: ['a', '.b', '..d +c', '.c +d'],
    },
    { title: 'a circle ends where it began', edges: edgesOf('ab', 'ba', 'bb'), rows: ['a +b', '.b'] },
  ])('$title', ({ edges, rows }) => {
    expect(said(outline(['a'], ['a', 'b', 'c', 'd'], edges))).toEqual(rows);
  });

  it('puts several roots one after the other, each with what hangs on it', () => {
    expect(said(outline(['a', 'b'], ['a', 'b', 'c', 'd'], edgesOf('ac', 'bd', 'bc')))).toEqual([
      'a',
      '.c +b',
      'b',
      '.d',
    ]);
  });
});
