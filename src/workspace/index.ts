// A pretend Slack workspace at the other end of the wire: Web API, Socket Mode, signed HTTP, and a page to look at it.
// In: an app that speaks Slack, and people (`as`) who click. Out: what Slack would send and show, as strict as Slack.
// It knows Slack's wire format and nothing else; tests and the demo use this same server.
import { systemClock } from '../lib/clock';
import { createApi } from './api';
import { postDue } from './api/chat';
import type { Services } from './api/method';
import { createBudgets } from './budgets';
import { createDeliveries } from './delivery/deliveries';
import { createSignedHttp } from './delivery/signed-http';
import { createSocketMode } from './delivery/socket-mode';
import { createFaults, type Faults } from './faults';
import { limits } from './limits';
import { createMessages, isTopLevel, threadOf } from './messages';
import type { WorkspaceOptions } from './options';
import { createPageActs } from './page-acts';
import { createPageDoor } from './page-door';
import { createPageState } from './page-state';
import { createPeople, type Person } from './people';
import { createResponseUrls } from './response-urls';
import { createServer } from './server';
import { createSlackEvents } from './slack-events';
import { createStamps } from './stamps';
import {
  type Call,
  type Channel,
  createStore,
  type Delivery,
  type EphemeralMessage,
  type FileEntry,
  type Message,
  type Store,
  type View,
} from './store';
import { createTriggers } from './triggers';
import { createViews } from './views';
import type { JsonObject } from './wire';

export { methodNames } from './api';
export { limits } from './limits';
export type {
  AppOptions,
  BudgetOptions,
  ChannelOptions,
  PersonOptions,
  UserGroupOptions,
  WorkspaceOptions,
} from './options';
export type { CommandResult, FormValues, Person, PressOptions, PressResult, SubmitResult } from './people';
export type { Call, Channel, Delivery, EphemeralMessage, FileEntry, Message, View } from './store';

export interface WorkspaceState {
  channels: Map<string, Channel>;
  users: Store['users'];
  /** What the channel itself shows, oldest first: no replies, unless broadcast. Metadata included. */
  messages(channelId: string): Message[];
  /** The parent and its replies, oldest first. */
  thread(channelId: string, ts: string): Message[];
  /** Every message of the channel, replies included. */
  everything(channelId: string): Message[];
  /** Earlier versions of a message, oldest first. */
  past(channelId: string, ts: string): Message[];
  ephemerals(userId: string): EphemeralMessage[];
  /** Open modals, bottom first. */
  views(userId: string): View[];
  /** The direct conversation of this person with the app, if there is one. */
  direct(userId: string): Channel | undefined;
  files: Map<string, FileEntry>;
  homes: Map<string, View>;
  calls: Call[];
  deliveries: Delivery[];
}

export interface Workspace {
  /** `apiUrl` is what `SLACK_API_URL` takes. */
  start(): Promise<{ url: string; apiUrl: string }>;
  stop(): Promise<void>;
  state: WorkspaceState;
  /** Acts as a person. @throws Error when there is no such person */
  as(userId: string): Person;
  faults: Faults;
  /** Signed HTTP to this address from now on; undefined: Socket Mode. */
  deliverTo(requestUrl: string | undefined): void;
  /** Slack's handshake with the request address. @returns whether the challenge was echoed */
  verifyRequestUrl(): Promise<boolean>;
  /** Sends a past delivery once more. */
  redeliver(delivery: Delivery): Promise<void>;
  /** Sends a subscribed event that no person's deed makes, such as `user_change`. @returns false when not subscribed */
  announce(type: string, fields: JsonObject): boolean;
  socket: {
    connections(): number;
    /** Asks the app to open new connections. */
    refresh(reason?: 'warning' | 'refresh_requested' | 'link_disabled'): void;
    /** Cuts all connections without a word. */
    cut(): void;
  };
  /**
   * Waits until `check` gives something truthy; asked again after every change.
   * @param timeoutMs real milliseconds. @default 5000
   * @throws Error when the time is over
   */
  until<T>(check: () => T | undefined | false | null, timeoutMs?: number, what?: string): Promise<T>;
  /** Is told of every change; @returns the function that ends it. */
  onChange(listener: (what: string) => void): () => void;
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
  const clock = options.clock ?? systemClock;
  const app = { ...options.apps[0] };
  const team = options.team ?? { id: 'T0WORKSPACE', domain: 'workspace', name: 'Workspace' };
  const ackDeadlineMs = options.ackDeadlineMs ?? limits.ackMs;
  const retryDelaysMs = options.retryDelaysMs ?? limits.retryDelaysSeconds.map((seconds) => seconds * 1000);
  let url = '';
  const base = () => url;

