import { Refusal } from '../refusal';
import type { Channel, StoredMessage } from '../store';
import type { Arguments } from './arguments';
import { inChannel, type Method, type Services, visibleChannel } from './method';

function item(args: Arguments, services: Services): { channel: Channel; stored: StoredMessage } {
  const channel = visibleChannel(services, args.required('channel'));
  if (!inChannel(services, channel)) throw new Refusal('not_in_channel');
  return { channel, stored: services.messages.find(channel, args.required('timestamp')) };
}

function emojiName(args: Arguments): string {
  const name = args.required('name').replace(/^:|:$/g, '');
  if (!/^[\p{L}\p{N}_+'-]+(::skin-tone-[2-6])?$/u.test(name)) throw new Refusal('invalid_name');
  return name;
}

const add: Method = {
  name: 'reactions.add',
  tier: '3',
  scopes: ['reactions:write'],
  run(args, services) {
    const { channel, stored } = item(args, services);
    if (channel.isArchived) throw new Refusal('is_archived');
    services.messages.react(channel, stored.message.ts, services.store.botUserId, emojiName(args));
    return {};
  },
};

const remove: Method = {
  name: 'reactions.remove',
  tier: '2',
  scopes: ['reactions:write'],
  run(args, services) {
    const { channel, stored } = item(args, services);
    services.messages.unreact(channel, stored.message.ts, services.store.botUserId, emojiName(args));
    return {};
  },
};

const get: Method = {
  name: 'reactions.get',
  tier: '3',
  scopes: ['reactions:read'],
  run(args, services) {
    const { channel, stored } = item(args, services);
    const { metadata: _, ...message } = structuredClone(stored.message);
    return { type: 'message', channel: channel.id, message };
  },
};

const pin: Method = {
  name: 'pins.add',
  tier: '2',
  scopes: ['pins:write'],
  run(args, services) {
    const { channel, stored } = item(args, services);
    if (channel.pins.includes(stored.message.ts)) throw new Refusal('already_pinned');
    channel.pins.push(stored.message.ts);
    stored.message.pinned_to = [channel.id];
    services.store.changed('messages');
    return {};
  },
};

const bookmark: Method = {
  name: 'bookmarks.add',
  tier: '2',
  scopes: ['bookmarks:write'],
  run(args, services) {
    const channel = visibleChannel(services, args.required('channel_id'));
    if (!inChannel(services, channel)) throw new Refusal('not_in_channel');
    const title = args.required('title');
    const type = args.required('type');
    const link = args.text('link');
    if (type === 'link' && (!link || !URL.canParse(link))) throw new Refusal('invalid_link');
    const emoji = args.text('emoji');
    const entry = {
      id: services.stamps.id('Bk'),
      title,
      type,
      ...(link === undefined ? {} : { link }),
      ...(emoji === undefined ? {} : { emoji }),
    };
    channel.bookmarks.push(entry);
    services.store.changed('channels');
    return { bookmark: { ...entry, channel_id: channel.id, app_id: services.app.appId } };
  },
};

export const reactionMethods: Method[] = [add, remove, get, pin, bookmark];
