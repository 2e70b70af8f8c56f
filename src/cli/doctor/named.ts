import { groupsInRules, peopleInRules } from '../../domain/policies';
import type { Settings } from '../../domain/settings';

/** Something of Slack that the settings name, and the key where they first do. */
export interface Named {
  id: string;
  usedBy: string;
}

export function namedChannels(settings: Settings): Named[] {
  const { routes, teams, support, digest } = settings;
  return firstOfEach([
    { id: settings.defaultChannel, usedBy: 'defaultChannel' },
    { id: settings.platformChannel, usedBy: 'platformChannel' },
    ...routes.map(({ channel }, index) => ({ id: channel, usedBy: `routes[${index}].channel` })),
    ...teams.map(({ channel }, index) => ({ id: channel, usedBy: `teams[${index}].channel` })),
    ...support.channels.map((channel, index) => ({ id: channel, usedBy: `support.channels[${index}]` })),
    { id: support.triageChannel, usedBy: 'support.triageChannel' },
    { id: digest.channel, usedBy: 'digest.channel' },
  ]);
}

export function namedGroups(settings: Settings): Named[] {
  const { teams, policies, adoption } = settings;
  return firstOfEach([
    ...teams.flatMap(({ members, onCall }, index) => [
      { id: members?.usergroup, usedBy: `teams[${index}].members` },
      { id: onCall?.usergroup, usedBy: `teams[${index}].onCall` },
    ]),
    ...Object.entries(policies.roles).map(([role, { usergroup }]) => ({
      id: usergroup,
      usedBy: `policies.roles.${role}`,
    })),
    ...groupsInRules(settings).map((id) => ({ id, usedBy: 'policies.rules' })),
    ...adoption.eligibleGroups.map((id, index) => ({ id, usedBy: `adoption.eligibleGroups[${index}]` })),
  ]);
}

/** People by Slack id or e-mail address. */
export function namedPeople(settings: Settings): Named[] {
  return firstOfEach(peopleInRules(settings).map((id) => ({ id, usedBy: 'policies.rules' })));
}

function firstOfEach(list: { id: string | undefined; usedBy: string }[]): Named[] {
  const found = new Map<string, Named>();
  for (const { id, usedBy } of list) if (id !== undefined && !found.has(id)) found.set(id, { id, usedBy });
  return [...found.values()];
}
