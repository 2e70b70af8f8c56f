/** A graph as an outline: one box a row, below the nearest of those that feed it. It is as wide as a phone however many hang on one. */

export interface Outlined<Node> {
  node: Node;
  /** 0 = a root. */
  level: number;
  /** The row of the one below which it stands; left out for a root. */
  under?: number;
  /** Those that feed it as well and stand elsewhere. */
  alsoAfter: Node[];
}

/** Rows from the top; every node once, breadth decides below which it stands, and what hangs on it follows it at once. Pure. */
export function outline<Node>(
  roots: readonly Node[],
  nodes: readonly Node[],
  edges: readonly { from: Node; to: Node }[],
): Outlined<Node>[] {
  const parents = new Map<Node, Node>();
  const reached = new Set<Node>(roots);
  const queue = [...roots];
  for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
    const feeder = from;
    // In the order of the nodes, not of the edges: nearest first, then by name.
    const fed = new Set(edges.filter((edge) => edge.from === feeder).map(({ to }) => to));
    for (const to of nodes) {
      if (!fed.has(to) || reached.has(to)) continue;
      reached.add(to);
      parents.set(to, feeder);
      queue.push(to);
    }
  }
  const rows: Outlined<Node>[] = [];
  const write = (node: Node, level: number, under: number | undefined): void => {
    const feeders = edges.filter(({ from, to }) => to === node && from !== node).map(({ from }) => from);
    const alsoAfter = [...new Set(feeders)].filter((from) => from !== parents.get(node));
    const row = rows.push({ node, level, ...(under === undefined ? {} : { under }), alsoAfter }) - 1;
    for (const each of nodes) if (parents.get(each) === node) write(each, level + 1, row);
  };
  for (const root of roots) write(root, 0, undefined);
  return rows;
}
