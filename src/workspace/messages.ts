import type { AppOptions } from './options';
import { Refusal } from './refusal';
import type { SlackEvents } from './slack-events';
import type { Stamps } from './stamps';
import {
  type Channel,
  type EphemeralMessage,
  keep,
  type Message,
  type MessageMetadata,
  type Store,
  type StoredMessage,
} from './store';
import type { JsonObject } from './wire';

export interface Content {
  text: string;
  blocks?: JsonObject[];
  attachments?: JsonObject[];
  metadata?: MessageMetadata;
}

export interface PostInput extends Content {
  channel: Channel;
  /** Left out: the app's bot. */
  userId?: string;
  threadTs?: string;
  broadcast?: boolean;
  username?: string;
  icons?: JsonObject;
  files?: JsonObject[];
  subtype?: string;
  inviter?: string;
}

export interface MessagesDeps {
  store: Store;
  stamps: Stamps;
  app: AppOptions;
  teamId: string;
  events: SlackEvents;
}

const isReply = (message: Message) => message.thread_ts !== undefined && message.thread_ts !== message.ts;

/** Shown in the channel itself, not only in a thread. */
export const isTopLevel = (message: Message) => !isReply(message) || message.subtype === 'thread_broadcast';

/** The parent and its replies, oldest first; of a reply, only itself. */
export const threadOf = (channel: Channel, ts: string): Message[] =>
  [ts, ...(channel.threads.get(ts) ?? [])].flatMap((stamp) => channel.messages.get(stamp)?.message ?? []);

/** Versions of one message that are kept. */
const keptVersions = 200;

