import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import type { Actor } from './actor';
import type { Freeze } from './policies';
import type { Settings } from './settings';

/** What the policy says of a wish: of this person, to do this to that, now. Decided in src/actions/policy. */
export interface Verdict {
  verdict: 'allow' | 'needs-approval' | 'deny';
  /** A sentence for the person; also stands in the audit trail. */
  reason: string;
  /** Who may do it, as a part of a sentence: "members of *orders*". */
  whoMay: string;
  /** Who can approve, when approval is needed, as the policy words it. */
  approveBy?: string;
  /** The same as a Slack id that can be called: of a user group or a person. Left out = there is none. */
  calls?: string;
  /** The name of the freeze that stands in the way. */
  freeze?: string;
}

/** The roles that the default policy knows. An `admin` is also meant wherever a rule allows someone; an `operator` only where named. */
export const admin = 'admin';
export const operator = 'operator';

/** May this person look after Pitcrew itself: posts that were set aside, all bulk work, a freeze that has to be gone over? */
export function mayOperate(
  actor: Pick<Actor, 'roles' | 'isBot' | 'isDeactivated' | 'isGuest'>,
  { policies }: Pick<Settings, 'policies'>,
): { may: boolean; whoMay: string } {
  const both = [operator, admin];
  const named = both.filter((role) => policies.roles[role] !== undefined);
  const may = !actor.isBot && !actor.isDeactivated && !actor.isGuest && actor.roles.some((role) => both.includes(role));
  const whoMay =
    named.length > 0
      ? `people with the role ${listOr(named.map((role) => `*${role}*`))}`
      : `people with the role *${operator}* or *${admin}*; neither is set up yet, see policies.roles in pitcrew.yaml`;
  return { may, whoMay };
}

/** The first freeze that holds for a pipeline of these tags: from the minute `from` until before `to`, wall time of the workspace. */
export function freezeOf(
  tags: readonly string[],
  { policies, workspace }: Pick<Settings, 'policies' | 'workspace'>,
  now: Date,
): Freeze | undefined {
  const local = format(new TZDate(now, workspace.timeZone), "yyyy-MM-dd'T'HH:mm");
  return policies.freezes.find(
    (freeze) => local >= freeze.from && local < freeze.to && (freeze.tags ?? []).every((tag) => tags.includes(tag)),
  );
}

/** "a, b or c" */
export function listOr(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}
