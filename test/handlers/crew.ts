import { createServer } from 'node:http';
import { registerAll, type Services } from '../../handlers';
import { missingOf } from '../../src/domain/ability';
import type { Actor } from '../../src/domain/actor';
import type { FeedbackItem } from '../../src/domain/feedback';
import type { Interaction } from '../../src/domain/interaction';
import type { ParkedList } from '../../src/domain/parked';
import type { Press } from '../../src/domain/press';
import { createLogger } from '../../src/lib/logger';
import { createSlackApp } from '../../src/slack/app';
import type { BackfillAnswer } from '../../src/slack/backfill-form';
import { createSlackClient, type SlackClient } from '../../src/slack/client';
import type { VersionsAnswer } from '../../src/slack/redeploy-form';
import type { RequestLine } from '../../src/slack/request-list';
import { surfaceOf } from '../../src/slack/surface';
import { createWorkspace, type Workspace } from '../../src/workspace';
import { listedAction, plan, planId } from '../slack/plans';
import { failing, impactAnswer, pipelineStatus, statusAnswer, view } from '../slack/views';
import { only } from '../support/abilities';
import { weekFigures } from '../support/week-figures';
import { appToken, botToken, signingSecret, town } from '../workspace/town';

const start = new Date('2026-11-24T09:00:00Z');

export function actorOf(slackId: string, more: Partial<Actor> = {}): Actor {
  return {
    personId: `person-${slackId}`,
    slackId,
    name: slackId.slice(1).toLowerCase(),
    timeZone: 'Europe/Berlin',
    isGuest: false,
    isBot: false,
    isDeactivated: false,
    teams: ['orders'],
    roles: [],
    ...more,
  };
}

function parkedList(page: number): ParkedList {
  const post = { role: 'parent' as const, channel: '#orders', pipeline: 'orders_daily', since: start, replies: 2 };
  const posts = [{ ...post, id: '11111111-1111-4111-8111-111111111111', reason: 'not_in_channel' }];
  return { posts, causes: [{ cause: 'unseen', count: 17 }], total: 17, page, pages: 3 };
}

const backfillable: BackfillAnswer = {
  kind: 'found',
  pipeline: { connection: 'prod', key: 'orders_daily' },
  label: 'orders_daily',
  schedule: '30 4 * * *',
  timeZone: 'Europe/Berlin',
  today: '2026-11-25',
  example: '20261124',
};

const mondays = { weekday: 'mon', time: '09:00', timeZone: 'Europe/Berlin' } as const;

const versions: VersionsAnswer = {
  kind: 'found',
  pipeline: { connection: 'prod', key: 'orders_daily' },
  label: 'orders_daily',
  versions: [
    { version: '12', at: start, by: 'dana', note: 'join on the day' },
    { version: '11', at: new Date(start.getTime() - 86_400_000), by: 'noah' },
  ],
  more: 0,
  inForce: '12',
  before: '11',
};

export function supportRequest(): RequestLine {
  return {
    id: '7a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b',
    number: 12,
    state: 'open',
    requester: 'person-UDANA',
    requesterName: 'dana',
    isStaff: false,
    source: 'command',
    priority: 'normal',
    isDirect: false,
    askedAt: start,
    requesterSaidAt: start,
    question: 'Where is my table?',
  };
}

export const feedbackTheme = { id: '6a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b', name: 'Backfill' };

export function feedbackItem(): FeedbackItem {
  return {
    id: '8a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b',
    number: 7,
    source: 'command',
    status: 'new',
    person: 'person-UNOAH',
    name: 'noah',
    theme: feedbackTheme,
    at: start,
    words: 'Let me *backfill* from <my> phone',
  };
}

