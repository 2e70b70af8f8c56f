import { isLive, type Rest } from '../domain/incident';
import type { MemberKey, StoredMember } from '../store/incident-rows';

/** Parted by what no stored text holds. */
export const keyTextOf = (of: Pick<MemberKey, 'connection' | 'pipeline'> & { partition?: string }): string =>
  `${of.connection}\0${of.pipeline}\0${of.partition ?? ''}`;

/**
 * The members of one incident while a batch is decided. An event is about one of them: that one is looked up by its key, and the others
 * are counted, so that an event costs the same however many there are.
 */
export interface Membership {
  of(key: string): StoredMember | undefined;
  /** All but the one with this key, those that were not read among them. */
  butFor(key: string): Rest;
  put(member: StoredMember): void;
  /** Those that were read or put. */
  all(): Iterable<StoredMember>;
}

export function createMembership(members: readonly StoredMember[], rest: Rest | undefined): Membership {
  const byKey = new Map<string, StoredMember>();
  const total: Rest = { ...(rest ?? { count: 0, live: 0, recovered: 0 }) };

  function count(member: StoredMember, by: 1 | -1): void {
    total.count += by;
    if (isLive(member)) total.live += by;
    if (member.state === 'recovered') total.recovered += by;
  }

  function lastEndBut(key: string): Date | undefined {
    const before = byKey.get(key);
    // Only the last of them to end can hide when another one did.
    if (!before?.endedAt || !total.lastEndedAt || before.endedAt < total.lastEndedAt) return total.lastEndedAt;
    let last = rest?.lastEndedAt;
    for (const [each, { endedAt }] of byKey) if (each !== key) last = later(last, endedAt);
    return last;
  }

  const membership: Membership = {
    of: (key) => byKey.get(key),
    butFor(key) {
      const own = byKey.get(key);
      const lastEndedAt = lastEndBut(key);
      return {
        count: total.count - (own ? 1 : 0),
        live: total.live - (own && isLive(own) ? 1 : 0),
        recovered: total.recovered - (own?.state === 'recovered' ? 1 : 0),
        ...(lastEndedAt ? { lastEndedAt } : {}),
      };
    },
    put(member) {
      const key = keyTextOf(member);
      const before = byKey.get(key);
      total.lastEndedAt = later(lastEndBut(key), member.endedAt);
      if (before) count(before, -1);
      count(member, 1);
      byKey.set(key, member);
    },
    all: () => byKey.values(),
  };
  for (const member of members) membership.put(member);
  return membership;
}

function later(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a > b ? a : b) : (a ?? b);
}
