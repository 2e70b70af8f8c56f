import { countDownstream, type Downstream, type DownstreamNode } from '../domain/downstream';
import { type Branch, treeOf } from '../domain/impact';
import { cut, isUserId, plain, preformattedLines } from './mrkdwn';
import { countOf } from './wording';

/** Lines of the list; a longer one nobody reads in Slack. */
const mostLines = 40;

/** A name with what is known of it: "revenue_daily · team finance · due 08:00". */
export function sayNode({ kind, name, team, owner, deadline }: DownstreamNode): string {
  const whose = team ?? (owner !== undefined && !isUserId(owner) ? owner : undefined);
  const facts = [
    kind === 'pipeline' || kind === 'other' ? undefined : kind,
    whose,
    deadline ? `due ${deadline}` : undefined,
  ];
  return [plain(name), ...facts.filter((fact) => fact !== undefined).map(plain)].join(' · ');
}

/**
 * What hangs on these, in lines, as a file listing draws it; escaped, to be fenced. `more` were left out.
 * @param max characters
 */
export function downstreamTree(
  roots: readonly string[],
  downstream: Downstream,
  { max, lines: most = mostLines }: { max: number; lines?: number },
): { escaped: string; more: number } {
  const byNode = new Map(downstream.nodes.map((node) => [node.node, node]));
  const lines: string[] = [];
  let room = max;
  const write = (branches: readonly Branch[], before: string): void => {
    branches.forEach(({ node, branches: inner }, index) => {
      const isLast = index === branches.length - 1;
      const known = byNode.get(node);
      const [line = ''] = known ? preformattedLines(cut(`${before}${isLast ? '└ ' : '├ '}${sayNode(known)}`, 110)) : [];
      if (line.length + 1 > room || lines.length >= most) {
        room = 0;
        return;
      }
      room -= line.length + 1;
      lines.push(line);
      write(inner, `${before}${isLast ? '  ' : '│ '}`);
    });
  };
  // Of many roots each node stands below the nearest that feeds it; the roots themselves are named before.
  write(
    treeOf(roots, downstream).flatMap(({ branches }) => branches),
    '',
  );
  return { escaped: lines.join('\n'), more: downstream.total - lines.length };
}

/** As the alert counts them; tables are named apart. */
export function sayWaiting(downstream: Downstream, name: string): string {
  const { waiting, tables } = countDownstream(downstream);
  const both = [...(waiting > 0 ? [countOf(waiting, 'thing')] : []), ...(tables > 0 ? [countOf(tables, 'table')] : [])];
  return `${both.join(' and ')} ${waiting + tables === 1 ? 'waits' : 'wait'} for ${name}`;
}
