import type { Change } from './change';

/** A version that can be put in force. */
export interface OfferedVersion {
  version: string;
  /** When it was pushed, or first heard of. */
  at: Date;
  by?: string;
  note?: string;
  commit?: string;
}

export interface VersionList {
  /** Newest first. */
  versions: OfferedVersion[];
  /** Older ones that found no room. */
  more: number;
  inForce?: string;
  /** The one to go back to. */
  before?: string;
}

/** The version that was in force before the present one; `undefined` = none is known. */
export function versionBefore(changes: readonly Change[]): string | undefined {
  const inOrder = newestFirst(changes).flatMap(({ version }) => (version ? [version] : []));
  const inForce = changes.find(({ active }) => active)?.version;
  if (inForce === undefined) return [...new Set(inOrder)][1];
  return inOrder.slice(inOrder.indexOf(inForce) + 1).find((version) => version !== inForce);
}

/** What there is to choose from, each version once: as it was pushed, where that is known. The one in force and the one before always have room. */
export function versionList(changes: readonly Change[], max: number): VersionList {
  const byVersion = new Map<string, Change>();
  for (const change of newestFirst(changes)) {
    const { version, kind } = change;
    if (!version) continue;
    const known = byVersion.get(version);
    if (!known || kind === 'version' || known.kind !== 'version') byVersion.set(version, { ...known, ...told(change) });
  }
  const all = newestFirst([...byVersion.values()]);
  const inForce = changes.find(({ active }) => active)?.version;
  const before = versionBefore(changes);
  const kept =
    all.length <= max
      ? all
      : all.filter(({ version }, nth) => nth < max - 2 || version === inForce || version === before);
  return {
    versions: kept.map(({ version = '', at, by, note, commit }) => ({
      version,
      at,
      ...(by ? { by } : {}),
      ...(note ? { note } : {}),
      ...(commit ? { commit } : {}),
    })),
    more: all.length - kept.length,
    ...(inForce === undefined ? {} : { inForce }),
    ...(before === undefined ? {} : { before }),
  };
}

/** Without the fields that say nothing, so that they hide nothing that is known. */
function told(change: Change): Change {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as unknown as Change;
}

function newestFirst(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => b.at.getTime() - a.at.getTime());
}
