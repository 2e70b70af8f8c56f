import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns';
import type { ActionKind } from './action';
import type { Actor } from './actor';
import { isNamedOwner } from './ownership';
import { type Freeze, type Rule, type Settings, teamOf } from './settings';

/** What someone wants to touch, as far as the policy looks at it. */
export interface AuthoriseTarget {
  /** Of the pipeline's facts. */
  team?: string;
  owner?: string;
  tags?: string[];
  tier?: number;
  environment?: string;
  /** Runs that the action would touch. */
  size: number;
}

export interface Verdict {
  verdict: 'allow' | 'needs-approval' | 'deny';
  /** A sentence for the person; also stands in the audit trail. */
  reason: string;
  /** Who may do it, as a part of a sentence: "members of *orders*". */
  whoMay: string;
  /** Who can approve, when approval is needed: `owningTeam`, a role or a team, as the policy words it. */
  approveBy?: string;
  /** The name of the freeze that stands in the way. */
  freeze?: string;
}

export type PolicySettings = Pick<Settings, 'policies' | 'teams' | 'workspace'>;

/** The roles that the default policy knows. An `admin` is also meant wherever a rule allows someone; an `operator` only where named. */
const admin = 'admin';
const operator = 'operator';
/** What the owning team may do where no rule says otherwise. */
const harmless: readonly ActionKind[] = ['retry', 'stop'];

/**
 * May this person do this to that? Pure.
 *
 * 1. Bots and deactivated people may do nothing; guests may only look.
 * 2. In a freeze nobody changes anything.
 * 3. `allow` rules that name the kind (and fit the tier) are alternatives: one that fits is enough. Where none names the kind, the
 *    default holds: the owning team, or the named owner, may retry and stop; operators and admins may do all.
 * 4. An `approve` rule that fits asks for a second person on top; where it is the only word on a kind, the owning team may ask.
 */
export function authorise(
  actor: Actor,
  kind: ActionKind | 'look',
  target: AuthoriseTarget,
  settings: PolicySettings,
  now: Date,
): Verdict {
  const whoMay = sayWhoMay(kind, target, settings);
  const deny = (reason: string): Verdict => ({ verdict: 'deny', reason, whoMay });

  if (actor.isBot) return deny('Apps and workflows may not do that here; a person has to.');
  if (actor.isDeactivated) return deny('This account is deactivated.');
  if (kind === 'look') return { verdict: 'allow', reason: 'Everybody may look.', whoMay };
  if (actor.isGuest) return deny('Guests may look, but not change anything.');

  const { grants, approval } = rulesFor(kind, target, settings);
  const holders = grants.filter((grant) => holds(actor, grant.who, target, settings));
  if (holders.length === 0) {
    return deny(
      whoMay === nobody ? `No rule of the policy lets anybody ${kind} this.` : `Only ${whoMay} may ${kind} this.`,
    );
  }
  const grant = holders.find(({ maxRuns }) => maxRuns === undefined || target.size <= maxRuns);
  if (!grant) {
    const most = Math.max(...holders.map(({ maxRuns }) => maxRuns ?? 0));
    return deny(`You may ${kind} at most ${most} ${most === 1 ? 'run' : 'runs'} at once; this is ${target.size}.`);
  }
  // Only who might do it otherwise is told of the freeze, and only for them the glass can be broken.
  const freeze = settings.policies.freezes.find((each) => isInForce(each, target, settings.workspace.timeZone, now));
  if (freeze) {
    const reason = `Changes are frozen until ${sayLocal(freeze.to)}, ${settings.workspace.timeZone} (${freeze.name}).`;
    return { ...deny(reason), freeze: freeze.name };
  }
  if (approval) {
    const by = sayWho(approval.by, target, settings);
    return { verdict: 'needs-approval', reason: `This needs a yes from ${by}.`, whoMay, approveBy: approval.by };
  }
  return { verdict: 'allow', reason: grant.why, whoMay };
}

/** May this person look after Pitcrew itself: posts that were set aside, all bulk work, a freeze that has to be gone over? */
export function mayOperate(
  actor: Pick<Actor, 'roles' | 'isBot' | 'isDeactivated' | 'isGuest'>,
  { policies }: Pick<Settings, 'policies'>,
): { may: boolean; whoMay: string } {
  const named = [operator, admin].filter((role) => policies.roles[role] !== undefined);
  const may = !actor.isBot && !actor.isDeactivated && !actor.isGuest && actor.roles.some(isRole);
  const whoMay =
    named.length > 0
      ? `people with the role ${list(named.map((role) => `*${role}*`))}`
      : `people with the role *${operator}* or *${admin}*; neither is set up yet, see policies.roles in pitcrew.yaml`;
  return { may, whoMay };
}

