import type { PersonOptions } from '../options';
import { Refusal } from '../refusal';
import type { JsonObject } from '../wire';
import { type Method, page, type Services } from './method';

/** Seconds east of Greenwich, now. */
function offsetSeconds(timeZone: string, now: Date): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const found = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (!found) return 0;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3]) * 60);
}

function profileOf(services: Services, person: PersonOptions): JsonObject {
  const image = `${services.base()}/page/avatar.svg?name=${encodeURIComponent(person.realName)}`;
  return {
    real_name: person.realName,
    real_name_normalized: person.realName,
    display_name: person.name,
    display_name_normalized: person.name,
    first_name: person.realName.split(' ')[0],
    title: '',
    team: services.team.id,
    status_text: '',
    status_emoji: '',
    ...(services.app.scopes.includes('users:read.email') && person.email !== '' ? { email: person.email } : {}),
    ...(person.id === services.store.botUserId
      ? { api_app_id: services.app.appId, bot_id: services.store.botId, always_active: true }
      : {}),
    image_24: image,
    image_48: image,
    image_72: image,
  };
}

function userOnWire(services: Services, person: PersonOptions): JsonObject {
  const common = {
    id: person.id,
    team_id: services.team.id,
    name: person.name,
    deleted: person.deleted ?? false,
    profile: profileOf(services, person),
    is_bot: person.isBot ?? false,
    updated: Math.floor(services.clock.now().getTime() / 1000),
    is_app_user: false,
  };
  // Of people who left, Slack tells neither zone nor role.
  if (person.deleted) return common;
  return {
    ...common,
    real_name: person.realName,
    tz: person.timeZone,
    tz_label: person.timeZone,
    tz_offset: offsetSeconds(person.timeZone, services.clock.now()),
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.isGuest ?? false,
    is_ultra_restricted: false,
  };
}

function userOrThrow(services: Services, id: string): PersonOptions {
  const person = services.store.users.get(id);
  if (!person) throw new Refusal('user_not_found');
  return person;
}

const info: Method = {
  name: 'users.info',
  tier: '4',
  scopes: ['users:read'],
  run: (args, services) => ({ user: userOnWire(services, userOrThrow(services, args.required('user'))) }),
};

const list: Method = {
  name: 'users.list',
  tier: '2',
  scopes: ['users:read'],
  run(args, services) {
    const { items, next } = page([...services.store.users.values()], args, 1000, 1000);
    return {
      members: items.map((person) => userOnWire(services, person)),
      cache_ts: Math.floor(services.clock.now().getTime() / 1000),
      response_metadata: { next_cursor: next },
    };
  },
};

const lookupByEmail: Method = {
  name: 'users.lookupByEmail',
  tier: '3',
  scopes: ['users:read.email'],
  run(args, services) {
    const email = args.required('email').toLowerCase();
    const person = [...services.store.users.values()].find(
      (candidate) => candidate.email.toLowerCase() === email && !candidate.deleted,
    );
    if (!person) throw new Refusal('users_not_found');
    return { user: userOnWire(services, person) };
  },
};

const profileGet: Method = {
  name: 'users.profile.get',
  tier: '4',
  scopes: ['users.profile:read'],
  run: (args, services) => ({
    profile: profileOf(services, userOrThrow(services, args.text('user') || services.store.botUserId)),
  }),
};

const groupsList: Method = {
  name: 'usergroups.list',
  tier: '2',
  scopes: ['usergroups:read'],
  run: (args, { store, team }) => ({
    usergroups: [...store.userGroups.values()].map((group) => ({
      id: group.id,
      team_id: team.id,
      is_usergroup: true,
      name: group.name,
      handle: group.handle,
      description: '',
      date_delete: 0,
      ...(args.flag('include_users') ? { users: group.members } : {}),
      ...(args.flag('include_count') ? { user_count: group.members.length } : {}),
    })),
  }),
};

const groupUsers: Method = {
  name: 'usergroups.users.list',
  tier: '2',
  scopes: ['usergroups:read'],
  run(args, { store }) {
    const group = store.userGroups.get(args.required('usergroup'));
    if (!group) throw new Refusal('no_such_subteam');
    return { users: group.members };
  },
};

export const userMethods: Method[] = [info, list, lookupByEmail, profileGet, groupsList, groupUsers];
