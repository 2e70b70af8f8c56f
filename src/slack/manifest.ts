import type { Settings } from '../domain/settings';
import type { Surface } from './surface';

/** Parts that a workspace can do without: Slack's paid plans have them, the free one may not. */
export const leavable = ['workflow', 'assistant'] as const;
export type Leavable = (typeof leavable)[number];

export interface ManifestOptions {
  /** Where Slack reaches us over HTTP. Left out = Socket Mode, which needs no address. */
  httpUrl?: string;
  without?: readonly Leavable[];
}

/** Slack events that belong to a leavable part. */
const eventsOf: Record<Leavable, readonly string[]> = {
  workflow: ['function_executed'],
  assistant: ['assistant_thread_started', 'assistant_thread_context_changed'],
};

/** What we do whatever is registered, and so must be allowed to. */
const alwaysNeeded = [
  'channels:history', // find out whether a post with unknown outcome arrived
  'channels:read', // names of channels to ids
  'chat:write',
  'chat:write.public', // alerts in channels that nobody invited us to
  'files:write', // logs in the thread
  'groups:history',
  'groups:read',
  'im:history',
  'im:write', // tell one person
  'usergroups:read', // who is in a team, who is on call
  'users:read',
  'users:read.email', // name people to orchestrators
];

/** Source: Slack's reference of events, "required scopes". Those that are not here need none. */
const scopesOfEvents: Record<string, readonly string[]> = {
  app_mention: ['app_mentions:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  'message.mpim': ['mpim:history'],
  member_joined_channel: ['channels:read', 'groups:read'],
  member_left_channel: ['channels:read', 'groups:read'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  link_shared: ['links:read', 'links:write'],
  channel_archive: ['channels:read'],
  channel_deleted: ['channels:read'],
  channel_rename: ['channels:read'],
  user_change: ['users:read'],
  team_join: ['users:read'],
  subteam_updated: ['usergroups:read'],
  file_shared: ['files:read'],
  assistant_thread_started: ['assistant:write'],
  assistant_thread_context_changed: ['assistant:write'],
};

/** The manifest of the Slack app: what the configuration calls things, what the program listens for, and no more rights than that. */
export function manifestFor(
  settings: Pick<Settings, 'orchestrators'>,
  surface: Surface,
  options: ManifestOptions = {},
) {
  const { commands, shortcuts } = surface;
  const { httpUrl, without = [] } = options;
  const left = new Set(without.flatMap((part) => eventsOf[part]));
  const events = surface.events.filter((event) => !left.has(event)).sort();
  const has = (event: string) => events.includes(event);
  const url = httpUrl && `${httpUrl.replace(/\/+$/, '').replace(/\/slack\/events$/, '')}/slack/events`;

  return {
    _metadata: { major_version: 2 },
    display_information: {
      name: 'Pitcrew',
      description: 'Pipelines: what broke, why, and the button to mend it',
      long_description:
        'Pitcrew tells the owners of a data pipeline when it fails, says why in one line, and offers the retry right there in ' +
        'the thread. It answers how any pipeline is, and keeps one message per problem up to date until it has recovered.',
      background_color: '#1d3557',
    },
    features: {
      app_home: {
        home_tab_enabled: has('app_home_opened'),
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: !has('message.im'),
      },
      bot_user: { display_name: 'Pitcrew', always_online: true },
      ...(commands.length > 0 && {
        slash_commands: commands.map(({ name, description, usageHint }) => ({
          command: name,
          ...(url && { url }),
          description,
          usage_hint: usageHint,
          should_escape: true,
        })),
      }),
      ...(shortcuts.length > 0 && {
        shortcuts: shortcuts.map(({ name, type, callbackId, description }) => ({
          name,
          type,
          callback_id: callbackId,
          description,
        })),
      }),
      ...(has('link_shared') && { unfurl_domains: linkDomains(settings) }),
      ...(has('assistant_thread_started') && {
        assistant_view: { assistant_description: 'Ask how a pipeline is, or why it failed.' },
      }),
    },
    oauth_config: { scopes: { bot: scopesFor(surface, events) } },
    settings: {
      ...(events.length > 0 && { event_subscriptions: { ...(url && { request_url: url }), bot_events: events } }),
      interactivity: { is_enabled: true, ...(url && { request_url: url }) },
      org_deploy_enabled: false,
      socket_mode_enabled: !url,
      token_rotation_enabled: false,
    },
  };
}

function scopesFor({ commands, shortcuts }: Surface, events: string[]): string[] {
  const asked = [...alwaysNeeded, ...events.flatMap((event) => scopesOfEvents[event] ?? [])];
  if (commands.length > 0 || shortcuts.length > 0) asked.push('commands');
  return [...new Set(asked)].sort();
}

/** Hosts whose links we can say more about. Slack takes at most five. */
function linkDomains({ orchestrators }: Pick<Settings, 'orchestrators'>): string[] {
  const hosts = orchestrators.flatMap(({ url }) => (url && URL.canParse(url) ? [new URL(url).hostname] : []));
  return [...new Set(hosts)].slice(0, 5);
}