  const stamps = createStamps(clock);
  const store = createStore({ clock, app, ...options });
  const faults = createFaults(() => store.changed('faults'));
  const triggers = createTriggers({ clock, stamps });
  const sockets = createSocketMode({ appId: app.appId, stamps, ackDeadlineMs });
  const signedHttp = createSignedHttp({
    clock,
    signingSecret: app.signingSecret,
    requestUrl: () => app.requestUrl ?? '',
    ackDeadlineMs,
  });
  const transport = () => (app.requestUrl ? signedHttp : sockets.transport);
  const deliveries = createDeliveries({ clock, store, stamps, faults, transport, retryDelaysMs });
  const events = createSlackEvents({ clock, store, stamps, app, teamId: team.id, deliveries });
  const messages = createMessages({ store, stamps, app, teamId: team.id, events });
  const views = createViews({ store, stamps });
  const responseUrls = createResponseUrls({ clock, store, stamps, messages, base });
  const people = { store, stamps, app, team, deliveries, messages, views, triggers, responseUrls, events };
  const as = createPeople(people);
  const services: Services = { clock, store, stamps, app, team, messages, views, triggers, sockets, base };
  const api = createApi({
    services,
    budgets: createBudgets({ clock, rules: options.budgets ?? 'slack' }),
    faults,
    log: options.log,
  });
  const pageDoor = createPageDoor({
    store,
    state: createPageState({ services, faults }),
    acts: createPageActs({ services, faults, as }),
  });
  const server = createServer({ port: options.port ?? 0, api, services, sockets, responseUrls, pageDoor });
  let schedule: NodeJS.Timeout | undefined;

  const channelOrThrow = (id: string): Channel => {
    const channel = store.channels.get(id);
    if (!channel) throw new Error(`There is no channel ${id}.`);
    return channel;
  };
  const everything = (channelId: string) =>
    [...channelOrThrow(channelId).messages.values()].map(({ message }) => message);

  return {
    async start() {
      const port = await server.start();
      url = `http://127.0.0.1:${port}`;
      schedule = setInterval(() => postDue(services), 250);
      schedule.unref();
      return { url, apiUrl: `${url}/api/` };
    },
    async stop() {
      clearInterval(schedule);
      deliveries.stop();
      await sockets.stop();
      pageDoor.stop();
      await server.stop();
    },
    state: {
      channels: store.channels,
      users: store.users,
      everything,
      messages: (channelId) => everything(channelId).filter(isTopLevel),
      thread: (channelId, ts) => threadOf(channelOrThrow(channelId), ts),
      past: (channelId, ts) => channelOrThrow(channelId).messages.get(ts)?.past ?? [],
      ephemerals: (userId) => store.ephemerals.filter((entry) => entry.userId === userId),
      views: (userId) => [...views.stackOf(userId)],
      direct: (userId) => store.findDirect([userId, store.botUserId]),
      files: store.files,
      homes: store.homes,
      calls: store.calls,
      deliveries: store.deliveries,
    },
    as,
    faults,
    deliverTo(requestUrl) {
      if (requestUrl === undefined) delete app.requestUrl;
      else app.requestUrl = requestUrl;
    },
    verifyRequestUrl: () => signedHttp.verify(stamps.secret()),
    async redeliver(delivery) {
      await deliveries.redeliver(delivery);
    },
    announce: (type, fields) => events.announceRaw(type, fields),
    socket: { connections: sockets.connections, refresh: sockets.refresh, cut: sockets.cut },
    onChange: (listener) => store.onChange(listener),
    until(check, timeoutMs = 5000, what = 'what was waited for') {
      return new Promise((resolve, reject) => {
        const stop = () => {
          off();
          clearInterval(beat);
          clearTimeout(limit);
        };
        const look = () => {
          try {
            const found = check();
            if (!found) return;
            stop();
            resolve(found);
          } catch (error) {
            stop();
            reject(error);
          }
        };
        const off = store.onChange(() => setImmediate(look));
        const beat = setInterval(look, 20);
        const limit = setTimeout(() => {
          stop();
          reject(new Error(`After ${timeoutMs} ms ${what} had not come.`));
        }, timeoutMs);
        look();
      });
    },
  };
}
