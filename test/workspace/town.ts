import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { createWorkspace, type Workspace, type WorkspaceOptions } from '../../src/workspace';

export const botToken = 'xoxb-workspace-test';
export const appToken = 'xapp-workspace-test';
export const signingSecret = 'a-signing-secret';

export const everyScope = [
  ...['app_mentions:read', 'bookmarks:write', 'channels:history', 'channels:join', 'channels:manage', 'channels:read'],
  ...['chat:write', 'commands', 'emoji:read', 'files:read', 'files:write', 'groups:history', 'groups:read'],
  ...['groups:write', 'im:history', 'im:read', 'im:write', 'links:read', 'links:write', 'mpim:history', 'mpim:read'],
  ...['mpim:write', 'pins:write', 'reactions:read', 'reactions:write', 'team:read', 'usergroups:read', 'users:read'],
  ...['users:read.email', 'users.profile:read'],
];

export const everyEvent = [
  ...['app_home_opened', 'app_mention', 'link_shared', 'member_joined_channel', 'member_left_channel'],
  ...['message.channels', 'message.groups', 'message.im', 'message.mpim', 'reaction_added', 'reaction_removed'],
];

type AppPart = Partial<WorkspaceOptions['apps'][0]>;

/** A small workspace: Dana and Priya (New York), Gus the guest, Otto who left; #data-alerts with the bot, #random without. */
export function town({
  app,
  ...options
}: Omit<Partial<WorkspaceOptions>, 'apps'> & { app?: AppPart } = {}): WorkspaceOptions {
  return {
    team: { id: 'T1', domain: 'acme', name: 'Acme' },
    apps: [
      {
        appId: 'A1',
        botUserId: 'UBOT',
        botName: 'Pit Crew',
        botToken,
        appToken,
        signingSecret,
        scopes: everyScope,
        commands: ['/pipeline'],
        botEvents: everyEvent,
        unfurlDomains: ['runs.example'],
        ...app,
      },
    ],
    people: [
      { id: 'UDANA', name: 'dana', realName: 'Dana Diaz', email: 'dana@acme.example', timeZone: 'Europe/Berlin' },
      {
        id: 'UPRIYA',
        name: 'priya',
        realName: 'Priya Patel',
        email: 'priya@acme.example',
        timeZone: 'America/New_York',
      },
      {
        id: 'UGUS',
        name: 'gus',
        realName: 'Gus Guest',
        email: 'gus@guest.example',
        timeZone: 'Etc/UTC',
        isGuest: true,
      },
      {
        id: 'UOTTO',
        name: 'otto',
        realName: 'Otto Old',
        email: 'otto@acme.example',
        timeZone: 'Etc/UTC',
        deleted: true,
      },
    ],
    channels: [
      { id: 'CALERTS', name: 'data-alerts', members: ['UDANA', 'UPRIYA', 'UGUS', 'UBOT'] },
      { id: 'CRANDOM', name: 'random', members: ['UDANA', 'UPRIYA'] },
      { id: 'GSECRET', name: 'secret', isPrivate: true, members: ['UPRIYA'] },
      { id: 'GCREW', name: 'crew', isPrivate: true, members: ['UDANA', 'UBOT'] },
      { id: 'COLD', name: 'old', isArchived: true, members: ['UDANA', 'UBOT'] },
    ],
    userGroups: [{ id: 'SORDERS', handle: 'orders-team', name: 'Orders', members: ['UDANA', 'UPRIYA'] }],
    budgets: 'off',
    ...options,
  };
}

export interface Running {
  workspace: Workspace;
  /** Where the page is. */
  url: string;
  app: App;
  stop(): Promise<void>;
}

/** A workspace with a real Bolt app on it, in one of the two ways Slack delivers. */
export async function runApp(
  mode: 'socket' | 'http',
  listen: (app: App) => void,
  options: WorkspaceOptions = town(),
): Promise<Running> {
  const workspace = createWorkspace(options);
  const { apiUrl, url } = await workspace.start();
  const common = { token: botToken, clientOptions: { slackApiUrl: apiUrl }, logLevel: LogLevel.ERROR };
  const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR });
  const app = mode === 'socket' ? new App({ ...common, appToken, socketMode: true }) : new App({ ...common, receiver });
  listen(app);
  const started = await app.start(0);
  if (mode === 'http') {
    const server = started && 'address' in started ? started.address() : null;
    if (typeof server !== 'object' || server === null) throw new Error('The app has no port.');
    workspace.deliverTo(`http://127.0.0.1:${server.port}/slack/events`);
  } else await workspace.until(() => workspace.socket.connections() > 0, 5000, 'the socket');
  return {
    workspace,
    url,
    app,
    async stop() {
      await app.stop();
      await workspace.stop();
    },
  };
}

/** A clock that stands still until it is told to go on. */
export function standingClock(start = '2026-11-24T09:00:00Z') {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(ms: number) {
      now += ms;
    },
  };
}
