import type { Clock } from '../../lib/clock';
import type { SocketMode } from '../delivery/socket-mode';
import type { Tier } from '../limits';
import type { Messages } from '../messages';
import type { AppOptions } from '../options';
import { Refusal, refusalWith } from '../refusal';
import { kindOf } from '../slack-events';
import type { Stamps } from '../stamps';
import type { Channel, Store } from '../store';
import type { Triggers } from '../triggers';
import type { Views } from '../views';
import type { JsonObject } from '../wire';
import type { Arguments } from './arguments';

export interface Services {
  clock: Clock;
  store: Store;
  stamps: Stamps;
  app: AppOptions;
  team: { id: string; domain: string; name: string };
  messages: Messages;
  views: Views;
  triggers: Triggers;
  sockets: SocketMode;
  /** The address of the workspace, without a slash at the end. */
  base: () => string;
}

export interface Method {
  name: string;
  tier: Tier;
  /** Which token it wants. @default 'bot' */
  token?: 'bot' | 'app' | 'any' | 'none';
  /** Any one of these is enough; empty: none needed. A function where it depends on what is asked for. */
  scopes: string[] | ((args: Arguments, services: Services) => string[]);
  run(args: Arguments, services: Services): JsonObject;
}

export const kindScopes = {
  public: { read: 'channels:read', history: 'channels:history' },
  private: { read: 'groups:read', history: 'groups:history' },
  im: { read: 'im:read', history: 'im:history' },
  mpim: { read: 'mpim:read', history: 'mpim:history' },
} as const;

/** The scope that reading this kind of conversation needs; for an unknown one, any of them. */
export function conversationScopes(what: 'read' | 'history') {
  return (args: Arguments, { store }: Services): string[] => {
    const channel = store.channels.get(args.text('channel') ?? '');
    const kinds = channel ? [kindScopes[kindOf(channel)]] : Object.values(kindScopes);
    return kinds.map((kind) => kind[what]);
  };
}

export const inChannel = (services: Services, channel: Channel) => channel.members.includes(services.store.botUserId);

/** @throws Refusal('channel_not_found') for one that is not there or that the bot cannot see */
export function visibleChannel(services: Services, id: string): Channel {
  const channel = services.store.channels.get(id);
  if (!channel || (channel.isPrivate && !inChannel(services, channel))) throw new Refusal('channel_not_found');
  return channel;
}

/** One page of a list, with Slack's opaque cursor. */
export function page<T>(list: T[], args: Arguments, usual: number, most: number): { items: T[]; next: string } {
  const asked = args.number('limit') ?? usual;
  if (asked < 1 || asked > most)
    throw refusalWith('invalid_limit', [`must be between 1 and ${most} [json-pointer:/limit]`]);
  const cursor = args.text('cursor') ?? '';
  const offset =
    cursor === '' ? 0 : Number(/^offset:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(offset)) throw new Refusal('invalid_cursor');
  const items = list.slice(offset, offset + asked);
  const end = offset + items.length;
  return { items, next: end < list.length ? Buffer.from(`offset:${end}`).toString('base64') : '' };
}