/** The use cases in memory, and what they were asked. */
export function createServices() {
  const actors = new Map<string, Actor>();
  const stored = new Map<string, Press>();
  const recorded: Interaction[] = [];
  const asked: object[] = [];
  const homes: string[] = [];
  const threads = new Set<string>();
  const alerts = new Set<string>();
  let now = start.getTime();
  const services: Services = {
    presses: {
      async storeOnce(press, signal) {
        if (signal.aborted) return 'too-late';
        if (stored.has(press.key)) return 'repeat';
        stored.set(press.key, press);
        return 'stored';
      },
      async whoAsked(key) {
        const press = stored.get(key);
        return press && { slackId: press.slackId, at: press.receivedAt, triggerId: press.triggerId };
      },
    },
    actors: { get: async (slackId) => actors.get(slackId) ?? actorOf(slackId) },
    pipelines: {
      async status(question) {
        asked.push(question);
        return statusAnswer([failing('orders_daily'), pipelineStatus('refunds')], { more: 192 });
      },
      async find(question) {
        asked.push(question);
        return question.name === 'orders_daily'
          ? statusAnswer([failing('orders_daily')], { scope: 'named', asked: question.name })
          : statusAnswer([], { scope: 'named', asked: question.name, didYouMean: ['orders_daily'] });
      },
      async impact(question) {
        asked.push(question);
        if (question.name !== 'orders_daily')
          return { kind: 'none', asked: question.name, didYouMean: ['orders_daily'] };
        return impactAnswer();
      },
    },
    pictures: { plan: async () => undefined, downstream: async () => undefined },
    dialogs: {
      open: async () => ({ id: 'V1', hash: '1' }),
      update: async () => ({ hash: '2' }),
    },
    plans: {
      async make({ actor: _actor, ...wish }) {
        asked.push(wish);
        return { outcome: 'planned', actionId: planId, plan: plan(), until: new Date(now + 60 * 60_000) };
      },
      async refusal({ actor, kind }) {
        if (actor.slackId === 'UDANA') return undefined;
        const whoMay = 'people with the role *operator*';
        return { why: `Only ${whoMay} may ${kind} this.`, whoMay };
      },
      async ways() {
        return [{ way: 'from-start' }, { way: 'skip-step', steps: ['load'] }, { way: 'backfill' }];
      },
    },
    changes: {
      async underWay(question) {
        asked.push(question);
        return question.channelId === 'CALERTS' ? { actions: [listedAction()], more: 2 } : { actions: [], more: 0 };
      },
      async bulk({ actor }) {
        const mayOperate = actor.roles.includes('operator');
        return { actions: [listedAction()], more: 0, mayOperate, whoMay: 'people with the role *operator*' };
      },
    },
    mayOperate: (actor) => ({ may: actor.roles.includes('operator'), whoMay: 'people with the role *operator*' }),
    backfills: {
      named: async (name) =>
        name === 'orders_daily' ? backfillable : { kind: 'none', asked: name, didYouMean: ['orders_daily'] },
      about: async () => backfillable,
    },
    alerts: {
      about: async (id) =>
        id === view().incidentId
          ? {
              pipeline: { connection: 'prod', key: 'orders_daily' },
              missing: missingOf(only('retry', 'openLog')),
              back: '11',
            }
          : undefined,
    },
    versions: {
      named: async (name) =>
        name === 'orders_daily' ? versions : { kind: 'none', asked: name, didYouMean: ['orders_daily'] },
    },
    subscriptions: {
      async list(question) {
        asked.push(question);
        return {
          channel: [{ wording: 'orders_* tag:finance', by: 'UPRIYA', at: start, fits: 2 }],
          follows: [{ key: 'refunds', at: start }],
        };
      },
    },
    metrics: { ask: async () => ({ kind: 'file', said: 'the last week' }) },
    digests: {
      async of({ actor, channel }) {
        if (actor.slackId !== 'UDANA')
          return { kind: 'not-allowed', teams: ['orders'], operators: 'people with the role *operator*' };
        const file = { ...mondays, channel, scope: 'team:orders' };
        const scopes = ['all', 'team:orders'];
        return { kind: 'found', channel, channelName: 'alerts', file, inForce: file, scopes, usual: mondays };
      },
      async would({ channel, choice }) {
        const { kind: _kind, ...wished } = choice.kind === 'plan' ? choice : { kind: 'file', scope: 'all', ...mondays };
        const would = { kind: 'would' as const, channelName: 'alerts', nameOf: () => undefined };
        if (choice.kind === 'none') return would;
        return { ...would, plan: { ...wished, channel }, next: start, week: weekFigures() };
      },
      preview: async () => ({ week: weekFigures(), nameOf: () => undefined }),
    },
    audit: {
      async ask(question) {
        asked.push(question);
        return { kind: 'denied', name: 'orders_daily', whoMay: 'members of *orders*' };
      },
    },
    autoRetries: {
      list: async () => ({
        list: [
          {
            id: '5a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b',
            connection: 'prod',
            pipeline: 'orders_daily',
            cause: 'Rate limited',
            by: 'UPRIYA',
            since: start,
            done: 4,
            helped: 3,
            today: 1,
          },
        ],
        names: new Map([['UPRIYA', 'priya']]),
      }),
    },
    maintenance: {
      async list() {
        const until = new Date(now + 60 * 60_000);
        return [
          {
            id: 'M1',
            filter: { pattern: 'orders_*' },
            wording: 'orders_*',
            reason: 'move',
            by: 'UPRIYA',
            from: start,
            until,
          },
        ];
      },
    },
    parked: {
      async list(question) {
        asked.push(question);
        return question.actor.roles.includes('operator')
          ? parkedList(question.page)
          : { whoMay: 'people with the role *operator*' };
      },
    },
    homes: {
      async open(slackId) {
        homes.push(slackId);
      },
    },
    interactions: {
      async record(interaction) {
        recorded.push(interaction);
      },
    },
    feedback: {
      find: async () => feedbackItem(),
      waiting: async () => ({ items: [feedbackItem()], total: 1, fresh: 1 }),
      themesFor: async () => ({ themes: [feedbackTheme], suggested: feedbackTheme.id }),
      audience: async () => ({ to: ['dana', 'noah'], unwilling: 1, items: 3 }),
    },
    pulse: { results: async () => ({ results: [], minimum: 5, isOn: false }) },
    requests: {
      livesIn: async (_channel, threadTs) => threads.has(threadTs),
      holds: async (_channel, ts) => threads.has(ts),
      takesPosts: async (channelId) => channelId === 'CHELP',
      isTeam: (actor) => actor.teams.includes('enablement'),
      mayAnswer: (actor) => actor.teams.includes('enablement'),
      draft: async () => ({ question: 'How do I log in?', answer: 'By SSO.', entry: '# How do I log in?' }),
      pinned: async () => [
        { id: supportRequest().id, question: 'How do I log in?', answer: 'By SSO.', pinnedAt: start },
      ],
      queuesBeside: () => ['finance'],
      queue: async ({ actor }) =>
        actor.teams.includes('enablement') ? { requests: [supportRequest()], total: 1 } : { requests: [], total: 0 },
      mine: async () => ({ requests: [], total: 0 }),
      find: async (id) => (id === supportRequest().id ? supportRequest() : undefined),
      words: async () => [
        { kind: 'said', at: new Date('2026-11-25T10:00:00Z'), name: 'dana', words: 'It is about my *pay*' },
      ],
      alertAt: async (_channel, ts) =>
        alerts.has(ts) ? { connection: 'prod', pipeline: 'orders_daily', run: 'r1' } : undefined,
      aboutNamed: async (name) =>
        name === 'orders_daily' ? { connection: 'prod', pipeline: 'orders_daily', run: 'r1' } : undefined,
      categories: () => ['question', 'bug'],
      emoji: () => 'ticket',
    },
    commands: { pipeline: '/pipeline', support: '/support' },
    clock: { now: () => new Date(now) },
    log: createLogger('silent'),
  };
  return {
    services,
    actors,
    stored,
    recorded,
    asked,
    /** Stamps of messages that head the thread of a request, and of those that are an alert. */
    threads,
    alerts,
    /** Of whom the Home tab was brought up to date. */
    homes,
    advance(ms: number) {
      now += ms;
    },
  };
}

