import { type Share, share } from './share';

/** Of so many problems a week that others joined by their cause, one more log is read. */
export const drawnAWeek = 50;

/** A problem, with what the logs of its pipelines show. */
export interface Grouped {
  /** Random, so that the lowest ones are a draw by lot, the same whenever it is drawn. */
  id: string;
  /** The ISO week in which it began. */
  week: string;
  openedAt: Date;
  closedAt?: Date;
  /** Others joined it by their cause. */
  isJoined: boolean;
  /** Fingerprint of the cause that the log of what failed first shows; none where it could not be read or shows none. */
  first?: string;
  /** The same of one of those that joined. */
  other?: string;
  /** False = it takes part in the draw, and is in no figure: it is of another team, or of a test channel. */
  isCounted: boolean;
}

export interface Grouping {
  /** Pairs rightly put together / pairs that were judged: one a problem. */
  precision: Share;
  /** Pairs rightly put together / those and the ones that were missed. */
  recall: Share;
  /** Logs that tell nothing / logs that were wanted. */
  unread: Share;
}

/**
 * Were problems put together rightly? A pair is what failed first in a problem and one other that joined it by its cause. A pair is missed
 * where a problem began while another one of the same cause, by their logs, stood open, no longer than `windowMs` after that one
 * had begun: one for each that others stood beside, however many these are. Where more than `drawn` problems of a week were
 * joined, both kinds of pairs are thinned by the same lot.
 */
export function grouping(
  problems: readonly Grouped[],
  { windowMs, drawn = drawnAWeek }: { windowMs: number; drawn?: number },
): Grouping {
  const counts = { right: 0, judged: 0, missed: 0, unread: 0, wanted: 0 };
  for (const ofWeek of byKey(problems, ({ week }) => week)) {
    const firstLeftOut = ofWeek
      .filter(({ isJoined }) => isJoined)
      .map(({ id }) => id)
      .sort()[drawn];
    const isDrawn = ({ id, isCounted }: Grouped) => isCounted && (firstLeftOut === undefined || id < firstLeftOut);
    for (const { first, isCounted } of ofWeek) {
      if (isCounted) counts.wanted += 1;
      if (isCounted && first === undefined) counts.unread += 1;
    }
    for (const problem of ofWeek.filter((each) => each.isJoined && isDrawn(each))) {
      const { first, other } = problem;
      counts.wanted += 1;
      if (other === undefined) counts.unread += 1;
      if (first === undefined || other === undefined) continue;
      counts.judged += 1;
      if (first === other) counts.right += 1;
    }
    for (const alike of byKey(ofWeek, ({ first }) => first))
      counts.missed += stoodBeside(alike, windowMs).filter(isDrawn).length;
  }
  const { right, judged, missed, unread, wanted } = counts;
  return { precision: share(right, judged), recall: share(right, right + missed), unread: share(unread, wanted) };
}

/** Of problems of one cause that stood open beside each other, the first. */
function stoodBeside(problems: readonly Grouped[], windowMs: number): Grouped[] {
  const sorted = [...problems].sort((a, b) => a.openedAt.getTime() - b.openedAt.getTime() || (a.id < b.id ? -1 : 1));
  const [heads, apart] = [new Set<Grouped>(), new Set<Grouped>()];
  sorted.forEach((problem, at) => {
    for (let back = at - 1; back >= 0; back -= 1) {
      const before = sorted[back];
      if (!before || problem.openedAt.getTime() - before.openedAt.getTime() > windowMs) return;
      if (before.closedAt !== undefined && before.closedAt <= problem.openedAt) continue;
      apart.add(problem);
      if (!apart.has(before)) heads.add(before);
      return;
    }
  });
  return [...heads];
}

function byKey<T>(all: readonly T[], keyOf: (each: T) => string | undefined): T[][] {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return [...groups.values()];
}
