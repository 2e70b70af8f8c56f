import { isTopLevel, threadOf } from '../messages';
import { Refusal } from '../refusal';
import { kindOf } from '../slack-events';
import type { Channel, Message } from '../store';
import type { JsonObject } from '../wire';
import type { Arguments } from './arguments';
import { conversationScopes, inChannel, kindScopes, type Method, page, type Services, visibleChannel } from './method';

const kindByType = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
} as const;

type TypeName = keyof typeof kindByType;
const isTypeName = (name: string): name is TypeName => name in kindByType;

function typesAsked(args: Arguments): TypeName[] {
  const asked = args.list('types');
  if (asked.length === 0) return ['public_channel'];
  const known = asked.filter(isTypeName);
  if (known.length < asked.length) throw new Refusal('invalid_types');
  return known;
}

/** Listing needs the scope of every type that is asked for. */
function listScopes(args: Arguments, { app }: Services): string[] {
  const needed = typesAsked(args).map((type) => kindScopes[kindByType[type]].read);
  const missing = needed.filter((scope) => !app.scopes.includes(scope));
  return missing.length > 0 ? missing : needed;
}

function channelOnWire(services: Services, channel: Channel, withCount = false): JsonObject {
  const { store } = services;
  const common = {
    id: channel.id,
    created: Math.floor(channel.createdAt.getTime() / 1000),
    is_archived: channel.isArchived,
    is_org_shared: false,
    ...(withCount ? { num_members: channel.members.length } : {}),
  };
  if (channel.kind === 'im')
    return {
      ...common,
      is_im: true,
      user: channel.members.find((id) => id !== store.botUserId),
      is_user_deleted: false,
    };
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate && channel.kind === 'channel',
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.isPrivate,
    is_general: channel.name === 'general',
    is_shared: false,
    is_ext_shared: false,
    is_member: inChannel(services, channel),
    context_team_id: services.team.id,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: channel.members.length,
  };
}

const seen = (services: Services, channel: Channel) => !channel.isPrivate || inChannel(services, channel);

const list: Method = {
  name: 'conversations.list',
  tier: '2',
  scopes: listScopes,
  run(args, services) {
    const kinds = typesAsked(args).map((type) => kindByType[type]);
    const channels = [...services.store.channels.values()].filter(
      (channel) =>
        kinds.some((kind) => kind === kindOf(channel)) &&
        seen(services, channel) &&
        !(args.flag('exclude_archived') && channel.isArchived),
    );
    const { items, next } = page(channels, args, 100, 1000);
    return {
      channels: items.map((channel) => channelOnWire(services, channel, true)),
      response_metadata: { next_cursor: next },
    };
  },
};

const usersConversations: Method = {
  name: 'users.conversations',
  tier: '3',
  scopes: listScopes,
  run(args, services) {
    const kinds = typesAsked(args).map((type) => kindByType[type]);
    const user = args.text('user') || services.store.botUserId;
    if (!services.store.users.has(user)) throw new Refusal('user_not_found');
    const channels = [...services.store.channels.values()].filter(
      (channel) =>
        channel.members.includes(user) &&
        kinds.some((kind) => kind === kindOf(channel)) &&
        seen(services, channel) &&
        !(args.flag('exclude_archived') && channel.isArchived),
    );
    const { items, next } = page(channels, args, 100, 999);
    return {
      channels: items.map((channel) => channelOnWire(services, channel)),
      response_metadata: { next_cursor: next },
    };
  },
};

const info: Method = {
  name: 'conversations.info',
  tier: '3',
  scopes: conversationScopes('read'),
  run: (args, services) => ({
    channel: channelOnWire(
      services,
      visibleChannel(services, args.required('channel')),
      args.flag('include_num_members'),
    ),
  }),
};

const members: Method = {
  name: 'conversations.members',
  tier: '4',
  scopes: conversationScopes('read'),
  run(args, services) {
    const { items, next } = page(visibleChannel(services, args.required('channel')).members, args, 100, 1000);
    return { members: items, response_metadata: { next_cursor: next } };
  },
};

function readable(args: Arguments, services: Services): Channel {
  const channel = visibleChannel(services, args.required('channel'));
  if (!inChannel(services, channel)) throw new Refusal('not_in_channel');
  return channel;
}

/** A stamp as text that sorts like the moment it names. */
function sortable(stamp: string): string {
  const found = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(stamp);
  if (!found) throw new Refusal('invalid_ts_latest');
  return `${(found[1] ?? '').padStart(12, '0')}.${(found[2] ?? '').padEnd(6, '0')}`;
}

function within(args: Arguments): (message: Message) => boolean {
  const oldest = args.text('oldest');
  const latest = args.text('latest');
  const inclusive = args.flag('inclusive');
  const from = oldest && oldest !== '0' ? sortable(oldest) : undefined;
  const to = latest && latest !== 'now' ? sortable(latest) : undefined;
  return (message) => {
    const at = sortable(message.ts);
    if (from !== undefined && (inclusive ? at < from : at <= from)) return false;
    return to === undefined || (inclusive ? at <= to : at < to);
  };
}

