import { type SeenEdge, walkDownstream } from '../../src/domain/downstream';
import { type Branch, ownersOf, treeOf } from '../../src/domain/impact';

const nine = new Date('2026-11-24T09:00:00Z');
const edges = (...pairs: string[]): SeenEdge[] =>
  pairs.map((pair) => ({ from: pair.slice(0, 1), to: pair.slice(1), seenAt: nine }));
const named = (node: string) => ({ kind: 'pipeline' as const, name: node });
const drawn = ({ node, branches }: Branch): string =>
  branches.length > 0 ? `${node}(${branches.map(drawn).join(' ')})` : node;

describe('treeOf', () => {
  it.each([
    { title: 'hangs each node below the one that feeds it', of: edges('ab', 'bc', 'ad'), tree: 'a(b(c) d)' },
    { title: 'shows a node with two feeders once, below the nearest', of: edges('ab', 'bc', 'ac'), tree: 'a(b c)' },
    { title: 'ends a circle', of: edges('ab', 'bc', 'cb', 'ca'), tree: 'a(b(c))' },
    { title: 'is bare where nothing hangs', of: edges('xy'), tree: 'a' },
  ])('$title', ({ of, tree }) => {
    expect(treeOf(['a'], walkDownstream(['a'], of, named)).map(drawn)).toEqual([tree]);
  });
});

describe('ownersOf', () => {
  it('counts the pipelines of each team, else of each owner, most first', () => {
    const whose = new Map([
      ['b', { team: 'finance', owner: 'noah' }],
      ['c', { team: 'finance' }],
      ['d', { owner: 'UDANA' }],
    ]);
    const downstream = walkDownstream(['a'], edges('ab', 'ac', 'ad', 'ae'), (node) => ({
      ...named(node),
      ...whose.get(node),
    }));
    expect(ownersOf(downstream)).toEqual([
      { who: 'finance', count: 2 },
      { who: 'UDANA', count: 1 },
    ]);
  });
});
