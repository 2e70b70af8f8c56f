import type { Clock } from '../lib/clock';
import type { Deliveries } from './delivery/deliveries';
import type { AppOptions } from './options';
import type { Stamps } from './stamps';
import type { Channel, Message, Store, View } from './store';
import { viewOnWire } from './view-on-wire';
import type { JsonObject } from './wire';

export interface SlackEventsDeps {
  clock: Clock;
  store: Store;
  stamps: Stamps;
  app: AppOptions;
  teamId: string;
  deliveries: Deliveries;
}

const kindWords = {
  public: { event: 'message.channels', scope: 'channels:history', type: 'channel' },
  private: { event: 'message.groups', scope: 'groups:history', type: 'group' },
  im: { event: 'message.im', scope: 'im:history', type: 'im' },
  mpim: { event: 'message.mpim', scope: 'mpim:history', type: 'mpim' },
} as const;

export const kindOf = (channel: Channel): keyof typeof kindWords =>
  channel.kind === 'channel' ? (channel.isPrivate ? 'private' : 'public') : channel.kind;

/** Addresses in a message's text, as `link_shared` would list them. */
function urlsIn(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s|>]+/g)].map((match) => match[0].replaceAll('&amp;', '&'));
}

/** Tells the app what happened, as far as it subscribed and its scopes and membership allow. */
export function createSlackEvents({ clock, store, stamps, app, teamId, deliveries }: SlackEventsDeps) {
  const may = (event: string, scopes: string[]) =>
    app.botEvents.includes(event) && (scopes.length === 0 || scopes.some((scope) => app.scopes.includes(scope)));
  const hears = (channel: Channel) => channel.members.includes(store.botUserId);

  function announce(event: JsonObject): void {
    deliveries.announce(String(event.type), {
      token: 'workspace-verification-token',
      team_id: teamId,
      context_team_id: teamId,
      context_enterprise_id: null,
      api_app_id: app.appId,
      event,
      type: 'event_callback',
      event_id: stamps.id('Ev'),
      event_time: Math.floor(clock.now().getTime() / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: teamId,
          user_id: store.botUserId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: stamps.secret(),
    });
  }

  const plain = (message: Message): JsonObject => {
    const { metadata: _, ...rest } = message;
    return { ...rest };
  };

  function messageEvent(channel: Channel, event: JsonObject): void {
    const words = kindWords[kindOf(channel)];
    if (!hears(channel) || !may(words.event, [words.scope])) return;
    announce({ type: 'message', ...event, channel: channel.id, channel_type: words.type });
  }

  return {
    messagePosted(channel: Channel, message: Message): void {
      messageEvent(channel, { ...plain(message), event_ts: message.ts });
      const byApp = message.bot_id !== undefined || message.subtype?.startsWith('channel_');
      if (!byApp && message.text.includes(`<@${store.botUserId}`) && hears(channel))
        if (channel.kind !== 'im' && may('app_mention', ['app_mentions:read']))
          announce({
            type: 'app_mention',
            user: message.user,
            text: message.text,
            ts: message.ts,
            ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
            team: message.team,
            channel: channel.id,
            event_ts: message.ts,
          });
      const links = urlsIn(message.text).filter((url) => {
        const host = URL.canParse(url) ? new URL(url).hostname : '';
        return (app.unfurlDomains ?? []).some((domain) => host === domain || host.endsWith(`.${domain}`));
      });
      if (!byApp && links.length > 0 && hears(channel) && may('link_shared', ['links:read'])) {
        const unfurlId = `${channel.id}.${message.ts}`;
        store.sharedLinks.set(unfurlId, { urls: links, channelId: channel.id, ts: message.ts });
        announce({
          type: 'link_shared',
          user: message.user,
          channel: channel.id,
          message_ts: message.ts,
          ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
          links: links.map((url) => ({ url, domain: new URL(url).hostname })),
          unfurl_id: unfurlId,
          source: 'conversations_history',
          is_bot_user_member: true,
          event_ts: message.ts,
        });
      }
    },
    messageChanged(channel: Channel, message: Message, previous: Message): void {
      const ts = stamps.next();
      messageEvent(channel, {
        subtype: 'message_changed',
        hidden: true,
        message: plain(message),
        previous_message: plain(previous),
        ts,
        event_ts: ts,
      });
    },
    /** Deleted, with a thread under it: to apps that is a change to a message of Slack's own which says so. */
    messageBuried(channel: Channel, tombstone: Message, previous: Message): void {
      const ts = stamps.next();
      messageEvent(channel, {
        subtype: 'message_changed',
        hidden: true,
        message: {
          ...plain(tombstone),
          hidden: true,
          parent_user_id: tombstone.user,
          is_locked: false,
          subscribed: false,
        },
        previous_message: plain(previous),
        ts,
        event_ts: ts,
      });
    },
    messageDeleted(channel: Channel, previous: Message): void {
      const ts = stamps.next();
      messageEvent(channel, {
        subtype: 'message_deleted',
        hidden: true,
        deleted_ts: previous.ts,
        previous_message: plain(previous),
        ts,
        event_ts: ts,
      });
    },
    reaction(added: boolean, channel: Channel, message: Message, userId: string, name: string): void {
      const type = added ? 'reaction_added' : 'reaction_removed';
      if (!hears(channel) || !may(type, ['reactions:read'])) return;
      announce({
        type,
        user: userId,
        reaction: name,
        item_user: message.user,
        item: { type: 'message', channel: channel.id, ts: message.ts },
        event_ts: stamps.next(),
      });
    },
    membership(joined: boolean, channel: Channel, userId: string, inviter?: string): void {
      const type = joined ? 'member_joined_channel' : 'member_left_channel';
      if (!hears(channel) && userId !== store.botUserId) return;
      if (!may(type, [channel.isPrivate ? 'groups:read' : 'channels:read'])) return;
      announce({
        type,
        user: userId,
        channel: channel.id,
        channel_type: channel.isPrivate ? 'G' : 'C',
        team: teamId,
        ...(inviter === undefined ? {} : { inviter }),
        event_ts: stamps.next(),
      });
    },
    homeOpened(userId: string, channelId: string, tab: 'home' | 'messages', view: View | undefined): void {
      if (!may('app_home_opened', [])) return;
      announce({
        type: 'app_home_opened',
        user: userId,
        channel: channelId,
        tab,
        ...(view && tab === 'home' ? { view: viewOnWire(view, app, teamId, store.botId) } : {}),
        event_ts: stamps.next(),
      });
    },
    /** Anything else that is subscribed, such as `user_change`: for tests that need an event the workspace has no own words for. */
    announceRaw(type: string, fields: JsonObject): boolean {
      if (!app.botEvents.includes(type)) return false;
      announce({ type, ...fields, event_ts: stamps.next() });
      return true;
    },
  };
}

export type SlackEvents = ReturnType<typeof createSlackEvents>;
