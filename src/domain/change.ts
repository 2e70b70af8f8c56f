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
  /** Where it put a version in force that still is: the one that was before. */
  back?: string;
  /** It is a change of a pipeline that feeds this one, by its key. */
  upstream?: string;
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
  const back = versionInForceBefore(change, changes);
  const beforeMs = failedAt.getTime() - change.at.getTime();
  return { change, beforeMs, more: told.length - 1, ...(back === undefined ? {} : { back }) };
}

/**
 * Without the way back where another version has been put in force since.
 *
 * @param since what became of the pipeline after the failure
 */
export function asOfNow(found: ChangedBefore, since: readonly Change[]): ChangedBefore {
  const { change, back, ...rest } = found;
  const newest = since
    .filter(({ kind, version, at }) => version && (kind === 'activated' || kind === 'deployed') && at > change.at)
    .sort((a, b) => b.at.getTime() - a.at.getTime())[0];
  const isInForce = newest === undefined || newest.version === change.version;
  return { ...rest, change, ...(back !== undefined && isInForce ? { back } : {}) };
}

/** The newest that changed in what feeds a pipeline: told where nothing of its own did. The way back is not its own either. */
export function changedUpstream(found: readonly ChangedBefore[]): ChangedBefore | undefined {
  const [newest, ...others] = [...found].sort((a, b) => a.beforeMs - b.beforeMs);
  if (!newest) return undefined;
  const { change, beforeMs } = newest;
  const more = newest.more + others.reduce((sum, each) => sum + each.more + 1, 0);
  return { change, beforeMs, more, upstream: change.pipeline.key };
}

/** The version that a change took the place of: the last one put in force, else the last one pushed. */
function versionInForceBefore({ kind, version, at }: Change, changes: readonly Change[]): string | undefined {
  if (!version || (kind !== 'activated' && kind !== 'deployed')) return undefined;
  const older = changes
    .filter((each) => each.at < at && each.version && each.version !== version)
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  return (older.find((each) => each.kind !== 'version') ?? older[0])?.version;
}

const versionsNamed = 5;

/** What putting a version in force would change: what is in force now, what was pushed after the wished one, how to take it back. */
export function sayVersions(told: readonly Change[], wanted: string): string[] {
  const active = told.find((change) => change.active)?.version;
  if (active === undefined || active === wanted) return [];
  const pushes = told.filter(({ kind, version }) => kind === 'version' && version !== undefined);
  const of = (version: string) => pushes.find((push) => push.version === version);
  const [from, to] = [of(wanted), of(active)].map((push) => push?.at.getTime());
  const between =
    from === undefined || to === undefined
      ? []
      : pushes.filter(({ at }) => at.getTime() > Math.min(from, to) && at.getTime() <= Math.max(from, to));
  const isBack = from !== undefined && to !== undefined && from < to;
  const named = between.slice(0, versionsNamed).map(({ version, by, at, commit }) => {
    const who = [by, at.toISOString().slice(0, 10), commit?.slice(0, 8)].filter(Boolean).join(', ');
    return `version ${version} (${who})`;
  });
  const more = between.length > named.length ? ` and ${between.length - named.length} more` : '';
  return [
    `In force now is version ${active}.`,
    ...(named.length > 0 ? [`${isBack ? 'Takes back' : 'Brings'} ${named.join(', ')}${more}.`] : []),
    `To undo it, redeploy version ${active}.`,
  ];
}
