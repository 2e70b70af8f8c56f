import type { PipelineRef } from './pipeline';

/** A deploy, version or configuration change of a Pipeline: "what changed since", and what one can roll back to. */
export interface Change {
  pipeline: PipelineRef;
  kind: 'deployed' | 'version' | 'activated' | 'settings';
  version?: string;
  by?: string;
  at: Date;
  note?: string;
  commit?: string;
  branch?: string;
  url?: string;
  /** True for the version in force now. */
  active?: boolean;
}

/** What changed before something broke: the newest of it, and how many more there were. */
export interface ChangedBefore {
  change: Change;
  /** From the change to the failure. */
  beforeMs: number;
  more: number;
}

/** Where no run is known that went well, only what changed so shortly before is named. */
const changeWindowMs = 24 * 3_600_000;
/** And never what is older: after a week somebody would have noticed. */
const longestMs = 7 * 24 * 3_600_000;

/**
 * What changed between the last run that went well and the failure: what that run did not have yet. A push that was put in force
 * counts once, as the latter.
 *
 * @param lastGoodStartedAt when the last run that went well before the failure began
 */
export function changedBefore(
  changes: readonly Change[],
  { failedAt, lastGoodStartedAt }: { failedAt: Date; lastGoodStartedAt?: Date },
): ChangedBefore | undefined {
  const earliest = Math.max(
    failedAt.getTime() - (lastGoodStartedAt ? longestMs : changeWindowMs),
    lastGoodStartedAt?.getTime() ?? 0,
  );
  const within = changes
    .filter(({ at }) => at.getTime() > earliest && at <= failedAt)
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  const inForce = new Set(within.flatMap(({ kind, version }) => (kind === 'activated' && version ? [version] : [])));
  const told = within.filter(
    ({ kind, version }) => kind !== 'version' || version === undefined || !inForce.has(version),
  );
  const [change] = told;
  if (!change) return undefined;
  return { change, beforeMs: failedAt.getTime() - change.at.getTime(), more: told.length - 1 };
}
