import type { Actor } from '../../domain/actor';
import { admin, operator } from '../../domain/authorise';
import { isNamedOwner } from '../../domain/ownership';
import type { PipelineFacts } from '../../domain/pipeline';
import { readWho } from '../../domain/policies';
import { type Settings, teamOf } from '../../domain/settings';

export type PolicySettings = Pick<Settings, 'policies' | 'teams' | 'workspace'>;

/** What someone wants to touch, as far as the policy looks at it. */
export interface PolicyTarget extends Pick<PipelineFacts, 'team' | 'owner' | 'tags' | 'tier' | 'environment'> {
  connection?: string;
  key?: string;
}

/** Names of people and user groups by their Slack ids, for what is said of them. */
export type Names = ReadonlyMap<string, string>;

const owningTeam = 'owningTeam';

/** What a word of a rule stands for, as `standingsOf` lists it. */
export function standingFor(word: string, settings: PolicySettings): string {
  const who = readWho(word, settings);
  if (who.kind === owningTeam) return owningTeam;
  return `${who.kind === 'unknown' ? 'role' : who.kind}:${who.kind === 'team' ? who.name.toLowerCase() : who.name}`;
}

/** All that a person is to a pipeline. A full member is taken for granted. */
export function standingsOf(actor: Actor, target: PolicyTarget, settings: PolicySettings): string[] {
  return [
    ...(isOwner(actor, target, settings) ? [owningTeam] : []),
    ...actor.roles.map((role) => `role:${role}`),
    ...actor.teams.map((team) => `team:${team.toLowerCase()}`),
    ...(actor.groups ?? []).map((group) => `group:${group}`),
    `person:${actor.slackId}`,
    ...(actor.email ? [`person:${actor.email.toLowerCase()}`] : []),
  ];
}

/** Without a team that the settings know, or without a list of its members, any full member counts. */
function isOwner(actor: Actor, target: PolicyTarget, settings: PolicySettings): boolean {
  if (isNamedOwner(actor, target)) return true;
  const team = teamOf(target, settings);
  return !team?.members || actor.teams.some((mine) => mine.toLowerCase() === team.name.toLowerCase());
}

/** Whom to call for them in Slack: a user group or a person, by id. `undefined` = nobody of whom Slack's id is known. */
export function slackIdOf(word: string, target: PolicyTarget, settings: PolicySettings): string | undefined {
  const who = readWho(word, settings);
  const team = (name: string) => settings.teams.find((each) => each.name === name)?.members?.usergroup;
  switch (who.kind) {
    case 'owningTeam':
      return teamOf(target, settings)?.members?.usergroup;
    case 'role':
      return settings.policies.roles[who.name]?.usergroup;
    case 'team':
      return team(who.name);
    case 'group':
      return who.name;
    case 'person':
      return who.name.includes('@') ? undefined : who.name;
    case 'unknown':
      return undefined;
  }
}

/** As a part of a sentence: "members of *orders*". `undefined` = a role of ours that is not set up, so that nobody can hold it. */
export function sayWho(word: string, target: PolicyTarget, settings: PolicySettings, names: Names): string | undefined {
  const who = readWho(word, settings);
  switch (who.kind) {
    case 'owningTeam': {
      const team = teamOf(target, settings);
      if (!team?.members) return 'full members of this workspace';
      return target.owner && teamOf({ owner: target.owner }, settings) === undefined
        ? `members of *${team.name}* or its owner`
        : `members of *${team.name}*`;
    }
    case 'role':
      return `people with the role *${who.name}*`;
    case 'team':
      return `members of *${who.name}*`;
    case 'group':
      return `members of @${names.get(who.name) ?? who.name}`;
    case 'person':
      return names.get(who.name) ?? who.name;
    case 'unknown':
      return who.name === admin || who.name === operator ? undefined : `people with the role *${who.name}*`;
  }
}
