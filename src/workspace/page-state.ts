import { fileOnWire } from './api/files';
import type { Services } from './api/method';
import type { Faults } from './faults';
import { isTopLevel, threadOf } from './messages';
import type { Channel, EphemeralMessage, Message } from './store';
import { viewOnWire } from './view-on-wire';
import type { JsonObject } from './wire';

export interface PageStateDeps {
  services: Services;
  faults: Faults;
}

/** What the page asks to see. */
export interface PageQuery {
  userId: string;
  channelId?: string;
  threadTs?: string;
  /** With the newest calls and deliveries. */
  inspect: boolean;
  /** The person looks at the channel: it counts as read. */
  seen: boolean;
}

/** Newest entries of a list that the page shows. */
const shownMessages = 400;
const shownCalls = 80;

/** Everything the page draws for one person. It also keeps what each person has read. */
export function createPageState({ services, faults }: PageStateDeps) {
  const { store, app, team, sockets } = services;
  const readUpTo = new Map<string, Map<string, string>>();

  function readsOf(userId: string): Map<string, string> {
    const reads = readUpTo.get(userId) ?? new Map<string, string>();
    readUpTo.set(userId, reads);
    return reads;
  }

  const topLevel = (channel: Channel): Message[] =>
    [...channel.messages.values()].map(({ message }) => message).filter(isTopLevel);

  const visible = (channel: Channel, userId: string) => !channel.isPrivate || channel.members.includes(userId);

  function channelEntry(channel: Channel, userId: string): JsonObject {
    const read = readsOf(userId).get(channel.id) ?? '0';
    const groups = [...store.userGroups.values()].filter((group) => group.members.includes(userId));
    const unread = channel.members.includes(userId)
      ? topLevel(channel).filter((message) => message.ts > read && message.user !== userId && !message.subtype)
      : [];
    const calls = (message: Message) =>
      message.text.includes(`<@${userId}`) ||
      /<!(here|channel|everyone)/.test(message.text) ||
      groups.some((group) => message.text.includes(`<!subteam^${group.id}`));
    return {
      id: channel.id,
      name: channel.name,
      kind: channel.kind,
      isPrivate: channel.isPrivate,
      isArchived: channel.isArchived,
      isMember: channel.members.includes(userId),
      members: channel.members,
      unread: unread.length,
      mentions: channel.kind === 'channel' ? unread.filter(calls).length : unread.length,
      bookmarks: channel.bookmarks,
      pins: channel.pins.length,
    };
  }

  const ephemeral = (entry: EphemeralMessage): JsonObject => ({
    ts: entry.ts,
    text: entry.text,
    blocks: entry.blocks,
    attachments: entry.attachments,
    user: store.botUserId,
    bot_id: store.botId,
    isEphemeral: true,
    ...(entry.threadTs === undefined ? {} : { thread_ts: entry.threadTs }),
  });

  function conversation(query: PageQuery): JsonObject | undefined {
    const channel = store.channels.get(query.channelId ?? '');
    if (!channel || !visible(channel, query.userId)) return undefined;
    const messages = topLevel(channel);
    const last = messages.at(-1);
    if (query.seen && last) readsOf(query.userId).set(channel.id, last.ts);
    const mine = store.ephemerals.filter((entry) => entry.userId === query.userId && entry.channelId === channel.id);
    const threads = query.threadTs === undefined ? undefined : threadOf(channel, query.threadTs);
    return {
      id: channel.id,
      messages: messages.slice(-shownMessages),
      earlier: Math.max(0, messages.length - shownMessages),
      ephemerals: mine.filter((entry) => entry.threadTs === undefined).map(ephemeral),
      ...(threads && threads.length > 0
        ? {
            thread: {
              ts: query.threadTs,
              messages: threads,
              ephemerals: mine.filter((entry) => entry.threadTs === query.threadTs).map(ephemeral),
            },
          }
        : {}),
    };
  }

  const inspection = (): JsonObject => ({
    calls: store.calls.slice(-shownCalls).reverse(),
    callCount: store.calls.length,
    deliveries: store.deliveries
      .slice(-shownCalls)
      .reverse()
      .map(({ id, kind, type, payload, attempts, answer }) => ({ id, kind, type, payload, attempts, answer })),
    deliveryCount: store.deliveries.length,
    faults: faults.list(),
  });

  return {
    /** Forgets nothing and changes nothing but what was read. */
    read(query: PageQuery): JsonObject {
      const open = conversation(query);
      const onWire = (view: Parameters<typeof viewOnWire>[0]) => viewOnWire(view, app, team.id, store.botId);
      const home = store.homes.get(query.userId);
      return {
        team,
        app: {
          id: app.appId,
          name: app.botName,
          botUserId: store.botUserId,
          commands: app.commands.map((command) => ({ command, ...app.commandHints?.[command] })),
          shortcuts: app.shortcuts ?? [],
          connected: app.requestUrl !== undefined || sockets.connections() > 0,
          way: app.requestUrl === undefined ? 'Socket Mode' : 'signed HTTP',
        },
        me: query.userId,
        people: [...store.users.values()],
        userGroups: [...store.userGroups.values()],
        channels: [...store.channels.values()]
          .filter((channel) => visible(channel, query.userId))
          .map((channel) => channelEntry(channel, query.userId)),
        channel: open ?? null,
        views: (store.stacks.get(query.userId) ?? []).map(onWire),
        home: home ? onWire(home) : null,
        files: Object.fromEntries([...store.files.values()].map((file) => [file.id, fileOnWire(services, file)])),
        twice: faults.deliversTwice(),
        now: services.clock.now().getTime(),
        ...(query.inspect ? { inspection: inspection() } : {}),
      };
    },
  };
}

export type PageState = ReturnType<typeof createPageState>;
