import type { Actor } from './actor';
import type { PipelineFacts } from './pipeline';
import { type Settings, teamOf } from './settings';

type Owned = Pick<PipelineFacts, 'owner' | 'team'>;

/**
 * Is this person the owner that the facts name? Only by what a person cannot choose for themselves: the Slack id or the e-mail
 * address. Good enough to grant rights.
 */
export function isNamedOwner(actor: Pick<Actor, 'slackId' | 'email'>, facts: Pick<Owned, 'owner'>): boolean {
  const owner = plain(facts.owner);
  if (owner === '') return false;
  return owner === actor.slackId.toLowerCase() || (actor.email !== undefined && owner === actor.email.toLowerCase());
}

/**
 * Mine = I own it, or my team does (design.md, Status without a name). Orchestrators often know an owner only as `dana`, so here
 * the name and the part of the e-mail address before its @ count too. Good enough to look, not to grant rights.
 */
export function isMine(actor: Actor, facts: Owned, settings: Pick<Settings, 'teams'>): boolean {
  if (isNamedOwner(actor, facts)) return true;
  const owner = plain(facts.owner);
  if (owner !== '' && (owner === plain(actor.name) || owner === plain(actor.email?.split('@')[0]))) return true;
  const team = plain(teamOf(facts, settings)?.name ?? facts.team);
  return team !== '' && actor.teams.some((mine) => plain(mine) === team);
}

/** An e-mail address and nothing else: a field that holds one names a person. */
export function isAddress(text: string): boolean {
  return /^[^\s@<>]+@[^\s@<>]+$/.test(text);
}

/** `<@U123|dana>`, `@dana` and ` Dana ` to what is compared. */
function plain(text: string | undefined): string {
  return (text ?? '')
    .trim()
    .replace(/^<@([^|>]+)(?:\|[^>]*)?>$/, '$1')
    .replace(/^@/, '')
    .toLowerCase();
}