export interface Crew extends ReturnType<typeof createServices> {
  workspace: Workspace;
  slack: SlackClient;
  stop(): Promise<void>;
}

const shortcuts = surfaceOf({ commands: { pipeline: '/pipeline', support: '/support' } }).shortcuts;

/** The real Bolt app with all listeners on a strict workspace, over Socket Mode or signed HTTP. */
export async function runCrew(mode: 'socket' | 'http'): Promise<Crew> {
  const workspace = createWorkspace(
    town({ app: { escapeCommands: true, commands: ['/pipeline', '/support'], shortcuts } }),
  );
  const { apiUrl } = await workspace.start();
  const crew = createServices();
  const { log } = crew.services;
  const slack = createSlackClient({ token: botToken, apiUrl, log });
  crew.services.dialogs = { open: slack.openView, update: slack.updateView };
  const credentials = mode === 'socket' ? { mode, botToken, appToken } : { mode, botToken, signingSecret };
  const app = createSlackApp({ credentials, apiUrl, log, slack });
  registerAll(app.bolt, crew.services);
  const web = app.listener && createServer(app.listener);
  if (web) {
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const address = web.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    workspace.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  }
  await app.start();
  return {
    ...crew,
    workspace,
    slack,
    async stop() {
      await app.stop();
      await workspace.stop();
      web?.closeAllConnections();
      await new Promise<void>((resolve) => (web ? web.close(() => resolve()) : resolve()));
    },
  };
}
