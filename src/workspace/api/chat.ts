import { parsed, readContent, someContent } from '../content';
import { limits } from '../limits';
import { Refusal, refusalWith } from '../refusal';
import type { Channel, Message } from '../store';
import { isObject, type JsonObject, present } from '../wire';
import type { Arguments } from './arguments';
import { filesLinkedIn, shareFile } from './files';
import { inChannel, type Method, type Services, visibleChannel } from './method';

const write = ['chat:write'];

/** Where a message may go: a channel by id or name, or a person by id. */
function target(args: Arguments, services: Services): Channel {
  const wanted = args.required('channel');
  const { store, messages, app } = services;
  const person = store.users.get(wanted);
  if (person && !person.deleted) return messages.directWith([person.id, store.botUserId]);
  const channel = store.findChannel(wanted);
  if (!channel || (channel.isPrivate && !inChannel(services, channel))) throw new Refusal('channel_not_found');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (!inChannel(services, channel) && !app.scopes.includes('chat:write.public')) throw new Refusal('not_in_channel');
  return channel;
}

function ownMessage(args: Arguments, services: Services, refusal: string): { channel: Channel; message: Message } {
  const channel = visibleChannel(services, args.required('channel'));
  const { message } = services.messages.find(channel, args.required('ts'));
  if (message.bot_id !== services.store.botId) throw new Refusal(refusal);
  return { channel, message };
}

function appearance(args: Arguments, services: Services): { username?: string; icons?: JsonObject } {
  const username = args.text('username');
  const emoji = args.text('icon_emoji');
  const image = args.text('icon_url');
  if (!username && !emoji && !image) return {};
  if (!services.app.scopes.includes('chat:write.customize'))
    throw new Refusal('missing_scope', { needed: 'chat:write.customize', provided: services.app.scopes.join(',') });
  return {
    ...(username ? { username } : {}),
    ...(emoji || image ? { icons: present({ emoji, image_48: image }) } : {}),
  };
}

function permalink(services: Services, channel: Channel, message: Message): string {
  const thread =
    message.thread_ts && message.thread_ts !== message.ts ? `?thread_ts=${message.thread_ts}&cid=${channel.id}` : '';
  return `${services.base()}/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`;
}

const postMessage: Method = {
  name: 'chat.postMessage',
  tier: 'special',
  scopes: write,
  run(args, services) {
    const channel = target(args, services);
    const content = someContent(readContent(args.raw, services));
    const threadTs = args.text('thread_ts');
    const files = filesLinkedIn(content.text, services);
    const message = services.messages.post({
      channel,
      ...content,
      ...appearance(args, services),
      ...(threadTs ? { threadTs, broadcast: args.flag('reply_broadcast') } : {}),
      ...(files.length > 0 ? { files } : {}),
    });
    for (const file of files) shareFile(services, String(file.id), channel.id);
    return { channel: channel.id, ts: message.ts, message: structuredClone(message) };
  },
};

const update: Method = {
  name: 'chat.update',
  tier: '3',
  scopes: write,
  run(args, services) {
    const { channel, message } = ownMessage(args, services, 'cant_update_message');
    if (message.subtype === 'tombstone') throw new Refusal('message_not_found');
    if (channel.isArchived) throw new Refusal('is_archived');
    const content = readContent(args.raw, services);
    if (content.text === undefined && content.blocks === undefined && content.attachments === undefined)
      throw new Refusal('no_text');
    someContent({
      text: content.text ?? message.text,
      blocks: content.blocks ?? message.blocks ?? [],
      attachments: content.attachments ?? message.attachments ?? [],
    });
    const edited = services.messages.edit(channel, message.ts, content);
    return { channel: channel.id, ts: edited.ts, text: edited.text, message: structuredClone(edited) };
  },
};

const remove: Method = {
  name: 'chat.delete',
  tier: '3',
  scopes: write,
  run(args, services) {
    const { channel, message } = ownMessage(args, services, 'cant_delete_message');
    services.messages.remove(channel, message.ts);
    return { channel: channel.id, ts: message.ts };
  },
};

const postEphemeral: Method = {
  name: 'chat.postEphemeral',
  tier: '4',
  scopes: write,
  run(args, services) {
    const channel = visibleChannel(services, args.required('channel'));
    if (channel.isArchived) throw new Refusal('is_archived');
    if (!inChannel(services, channel)) throw new Refusal('not_in_channel');
    const user = services.store.users.get(args.required('user'));
    if (!user || user.deleted || !channel.members.includes(user.id)) throw new Refusal('user_not_in_channel');
    const content = someContent(readContent(args.raw, services));
    const threadTs = args.text('thread_ts');
    const entry = services.messages.ephemeral(channel, user.id, content, threadTs || undefined);
    return { message_ts: entry.ts };
  },
};

const getPermalink: Method = {
  name: 'chat.getPermalink',
  tier: 'special',
  scopes: [],
  run(args, services) {
    const channel = visibleChannel(services, args.required('channel'));
    const { message } = services.messages.find(channel, args.required('message_ts'));
    return { channel: channel.id, permalink: permalink(services, channel, message) };
  },
};

