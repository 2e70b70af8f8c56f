import { countDownstream, type SeenEdge, waitingNodes, walkDownstream } from '../../src/domain/downstream';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 9, minute));
const edge = (from: string, to: string, minute = 0): SeenEdge => ({ from, to, seenAt: at(minute) });
const named = (node: string) => ({ kind: 'pipeline' as const, name: node.toUpperCase() });

describe('walkDownstream', () => {
  it.each<{ title: string; edges: SeenEdge[]; nodes: string[] }>([
    { title: 'nothing hangs on what feeds nothing', edges: [edge('x', 'a')], nodes: [] },
    {
      title: 'nearest come first, of one distance by name',
      edges: [edge('a', 'c'), edge('c', 'd'), edge('a', 'b')],
      nodes: ['b 1', 'c 1', 'd 2'],
    },
    {
      title: 'each stands once, at its shortest distance',
      edges: [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')],
      nodes: ['b 1', 'c 1'],
    },
    { title: 'a circle ends where it began', edges: [edge('a', 'b'), edge('b', 'a'), edge('b', 'b')], nodes: ['b 1'] },
  ])('$title', ({ edges, nodes }) => {
    const downstream = walkDownstream(['a'], edges, named);
    expect(downstream.nodes.map(({ node, depth }) => `${node} ${depth}`)).toEqual(nodes);
    expect(downstream.total).toBe(nodes.length);
  });

  it('starts from several at once, none of which hangs on itself', () => {
    const downstream = walkDownstream(['a', 'b'], [edge('a', 'b'), edge('b', 'c')], named);
    expect(downstream.nodes).toEqual([{ node: 'c', depth: 1, kind: 'pipeline', name: 'C' }]);
    expect(downstream.edges).toEqual([
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ]);
  });

  it('says when the newest of it was last seen, and nothing where nothing is known', () => {
    expect(walkDownstream(['a'], [edge('a', 'b', 5), edge('b', 'c', 9), edge('x', 'y', 30)], named).seenAt).toEqual(
      at(9),
    );
    expect(walkDownstream(['a'], [], named).seenAt).toBeUndefined();
  });

  it('keeps 200 and counts all', () => {
    const edges = Array.from({ length: 250 }, (_, index) => edge('a', `n${index}`));
    const downstream = walkDownstream(['a'], edges, named);
    expect(downstream.nodes).toHaveLength(200);
    expect(downstream.edges).toHaveLength(200);
    expect(downstream.total).toBe(250);
  });
});

describe('countDownstream', () => {
  const node = (name: string, kind: 'pipeline' | 'table' | 'dashboard') => ({
    node: `${kind}:${name}`,
    name,
    kind,
    depth: 1,
  });

  it('counts tables apart, one name once, and what is cut off as waiting', () => {
    const nodes = [
      node('report', 'pipeline'),
      node('report', 'dashboard'),
      node('close', 'pipeline'),
      node('orders', 'table'),
    ];
    expect(countDownstream({ nodes, total: 4 })).toEqual({ waiting: 2, tables: 1 });
    expect(countDownstream({ nodes, total: 14 })).toEqual({ waiting: 12, tables: 1 });
    expect(countDownstream({ nodes: [], total: 0 })).toEqual({ waiting: 0, tables: 0 });
    expect(waitingNodes({ nodes }).map(({ node: id }) => id)).toEqual(['pipeline:report', 'pipeline:close']);
  });
});