const shown = (message: Message, withMetadata: boolean): JsonObject => {
  const { metadata, ...rest } = structuredClone(message);
  return withMetadata && metadata ? { ...rest, metadata } : rest;
};

const history: Method = {
  name: 'conversations.history',
  tier: '3',
  scopes: conversationScopes('history'),
  run(args, services) {
    const channel = readable(args, services);
    const messages = [...channel.messages.values()]
      .map(({ message }) => message)
      .filter(isTopLevel)
      .filter(within(args))
      .reverse();
    const { items, next } = page(messages, args, 100, 1000);
    return {
      messages: items.map((message) => shown(message, args.flag('include_all_metadata'))),
      has_more: next !== '',
      pin_count: channel.pins.length,
      ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
    };
  },
};

const replies: Method = {
  name: 'conversations.replies',
  tier: '3',
  scopes: conversationScopes('history'),
  run(args, services) {
    const channel = readable(args, services);
    const ts = args.required('ts');
    const found = channel.messages.get(ts);
    if (!found) throw new Refusal('thread_not_found');
    const inRange = within(args);
    const thread = threadOf(channel, ts).filter((message) => message.ts === ts || inRange(message));
    const { items, next } = page(thread, args, 1000, 1000);
    return {
      messages: items.map((message) => shown(message, args.flag('include_all_metadata'))),
      has_more: next !== '',
      ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
    };
  },
};

const open: Method = {
  name: 'conversations.open',
  tier: '3',
  scopes: (args) => [args.list('users').length > 1 ? 'mpim:write' : 'im:write'],
  run(args, services) {
    const { store, messages } = services;
    const existing = args.text('channel');
    if (existing) {
      const channel = visibleChannel(services, existing);
      return { no_op: true, already_open: true, channel: channelOnWire(services, channel) };
    }
    const users = args.list('users');
    if (users.length === 0) throw new Refusal('users_list_not_supplied');
    if (users.length > 8) throw new Refusal('too_many_users');
    for (const id of users) {
      const user = store.users.get(id);
      if (!user) throw new Refusal('user_not_found');
      if (user.deleted) throw new Refusal('user_disabled');
    }
    const everybody = [...new Set([...users, store.botUserId])];
    const before = store.findDirect(everybody);
    const channel = messages.directWith(everybody);
    return {
      ...(before ? { no_op: true, already_open: true } : {}),
      channel:
        args.flag('return_im') || channel.kind === 'mpim' ? channelOnWire(services, channel) : { id: channel.id },
    };
  },
};

const join: Method = {
  name: 'conversations.join',
  tier: '3',
  scopes: ['channels:join'],
  run(args, services) {
    const channel = visibleChannel(services, args.required('channel'));
    if (channel.kind !== 'channel' || channel.isPrivate) throw new Refusal('method_not_supported_for_channel_type');
    if (channel.isArchived) throw new Refusal('is_archived');
    const already = inChannel(services, channel);
    services.messages.join(channel, services.store.botUserId);
    return {
      channel: channelOnWire(services, channel),
      ...(already ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } } : {}),
    };
  },
};

const create: Method = {
  name: 'conversations.create',
  tier: '2',
  scopes: (args) => [args.flag('is_private') ? 'groups:write' : 'channels:manage'],
  run(args, services) {
    const name = args.text('name') ?? '';
    if (name === '') throw new Refusal('invalid_name_required');
    if (name.length > 80) throw new Refusal('invalid_name_maxlength');
    if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) throw new Refusal('invalid_name_specials');
    if (services.store.findChannel(`#${name}`)) throw new Refusal('name_taken');
    const channel = services.store.addChannel({
      id: services.stamps.id('C'),
      name,
      kind: 'channel',
      members: [services.store.botUserId],
      isPrivate: args.flag('is_private'),
    });
    return { channel: channelOnWire(services, channel) };
  },
};

const invite: Method = {
  name: 'conversations.invite',
  tier: '3',
  scopes: (args, { store }) =>
    store.channels.get(args.text('channel') ?? '')?.isPrivate ? ['groups:write'] : ['channels:manage'],
  run(args, services) {
    const channel = readable(args, services);
    if (channel.isArchived) throw new Refusal('is_archived');
    const users = args.list('users');
    if (users.length === 0) throw new Refusal('no_user');
    for (const id of users) {
      const user = services.store.users.get(id);
      if (!user || user.deleted) throw new Refusal('user_not_found');
      if (id === services.store.botUserId) throw new Refusal('cant_invite_self');
      if (channel.members.includes(id)) throw new Refusal('already_in_channel');
    }
    for (const id of users) services.messages.join(channel, id, services.store.botUserId);
    return { channel: channelOnWire(services, channel) };
  },
};

export const conversationMethods: Method[] = [
  list,
  info,
  members,
  history,
  replies,
  open,
  join,
  create,
  invite,
  usersConversations,
];