const scheduleMessage: Method = {
  name: 'chat.scheduleMessage',
  tier: '3',
  scopes: write,
  run(args, services) {
    const channel = target(args, services);
    const content = someContent(readContent(args.raw, services));
    const postAt = args.number('post_at');
    if (postAt === undefined) throw refusalWith('invalid_arguments', ['missing required field: post_at']);
    const now = services.clock.now().getTime() / 1000;
    if (postAt <= now) throw new Refusal('time_in_past');
    if (postAt > now + limits.scheduled.daysAheadMax * 86_400) throw new Refusal('time_too_far');
    const near = services.store.scheduled.filter(
      (entry) => entry.channelId === channel.id && Math.abs(entry.postAt - postAt) < 300,
    );
    if (near.length >= limits.scheduled.perChannelPer5Minutes) throw new Refusal('restricted_too_many');
    const entry = {
      id: services.stamps.id('Q'),
      channelId: channel.id,
      postAt,
      createdAt: Math.floor(now),
      text: content.text,
      content: present({ ...content, thread_ts: args.text('thread_ts') }),
    };
    services.store.scheduled.push(entry);
    services.store.changed('scheduled');
    return {
      channel: channel.id,
      scheduled_message_id: entry.id,
      post_at: postAt,
      message: {
        text: content.text,
        type: 'delayed_message',
        user: services.store.botUserId,
        bot_id: services.store.botId,
      },
    };
  },
};

const scheduledList: Method = {
  name: 'chat.scheduledMessages.list',
  tier: '3',
  scopes: [],
  run(args, { store }) {
    const channel = args.text('channel');
    return {
      scheduled_messages: store.scheduled
        .filter((entry) => !channel || entry.channelId === channel)
        .map((entry) => ({
          id: entry.id,
          channel_id: entry.channelId,
          post_at: entry.postAt,
          date_created: entry.createdAt,
          text: entry.text,
        })),
      response_metadata: { next_cursor: '' },
    };
  },
};

const deleteScheduled: Method = {
  name: 'chat.deleteScheduledMessage',
  tier: '3',
  scopes: write,
  run(args, { store }) {
    const id = args.required('scheduled_message_id');
    const channel = args.required('channel');
    const index = store.scheduled.findIndex((entry) => entry.id === id && entry.channelId === channel);
    if (index < 0) throw new Refusal('invalid_scheduled_message_id');
    store.scheduled.splice(index, 1);
    store.changed('scheduled');
    return {};
  },
};

const unfurl: Method = {
  name: 'chat.unfurl',
  tier: '3',
  scopes: ['links:write'],
  run(args, services) {
    const unfurlId = args.text('unfurl_id');
    if (unfurlId && !args.text('source')) throw new Refusal('invalid_source');
    const key = unfurlId ?? `${args.required('channel')}.${args.required('ts')}`;
    const shared = services.store.sharedLinks.get(key);
    if (!shared) throw new Refusal(unfurlId ? 'invalid_unfurl_id' : 'cannot_find_message');
    const unfurls = parsed(args.raw.unfurls);
    if (!isObject(unfurls) || Object.keys(unfurls).length === 0) throw new Refusal('missing_unfurls');
    const unknown = Object.keys(unfurls).find((url) => !shared.urls.includes(url));
    if (unknown !== undefined) throw new Refusal('cannot_unfurl_url');
    const channel = visibleChannel(services, shared.channelId);
    if (!inChannel(services, channel)) throw new Refusal('not_in_channel');
    const attachments = Object.entries(unfurls).map(([url, content]) => ({
      ...(isObject(content) ? content : {}),
      from_url: url,
      is_app_unfurl: true,
      app_id: services.app.appId,
    }));
    const { message } = services.messages.find(channel, shared.ts);
    const checked = readContent({ attachments }, services).attachments ?? [];
    const others = (message.attachments ?? []).filter((attachment) => !(String(attachment.from_url) in unfurls));
    message.attachments = [...others, ...checked];
    services.store.changed('messages');
    return {};
  },
};

/** Posts what is due. */
export function postDue(services: Services): void {
  const now = services.clock.now().getTime() / 1000;
  const due = services.store.scheduled.filter((entry) => entry.postAt <= now);
  for (const entry of due) {
    services.store.scheduled.splice(services.store.scheduled.indexOf(entry), 1);
    const channel = services.store.channels.get(entry.channelId);
    // With metadata a scheduled message is never posted; Slack documents this of itself.
    if (!channel || entry.content.metadata !== undefined) continue;
    const threadTs = entry.content.thread_ts;
    const content = someContent(readContent(entry.content, services));
    services.messages.post({ channel, ...content, ...(typeof threadTs === 'string' ? { threadTs } : {}) });
  }
}

export const chatMethods: Method[] = [
  postMessage,
  update,
  remove,
  postEphemeral,
  getPermalink,
  scheduleMessage,
  scheduledList,
  deleteScheduled,
  unfurl,
];
