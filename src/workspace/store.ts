import { EventEmitter } from 'node:events';
import type { Clock } from '../lib/clock';
import type { AppOptions, ChannelOptions, PersonOptions, UserGroupOptions } from './options';
import type { JsonObject } from './wire';

export interface Reaction {
  name: string;
  users: string[];
  count: number;
}

export interface MessageMetadata {
  event_type: string;
  event_payload: JsonObject;
}

/** A message in Slack's own words, as `conversations.history` with `include_all_metadata` gives it. */
export interface Message {
  type: 'message';
  subtype?: string;
  user: string;
  bot_id?: string;
  app_id?: string;
  username?: string;
  icons?: JsonObject;
  text: string;
  ts: string;
  team: string;
  blocks?: JsonObject[];
  attachments?: JsonObject[];
  files?: JsonObject[];
  metadata?: MessageMetadata;
  thread_ts?: string;
  parent_user_id?: string;
  reply_count?: number;
  reply_users_count?: number;
  reply_users?: string[];
  latest_reply?: string;
  edited?: { user: string; ts: string };
  reactions?: Reaction[];
  pinned_to?: string[];
  client_msg_id?: string;
  inviter?: string;
}

export interface StoredMessage {
  message: Message;
  /** Earlier versions, oldest first, as they stood before each edit. */
  past: Message[];
}

/** What one person alone sees; nothing of it can be read back over the Web API. */
export interface EphemeralMessage {
  channelId: string;
  userId: string;
  ts: string;
  threadTs?: string;
  text: string;
  blocks?: JsonObject[];
  attachments?: JsonObject[];
  /** Earlier versions, oldest first. */
  past: { text: string; blocks?: JsonObject[] }[];
}

export interface Bookmark {
  id: string;
  title: string;
  type: string;
  link?: string;
  emoji?: string;
}

export interface Channel {
  id: string;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  kind: 'channel' | 'im' | 'mpim';
  members: string[];
  createdAt: Date;
  messages: Map<string, StoredMessage>;
  /** Stamps of the replies, by the stamp of their parent. */
  threads: Map<string, string[]>;
  pins: string[];
  bookmarks: Bookmark[];
}

export interface View {
  id: string;
  userId: string;
  kind: 'modal' | 'home';
  /** As the app sent it, with ids filled in. */
  content: JsonObject;
  hash: string;
  rootId: string;
  previousId?: string;
  callbackId: string;
  externalId: string;
  /** What the person has chosen so far, by block and action id. */
  values: Record<string, Record<string, JsonObject>>;
  /** Where `response_urls` lead, when an input asks for them. */
  openedFrom?: string;
}

export interface FileEntry {
  id: string;
  name: string;
  title: string;
  /** Bytes announced. */
  length: number;
  bytes?: Buffer;
  uploadSecret: string;
  complete: boolean;
  /** From then on blocks may show it. */
  readyAt?: Date;
  createdAt: Date;
  channels: string[];
  altText?: string;
}

export interface Call {
  method: string;
  args: JsonObject;
  answer: JsonObject;
  /** HTTP status; 0 when the connection was cut before an answer. */
  status: number;
  at: Date;
  /** The fault that was put in its way, if any. */
  fault?: string;
}

export interface Attempt {
  at: Date;
  via: 'socket' | 'http';
  outcome: 'waiting' | 'acked' | 'late' | 'timeout' | 'unreachable' | 'refused';
  /** Sent as retry number n; 0 the first time. */
  retry: number;
  reason?: string;
  /** Milliseconds until the acknowledgement, when there was one. */
  tookMs?: number;
}

export interface Delivery {
  id: string;
  kind: 'events_api' | 'interactive' | 'slash_commands';
  /** `app_mention`, `block_actions`, the command … */
  type: string;
  payload: JsonObject;
  attempts: Attempt[];
  answer?: unknown;
}