/** Messages and what hangs on them: threads, edits, reactions. Validation lies in front of this. */
export function createMessages({ store, stamps, app, teamId, events }: MessagesDeps) {
  function recount(channel: Channel, parentTs: string): void {
    const parent = channel.messages.get(parentTs)?.message;
    if (!parent) return;
    const replies = threadOf(channel, parentTs).filter((message) => message.ts !== parentTs);
    if (replies.length === 0) {
      delete parent.thread_ts;
      delete parent.reply_count;
      delete parent.reply_users;
      delete parent.reply_users_count;
      delete parent.latest_reply;
      return;
    }
    const users = [...new Set(replies.map((reply) => reply.user))];
    parent.thread_ts = parent.ts;
    parent.reply_count = replies.length;
    parent.reply_users = users.slice(0, 5);
    parent.reply_users_count = users.length;
    parent.latest_reply = replies.at(-1)?.ts ?? parent.ts;
  }

  /** @throws Refusal('message_not_found') */
  function find(channel: Channel, ts: string): StoredMessage {
    const found = channel.messages.get(ts);
    if (!found) throw new Refusal('message_not_found');
    return found;
  }

  function post(input: PostInput): Message {
    const { channel } = input;
    let parentUser: string | undefined;
    if (input.threadTs !== undefined) {
      const parent = channel.messages.get(input.threadTs)?.message;
      if (!parent) throw new Refusal('thread_not_found');
      if (isReply(parent)) throw new Refusal('cannot_reply_to_message');
      parentUser = parent.user;
    }
    const byApp = input.userId === undefined;
    const subtype = input.subtype ?? (input.broadcast && input.threadTs ? 'thread_broadcast' : undefined);
    const message: Message = {
      type: 'message',
      ...(subtype === undefined ? {} : { subtype }),
      user: input.userId ?? store.botUserId,
      ...(byApp ? { bot_id: store.botId, app_id: app.appId } : { client_msg_id: stamps.secret(16) }),
      ...(input.username === undefined ? {} : { username: input.username }),
      ...(input.icons === undefined ? {} : { icons: input.icons }),
      text: input.text,
      ts: stamps.next(),
      team: teamId,
      ...(input.blocks === undefined ? {} : { blocks: input.blocks }),
      ...(input.attachments === undefined ? {} : { attachments: input.attachments }),
      ...(input.files === undefined ? {} : { files: input.files }),
      ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
      ...(input.inviter === undefined ? {} : { inviter: input.inviter }),
      ...(input.threadTs === undefined ? {} : { thread_ts: input.threadTs }),
      ...(parentUser === undefined ? {} : { parent_user_id: parentUser }),
    };
    channel.messages.set(message.ts, { message, past: [] });
    if (input.threadTs !== undefined) {
      const replies = channel.threads.get(input.threadTs) ?? [];
      replies.push(message.ts);
      channel.threads.set(input.threadTs, replies);
      recount(channel, input.threadTs);
    }
    store.changed('messages');
    events.messagePosted(channel, message);
    return message;
  }

  /** What stands for a deleted message goes with the last of its replies. */
  function unbury(channel: Channel, ts: string): void {
    const tombstone = channel.messages.get(ts)?.message;
    if (tombstone?.subtype !== 'tombstone' || tombstone.reply_count) return;
    channel.messages.delete(ts);
    store.changed('messages');
    const none = { reply_count: 0, reply_users_count: 0, latest_reply: '0000000000.000000', reply_users: [] };
    events.messageDeleted(channel, { ...tombstone, thread_ts: ts, ...none });
  }

  return {
    find,
    post,
    /** Parts left out are kept; empty lists of blocks or attachments remove them. */
    edit(channel: Channel, ts: string, content: Partial<Content>, byUserId = store.botUserId): Message {
      const stored = find(channel, ts);
      const previous = structuredClone(stored.message);
      const { message } = stored;
      keep(stored.past, previous, keptVersions);
      if (content.text !== undefined) message.text = content.text;
      if (content.metadata !== undefined) message.metadata = content.metadata;
      for (const key of ['blocks', 'attachments'] as const) {
        const value = content[key];
        if (value === undefined) continue;
        if (value.length === 0) delete message[key];
        else message[key] = value;
      }
      message.edited = { user: byUserId, ts: stamps.next() };
      store.changed('messages');
      events.messageChanged(channel, message, previous);
      return message;
    },
    remove(channel: Channel, ts: string): void {
      const { message } = find(channel, ts);
      const previous = structuredClone(message);
      if ((message.reply_count ?? 0) > 0) {
        for (const key of ['blocks', 'attachments', 'metadata', 'bot_id', 'app_id', 'reactions'] as const)
          delete message[key];
        message.subtype = 'tombstone';
        message.text = 'This message was deleted.';
        message.user = 'USLACKBOT';
        store.changed('messages');
        events.messageBuried(channel, message, previous);
        return;
      }
      channel.messages.delete(ts);
      const parentTs = isReply(previous) ? previous.thread_ts : undefined;
      if (parentTs !== undefined) {
        const left = (channel.threads.get(parentTs) ?? []).filter((stamp) => stamp !== ts);
        channel.threads.set(parentTs, left);
        recount(channel, parentTs);
      }
      store.changed('messages');
      events.messageDeleted(channel, previous);
      if (parentTs !== undefined) unbury(channel, parentTs);
    },
    react(channel: Channel, ts: string, userId: string, name: string): void {
      const { message } = find(channel, ts);
      const reactions = message.reactions ?? [];
      message.reactions = reactions;
      const reaction = reactions.find((candidate) => candidate.name === name);
      if (reaction?.users.includes(userId)) throw new Refusal('already_reacted');
      if (reaction) reaction.users.push(userId);
      else reactions.push({ name, users: [userId], count: 0 });
      for (const entry of reactions) entry.count = entry.users.length;
      store.changed('messages');
      events.reaction(true, channel, message, userId, name);
    },
    unreact(channel: Channel, ts: string, userId: string, name: string): void {
      const { message } = find(channel, ts);
      const reaction = message.reactions?.find((candidate) => candidate.name === name);
      if (!reaction?.users.includes(userId)) throw new Refusal('no_reaction');
      reaction.users = reaction.users.filter((user) => user !== userId);
      reaction.count = reaction.users.length;
      const left = (message.reactions ?? []).filter((candidate) => candidate.count > 0);
      if (left.length > 0) message.reactions = left;
      else delete message.reactions;
      store.changed('messages');
      events.reaction(false, channel, message, userId, name);
    },
    ephemeral(channel: Channel, userId: string, content: Content, threadTs?: string): EphemeralMessage {
      const entry: EphemeralMessage = {
        channelId: channel.id,
        userId,
        ts: stamps.next(),
        text: content.text,
        ...(content.blocks === undefined ? {} : { blocks: content.blocks }),
        ...(content.attachments === undefined ? {} : { attachments: content.attachments }),
        ...(threadTs === undefined ? {} : { threadTs }),
        past: [],
      };
      store.ephemerals.push(entry);
      store.changed('ephemerals');
      return entry;
    },
    /** The direct conversation of these people; made when there is none. */
    directWith(userIds: string[]): Channel {
      const found = store.findDirect(userIds);
      if (found) return found;
      const others = userIds.filter((id) => id !== store.botUserId);
      return store.addChannel({
        id: stamps.id(userIds.length > 2 ? 'G' : 'D'),
        name: userIds.length > 2 ? `mpdm-${others.join('--')}-1` : '',
        kind: userIds.length > 2 ? 'mpim' : 'im',
        members: userIds,
        isPrivate: true,
      });
    },
    join(channel: Channel, userId: string, inviter?: string): void {
      if (channel.members.includes(userId)) return;
      channel.members.push(userId);
      post({
        channel,
        userId,
        text: `<@${userId}> has joined the channel`,
        subtype: 'channel_join',
        ...(inviter === undefined ? {} : { inviter }),
      });
      events.membership(true, channel, userId, inviter);
    },
    leave(channel: Channel, userId: string): void {
      if (!channel.members.includes(userId)) return;
      channel.members = channel.members.filter((member) => member !== userId);
      post({ channel, userId, text: `<@${userId}> has left the channel`, subtype: 'channel_leave' });
      events.membership(false, channel, userId);
    },
  };
}

export type Messages = ReturnType<typeof createMessages>;
