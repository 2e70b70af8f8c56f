import { type Share, share } from './share';
import { type Spread, spreadOfCohort } from './spread';

export interface ProductionChange {
  pipeline: string;
  at: Date;
}

/** A run that ended after the changes, in the order of time. */
export interface RunAfter {
  pipeline: string;
  at: Date;
  failed: boolean;
  fingerprint?: string;
  /** The fault lies with the platform or with what it waits for: no change of its own did it. */
  isElsewhere?: boolean;
}

const changeWindowMs = 24 * 3_600_000;
const runsAfterChange = 2;
const knownFaultMs = 7 * 24 * 3_600_000;

export interface ChangeFailure {
  change: ProductionChange;
  failedAt: Date;
  /** Another change of the same pipeline could have done it as well. */
  isAmbiguous: boolean;
}

/**
 * Changes followed, within 24 hours or two runs, whichever is less, by a failure that was not there before: its fingerprint is
 * absent in the 7 days before the change. One failure may stand for several changes; each counts, marked as ambiguous.
 */
export function changeFailures(
  changes: readonly ProductionChange[],
  runs: readonly RunAfter[],
): { rate: Share; failures: ChangeFailure[]; ambiguous: number } {
  const byPipeline = new Map<string, RunAfter[]>();
  for (const run of runs) byPipeline.set(run.pipeline, [...(byPipeline.get(run.pipeline) ?? []), run]);
  for (const own of byPipeline.values()) own.sort((a, b) => a.at.getTime() - b.at.getTime());
  const found = changes.flatMap((change) => {
    const own = byPipeline.get(change.pipeline) ?? [];
    const since = change.at.getTime();
    const before = new Set(
      own
        .filter(({ at, failed }) => failed && at.getTime() <= since && at.getTime() > since - knownFaultMs)
        .map(({ fingerprint }) => fingerprint),
    );
    const after = own
      .filter(({ at }) => at.getTime() > since && at.getTime() <= since + changeWindowMs)
      .slice(0, runsAfterChange);
    const failure = after.find((run) => run.failed && !run.isElsewhere);
    if (!failure || before.has(failure.fingerprint)) return [];
    return [{ change, failedAt: failure.at }];
  });
  const failures = found.map(({ change, failedAt }) => ({
    change,
    failedAt,
    isAmbiguous: found.some(
      (other) =>
        other.change !== change &&
        other.change.pipeline === change.pipeline &&
        other.failedAt.getTime() === failedAt.getTime(),
    ),
  }));
  return {
    rate: share(failures.length, changes.length),
    failures,
    ambiguous: failures.filter(({ isAmbiguous }) => isAmbiguous).length,
  };
}

/**
 * From each failure that a change has caused to the end of the episode that it lies in: the last one of its pipeline that began by then.
 * What is open at `until` is open in the cohort.
 */
export function changeRecovery(
  failures: readonly ChangeFailure[],
  episodes: readonly { pipeline: string; startedAt: Date; endedAt?: Date }[],
  until: Date,
): Spread {
  return spreadOfCohort(
    failures
      .filter(({ failedAt }) => failedAt < until)
      .flatMap(({ change, failedAt }) => {
        const [episode] = episodes
          .filter(({ pipeline, startedAt }) => pipeline === change.pipeline && startedAt <= failedAt)
          .filter(({ endedAt }) => endedAt === undefined || endedAt >= failedAt)
          .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
        if (!episode) return [];
        const isOpen = episode.endedAt === undefined || episode.endedAt >= until;
        const to = isOpen ? until : (episode.endedAt ?? until);
        return [{ ms: to.getTime() - failedAt.getTime(), isOpen }];
      }),
  );
}
