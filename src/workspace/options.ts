import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';

export interface AppOptions {
  appId: string;
  botUserId: string;
  botName: string;
  /** Starts with `xoxb-`. */
  botToken: string;
  /** Starts with `xapp-`. */
  appToken: string;
  signingSecret: string;
  scopes: string[];
  /** With the slash: `/pipeline`. */
  commands: string[];
  /** Set: signed HTTP delivery to this address. Unset: Socket Mode. Can be changed later by `deliverTo`. */
  requestUrl?: string;
  /** For the page: what each command is for and how it is used. */
  commandHints?: Record<string, { description: string; usage?: string }>;
  /** As in the manifest: `app_mention`, `message.channels` … */
  botEvents: string[];
  /** Hosts for which `link_shared` is sent. */
  unfurlDomains?: string[];
  /** The manifest's `should_escape`: typed `@name` and `#channel` in a command arrive as `<@U…|name>` and `<#C…|name>`. */
  escapeCommands?: boolean;
  /** Callback ids and names of the app's shortcuts, for the page. */
  shortcuts?: { callbackId: string; name: string; type: 'global' | 'message' }[];
}

export interface PersonOptions {
  id: string;
  /** The handle, such as `dana`. */
  name: string;
  realName: string;
  email: string;
  /** IANA name. */
  timeZone: string;
  isGuest?: boolean;
  isBot?: boolean;
  deleted?: boolean;
}

export interface ChannelOptions {
  id: string;
  name: string;
  isPrivate?: boolean;
  isArchived?: boolean;
  /** User ids; the bot's own user id when it has joined. */
  members: string[];
}

export interface UserGroupOptions {
  id: string;
  handle: string;
  name: string;
  members: string[];
}

export interface BudgetOptions {
  /** Calls of one method in any 60 s; overrides the tier of that method. */
  perMinute?: Record<string, number>;
  /** Messages a second in one channel, sustained. */
  postsPerSecondPerChannel?: number;
  /** Messages that one channel takes at once. */
  postBurstPerChannel?: number;
  /** Messages of the whole workspace in any 60 s. */
  postsPerMinute?: number;
}

export interface WorkspaceOptions {
  /** @default the system's clock. Stamps, expiry and budgets follow it; the 3 s for an acknowledgement are real time. */
  clock?: Clock;
  /** @default 0, a free port. Always bound to 127.0.0.1. */
  port?: number;
  team?: { id: string; domain: string; name: string };
  apps: [AppOptions];
  people: PersonOptions[];
  channels: ChannelOptions[];
  userGroups: UserGroupOptions[];
  /** @default 'slack' */
  budgets?: 'slack' | 'off' | BudgetOptions;
  /** Real milliseconds within which the app must acknowledge. @default 3000 */
  ackDeadlineMs?: number;
  /** Real milliseconds before each further try of an event that was not acknowledged. @default [0, 60_000, 300_000] */
  retryDelaysMs?: number[];
  log?: Logger;
}