/** Whether this person's yes counts for an action that needs approval. Nobody approves what they asked for themselves. */
export function mayApprove(
  approver: Actor,
  asker: Pick<Actor, 'personId'>,
  approveBy: string,
  target: AuthoriseTarget,
  settings: PolicySettings,
): boolean {
  if (approver.isBot || approver.isDeactivated || approver.isGuest) return false;
  if (approver.personId === asker.personId) return false;
  return holds(approver, approveBy, target, settings);
}

/** Who may do this, as a part of a sentence: "members of *orders*, its owner, or people with the role *admin*". */
export function sayWhoMay(
  kind: ActionKind | 'look',
  target: Pick<AuthoriseTarget, 'team' | 'owner' | 'tier'>,
  settings: PolicySettings,
): string {
  if (kind === 'look') return 'everybody';
  const { grants } = rulesFor(kind, target, settings);
  const said = grants
    .filter(({ who }) => !isRole(who) || settings.policies.roles[who] !== undefined)
    .map(({ who }) => sayWho(who, target, settings));
  return said.length > 0 ? list([...new Set(said)]) : nobody;
}

const nobody = 'nobody so far';

interface Grant {
  who: string;
  maxRuns?: number;
  why: string;
}

function rulesFor(
  kind: ActionKind,
  target: Pick<AuthoriseTarget, 'tier'>,
  { policies }: PolicySettings,
): { grants: Grant[]; approval?: Extract<Rule, { effect: 'approve' }> } {
  const fitting = policies.rules.filter(
    ({ kinds, tiers }) =>
      kinds.includes(kind) && (tiers === undefined || (target.tier !== undefined && tiers.includes(target.tier))),
  );
  const approval = fitting.find((rule) => rule.effect === 'approve');
  const allowed = fitting.filter((rule) => rule.effect === 'allow');
  const isNamed = policies.rules.some((rule) => rule.effect === 'allow' && rule.kinds.includes(kind));
  if (isNamed) {
    const most = allowed.every(({ maxRuns }) => maxRuns !== undefined)
      ? Math.max(0, ...allowed.map(({ maxRuns }) => maxRuns ?? 0))
      : undefined;
    const grants = allowed.map(({ who, maxRuns }) => ({ who, maxRuns, why: `The policy allows ${kind} for ${who}.` }));
    if (allowed.length > 0) grants.push({ who: admin, maxRuns: most, why: `The policy allows ${kind} for ${admin}.` });
    return { grants, approval };
  }
  const mayAsk = harmless.includes(kind) || approval !== undefined;
  const grants = [...(mayAsk ? ['owningTeam'] : []), operator, admin];
  return { grants: grants.map((who) => ({ who, why: `By default ${who} may ${kind}.` })), approval };
}

const isRole = (who: string) => who === admin || who === operator;

/** `who` is `owningTeam`, a role or a team. A full member is taken for granted. */
function holds(actor: Actor, who: string, target: AuthoriseTarget, settings: PolicySettings): boolean {
  if (who !== 'owningTeam') {
    const wanted = who.toLowerCase();
    return actor.roles.includes(who) || actor.teams.some((team) => team.toLowerCase() === wanted);
  }
  if (isNamedOwner(actor, target)) return true;
  // Without a team that the settings know, or without a list of its members, any full member counts.
  const team = teamOf(target, settings);
  return !team?.members || actor.teams.some((mine) => mine.toLowerCase() === team.name.toLowerCase());
}

function sayWho(who: string, target: Pick<AuthoriseTarget, 'team' | 'owner'>, settings: PolicySettings): string {
  if (who === 'owningTeam') {
    const team = teamOf(target, settings);
    if (!team?.members) return 'full members of this workspace';
    return target.owner && teamOf({ owner: target.owner }, settings) === undefined
      ? `members of *${team.name}* or its owner`
      : `members of *${team.name}*`;
  }
  return settings.policies.roles[who] === undefined ? `members of *${who}*` : `people with the role *${who}*`;
}

function list(parts: string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

/** Half open: from the minute `from` until before `to`, wall time of the workspace. */
function isInForce(freeze: Freeze, target: AuthoriseTarget, timeZone: string, now: Date): boolean {
  const local = format(new TZDate(now, timeZone), "yyyy-MM-dd'T'HH:mm");
  if (local < freeze.from || local >= freeze.to) return false;
  return (freeze.tags ?? []).every((tag) => target.tags?.includes(tag));
}

function sayLocal(local: string): string {
  return format(new TZDate(`${local}:00Z`, 'UTC'), 'd MMM yyyy, HH:mm');
}
