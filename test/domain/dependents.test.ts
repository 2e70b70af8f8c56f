import { dependentsOf } from '../../src/domain/dependents';
import { type SeenEdge, walkDownstream } from '../../src/domain/downstream';

const node = (name: string) => (name.startsWith('table:') ? name : `pipeline:prod/${name}`);
const edge = ([from, to]: [string, string]): SeenEdge => ({ from: node(from), to: node(to), seenAt: new Date(0) });
const describeNode = (each: string) => ({
  kind: each.startsWith('table:') ? ('table' as const) : ('pipeline' as const),
  name: each,
});

function inOrder(edges: [string, string][]): string[] {
  const downstream = walkDownstream([node('a')], edges.map(edge), describeNode);
  return dependentsOf({ connection: 'prod', key: 'a' }, downstream).map(
    ({ pipeline, wave, fedBy }) =>
      `${wave} ${pipeline.key} after ${fedBy
        .map(({ key }) => key)
        .sort()
        .join(', ')}`,
  );
}

describe('the dependents of a pipeline', () => {
  it.each<{ title: string; edges: [string, string][]; are: string[] }>([
    { title: 'are none where it feeds nothing', edges: [['x', 'a']], are: [] },
    {
      title: 'stand after all that feed them, however near they are',
      edges: [
        ['a', 'b'],
        ['a', 'c'],
        ['c', 'b'],
      ],
      are: ['1 c after a', '2 b after a, c'],
    },
    {
      title: 'are fed over tables as well',
      edges: [
        ['a', 'table:t'],
        ['table:t', 'b'],
        ['b', 'table:u'],
        ['table:u', 'c'],
      ],
      are: ['1 b after a', '2 c after b'],
    },
    {
      title: 'do not wait for what is not done here',
      edges: [
        ['a', 'b'],
        ['x', 'b'],
      ],
      are: ['1 b after a'],
    },
    {
      title: 'of a circle begin with the nearest',
      edges: [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'b'],
        ['c', 'a'],
      ],
      are: ['1 b after a', '2 c after b'],
    },
  ])('$title', ({ edges, are }) => {
    expect(inOrder(edges)).toEqual(are);
  });
});