export interface ScheduledMessage {
  id: string;
  channelId: string;
  postAt: number;
  createdAt: number;
  text: string;
  content: JsonObject;
}

/** Calls and deliveries that are kept; older ones are forgotten, so that a long demo stays small. */
const keptRecords = 50_000;

/** Adds to a list and forgets the oldest when it has grown too long. */
export function keep<T>(list: T[], entry: T, most = keptRecords): void {
  list.push(entry);
  if (list.length > most * 1.1) list.splice(0, list.length - most);
}

export interface StoreDeps {
  clock: Clock;
  app: AppOptions;
  people: PersonOptions[];
  channels: ChannelOptions[];
  userGroups: UserGroupOptions[];
}

/** Everything the pretend workspace knows, in memory, and who wants to hear of changes. */
export function createStore({ clock, app, people, channels, userGroups }: StoreDeps) {
  const changes = new EventEmitter();
  changes.setMaxListeners(0);
  const bot: PersonOptions = {
    id: app.botUserId,
    name: app.botName.toLowerCase().replace(/\s+/g, '_'),
    realName: app.botName,
    email: '',
    timeZone: 'Etc/UTC',
    isBot: true,
  };
  const users = new Map([bot, ...people].map((person) => [person.id, person]));
  const channelOf = (options: ChannelOptions): Channel => ({
    id: options.id,
    name: options.name,
    isPrivate: options.isPrivate ?? false,
    isArchived: options.isArchived ?? false,
    kind: 'channel',
    members: [...options.members],
    createdAt: clock.now(),
    messages: new Map(),
    threads: new Map(),
    pins: [],
    bookmarks: [],
  });
  const ephemerals: EphemeralMessage[] = [];
  const scheduled: ScheduledMessage[] = [];
  const calls: Call[] = [];
  const deliveries: Delivery[] = [];
  return {
    users,
    botUserId: app.botUserId,
    botId: `B${app.botUserId.slice(1)}`,
    channels: new Map(channels.map((options) => [options.id, channelOf(options)])),
    userGroups: new Map(userGroups.map((group) => [group.id, { ...group, members: [...group.members] }])),
    ephemerals,
    /** Open modals, by person, bottom first. */
    stacks: new Map<string, View[]>(),
    homes: new Map<string, View>(),
    files: new Map<string, FileEntry>(),
    scheduled,
    calls,
    deliveries,
    /** Every address that was announced by `link_shared`, by channel and stamp. */
    sharedLinks: new Map<string, { urls: string[]; channelId: string; ts: string }>(),

    changed(what: string): void {
      changes.emit('change', what);
    },
    /** @returns the function that ends the subscription. */
    onChange(listener: (what: string) => void): () => void {
      changes.on('change', listener);
      return () => changes.off('change', listener);
    },
    findChannel(idOrName: string): Channel | undefined {
      const direct = this.channels.get(idOrName);
      if (direct) return direct;
      const name = idOrName.replace(/^#/, '');
      return [...this.channels.values()].find((channel) => channel.kind === 'channel' && channel.name === name);
    },
    findDirect(userIds: string[]): Channel | undefined {
      const wanted = [...userIds].sort().join();
      return [...this.channels.values()].find(
        (channel) => channel.kind !== 'channel' && [...channel.members].sort().join() === wanted,
      );
    },
    addChannel(channel: Pick<Channel, 'id' | 'name' | 'kind' | 'members' | 'isPrivate'>): Channel {
      const added: Channel = {
        ...channel,
        isArchived: false,
        createdAt: clock.now(),
        messages: new Map(),
        threads: new Map(),
        pins: [],
        bookmarks: [],
      };
      this.channels.set(added.id, added);
      this.changed('channels');
      return added;
    },
    findView(match: (view: View) => boolean): View | undefined {
      return [...[...this.stacks.values()].flat(), ...this.homes.values()].find(match);
    },
  };
}

export type Store = ReturnType<typeof createStore>;
