/**
 * Builds everything. `assemble` wires the parts around a database, a Slack and a queue that it is given; `startPitcrew` opens
 * the real ones, serves, and drains.
 */
import { randomUUID } from 'node:crypto';
import { registerAll, type Services } from '../handlers';
import { createActions } from './actions';
import { createActors } from './actions/actors';
import { createAudit } from './actions/audit';
import { createPolicy } from './actions/policy';
import { createPresses } from './actions/presses';
import { createSeals } from './actions/seals';
import type { Config } from './config';
import { createDiagnosis, type Diagnoser, remembering } from './diagnosis';
import { can } from './domain/ability';
import { type ActionKind, courseWords } from './domain/action';
import type { Actor } from './domain/actor';
import { mayOperate } from './domain/authorise';
import { Failure } from './domain/failure';
import { numberOf, type WeekFigures } from './domain/figures/week-figures';
import type { PressAnswer } from './domain/press';
import type { ActAs, Settings } from './domain/settings';
import { createWebServer, type Health } from './http/server';
import { createIncidents } from './incidents';
import { createChannels } from './incidents/channels';
import { createLateWatch } from './incidents/late';
import { createMaintenance } from './incidents/maintenance';
import { createMembers } from './incidents/members';
import { createMutes } from './incidents/mutes';
import { createOwners } from './incidents/owners';
import { createParked } from './incidents/parked';
import { createQuiet } from './incidents/quiet';
import { createSubscriptions } from './incidents/subscriptions';
import { createUnshownWatch } from './incidents/unshown';
import { createDecider } from './ingest/decider';
import { createDiscovery } from './ingest/discovery';
import { createDoor } from './ingest/door';
import { createPoller } from './ingest/poller';
import { createSilenceWatch } from './ingest/silence';
import { registerJobs, wakers } from './jobs';
import { createInvestigator } from './jobs/investigate';
import { createPressWorker } from './jobs/press-worker';
import { createNudges, type Nudges } from './jobs/queue';
import { startSweep } from './jobs/sweeps';
import { createTimers } from './jobs/timers';
import { type Clock, systemClock } from './lib/clock';
import type { Logger } from './lib/logger';
import { createMetrics, type Metrics } from './lib/metrics';
import { createRedactor, redactWithin, rememberingHarmless } from './lib/redact';
import { type Connected, connectAll, kinds } from './orchestrators/registry';
import { createRights } from './orchestrators/rights';
import { createOutbox } from './outbox';
import { type Budgets, createBudgets } from './outbox/budgets';
import { createHomes } from './outbox/home';
import { readIncidentView } from './outbox/incident-view';
import { renderPost } from './outbox/render';
import { createStorms } from './outbox/storms';
import { createPipelines } from './pipelines';
import { createBackfillReads } from './pipelines/backfill';
import { createVersionReads } from './pipelines/versions';
import { createCounters } from './reporting/counters';
import { createDigest } from './reporting/digest';
import { createDigestLook } from './reporting/digest-look';
import { createDigestPlans } from './reporting/digest-plans';
import { createExplore } from './reporting/explore';
import { createFigures } from './reporting/figures';
import { createInteractions } from './reporting/interactions';
import { createRollups } from './reporting/rollups';
import { createRequests } from './requests';
import { aboutAlert, aboutPipeline } from './requests/about';
import { createAssigning } from './requests/assigning';
import { createDaily } from './requests/daily';
import { createFeedback } from './requests/feedback';
import { createPinned } from './requests/pinned';
import { createPulse } from './requests/pulse';
import { createQuestions } from './requests/questions';
import { createRunbooks } from './requests/runbooks';
import { createRequestTasks } from './requests/tasks';
import { createTimetable } from './requests/timetable';
import { createTurns } from './requests/turns';
import type { SettingsHolder } from './settings/holder';
import { createSlackApp, type SlackApp, type SlackCredentials } from './slack/app';
import { createSlackClient, type SlackClient } from './slack/client';
import { renderHome } from './slack/home';
import { createPictures } from './slack/pictures';
import { drawCharts } from './slack/pictures/charts';
import { renderPressAnswer } from './slack/refusals';
import type { RequestLine } from './slack/request-list';
import { renderNotice } from './slack/story';
import * as actionRows from './store/action-rows';
import { type Db, openDb, waitForDatabase } from './store/db';
import { openEmbedded } from './store/embedded';
import { lastPrinted } from './store/figure-rows';
import * as inboxRows from './store/inbox-rows';
import { migrate } from './store/migrate';
import { namesOf } from './store/person-rows';
import { knownKeys } from './store/pipeline-facts';
import * as postRows from './store/post-rows';
import { createPresence, type Presence } from './store/presence';
import type { StoredPress } from './store/press-rows';

export interface Parts {
  db: Db;
  clock: Clock;
  log: Logger;
  settings: Pick<SettingsHolder, 'current'>;
  slack: SlackClient;
  nudges: Nudges;
  budgets: Budgets;
  metrics: Metrics;
  presence?: Presence;
  /** Left out = those of the settings in force. */
  connections?: Connections;
}

/** The orchestrators, by the names of their connections. */
export interface Connections {
  get(name: string): Reached | undefined;
  all(): Iterable<Reached>;
  close(): Promise<void>;
}
export type Reached = Pick<Connected, 'name' | 'kind' | 'orchestrator' | 'abilities'>;

/** Of each list on a Home tab. */
const homeLines = 24;
/** How long a right that an orchestrator gives or takes may go unnoticed. */
const rightsEveryMs = 15 * 60_000;
/** While Slack does not say where our workspace is, it is asked so often. */
const askAddressAgainMs = 60_000;

/** Wires the product; starts nothing. */
export function assemble(parts: Parts) {
  const { db, clock, log, slack, nudges, budgets, metrics } = parts;
  const settings = () => parts.settings.current();
  const wake = wakers(nudges);

  const connections =
    parts.connections ??
    connectionsOf({
      db,
      clock,
      log,
      settings,
      unknownWord: (connection) => metrics.unknownWords.inc({ connection }),
    });
  const orchestrator = (name: string) => connections.get(name)?.orchestrator;
  const rights = createRights({ connections, log });
  const analyst = onceFor((of: Settings) => diagnosisOf(of));
  const redactor = onceFor((of: Settings) => rememberingHarmless(createRedactor(of.diagnosis.redact)));
  const redact = (text: string) => redactor(settings())(text);

  /** Slack sends people on from its front door until we know our own workspace's address. */
  let workspaceUrl = 'https://slack.com/';
  const learnAddress = async (): Promise<void> => {
    try {
      const { url } = await slack.authTest();
      if (url) workspaceUrl = url;
    } catch (error) {
      log.warn({ err: error }, 'slack.address-unknown');
      setTimeout(learnAddress, askAddressAgainMs).unref();
    }
  };

  const messageUrl = (channel: string, ts: string) => `${workspaceUrl}archives/${channel}/p${ts.replace('.', '')}`;

  const channels = createChannels({ db, clock, log, listChannels: () => collect(slack.listChannels()) });
  const channelId = async (channel: string) =>
    (await patiently(channels.idOf(channel), 500)) ?? channels.lastIdOf(channel) ?? channel;
  const actors = createActors({
    db,
    clock,
    log,
    settings,
    fetchPerson: (id) => slack.userInfo(id),
    fetchByEmail: (email) => slack.userByEmail(email),
    fetchGroupMembers: (id) => slack.listGroupMembers(id),
    fetchGroups: () => slack.listGroups(),
  });
  const pipelines = createPipelines({
    db,
    clock,
    log,
    settings,
    orchestrator,
    abilitiesOf: rights.of,
    channelName: (id) => channels.nameOf(id),
    ownerName: actors.ownerName,
    messageUrl,
  });
  const incidents = createIncidents({
    clock,
    log,
    settings,
    channelId,
    decided: (reason) => metrics.decisions.inc({ reason }),
  });
  const subscriptions = createSubscriptions({
    db,
    clock,
    settings,
    known: pipelines.known,
    lookUp: pipelines.lookUp,
    channelName: (id) => channels.nameOf(id),
  });
  const requests = createRequests({ db, clock, settings, redact, channelName: (id) => channels.nameOf(id) });
  const turns = createTurns({ clock, settings, actor: (slackId) => actors.get(slackId), membersOf: actors.membersOf });
  const assigning = createAssigning({
    db,
    clock,
    log,
    settings,
    requests,
    turns,
    actor: (slackId) => actors.get(slackId),
  });
  const pinned = createPinned({ db, clock, requests, redact });
  const questions = createQuestions({ db, clock, settings, requests, pinned, redact });
  const requestTasks = createRequestTasks({ clock, requests, redact });
  const feedback = createFeedback({ db, clock, settings, redact });
  const quiet = createQuiet({ db, clock, settings, refresh: incidents.refresh, tell: incidents.tell });
  const mutes = createMutes({
    db,
    clock,
    settings,
    lookUp: pipelines.lookUp,
    channelName: (id) => channels.nameOf(id),
    quiet,
  });
  const maintenance = createMaintenance({
    db,
    clock,
    settings,
    known: pipelines.known,
    lookUp: pipelines.lookUp,
    mayOperate: (actor) => mayOperate(actor, settings()),
  });
  const parked = createParked({ clock });
  /** @throws Failure `rate-limited` too where this would be more than Slack takes of us */
  const uploadWithin: SlackClient['uploadFile'] = async (file) => {
    const retryAfterMs = await budgets.takeFile();
    if (retryAfterMs > 0) throw new Failure('rate-limited', 'Slack', { retryAfterMs });
    return slack.uploadFile(file);
  };
  const uploadFile = (file: { name: string; title: string; content: string }) =>
    uploadWithin(redactWithin(file, redact));
  const owners = createOwners({
    clock,
    settings,
    downstream: pipelines.downstream,
    profile: pipelines.profile,
    trouble: pipelines.trouble,
  });
  const actions = createActions({
    db,
    clock,
    log,
    orchestrator,
    abilitiesOf: rights.of,
    nameFor: (connection, actor) =>
      nameAs(settings().orchestrators.find(({ name }) => name === connection)?.actAs, actor),
    actor: (slackId) => actors.get(slackId),
    ...createPolicy({ db, settings, clock }),
    profile: (ref) => pipelines.profile(ref),
    downstream: pipelines.downstream,
    platformChannel: () => settings().platformChannel,
    messageUrl,
    uploadFile,
    refresh: incidents.refresh,
    tell: incidents.tell,
    wakeDecider: wake.decider,
    wakeOutbox: wake.outbox,
    wake: wake.action,
  });
  const door = createDoor({
    db,
    clock,
    log,
    orchestrator,
    redact,
    sources: () => settings().ingest.sources,
    connections: () => settings().orchestrators.map(({ name }) => name),
    wakeDecider: wake.decider,
    confirm: confirmSubscription,
    stored: (source, count) => metrics.stored.inc({ source }, count),
  });
  const decider = createDecider({
    db,
    clock,
    log,
    orchestrator,
    redact,
    diagnose: (error) => analyst(settings()).diagnoseText(error),
    receive: incidents.receive,
  });
  const poller = createPoller({
    db,
    clock,
    log,
    orchestrator,
    door,
    polled: () =>
      settings().orchestrators.flatMap(({ name, poll }) => (poll ? [{ name, everySeconds: poll.everySeconds }] : [])),
    wakeDecider: wake.decider,
  });
  const view = {
    db,
    clock,
    settings,
    downstreamOf: pipelines.downstreamOf,
    upstreamOf: pipelines.upstreamOf,
    messageUrl,
    ownerName: actors.ownerName,
    batchWordsOf(connection: string, kind: ActionKind) {
      const batch = connections.get(connection)?.orchestrator.actions[kind]?.batch;
      return courseWords.filter((word) => batch?.[word] !== undefined);
    },
    abilitiesOf: rights.of,
  };
  const storms = createStorms({ db, clock, log, settings, uploadFile });
  const outbox = createOutbox({
    db,
    storms,
    clock,
    log,
    budgets,
    presence: parts.presence,
    // To a person Slack opens a conversation; by its id what may have been posted there is looked for.
    channelId: (channel) => (/^[UW]/.test(channel) ? slack.openDm(channel) : channelId(channel)),
    sender: slack,
    render: (post) => renderPost({ ...view, redact }, post),
    say: (notice) =>
      renderNotice(redactWithin(notice, redact), { name: 'It', timeZone: settings().workspace.timeZone }).text,
    sent(post, ms) {
      metrics.postsSent.inc({ role: post.role });
      if (post.role === 'parent' && !post.ts) metrics.postDelay.observe(ms / 1_000);
    },
    failed: (kind) => metrics.postsFailed.inc({ kind }),
  });
  const investigator = createInvestigator({
    db,
    clock,
    log,
    orchestrator,
    redact,
    incidents,
    diagnoseStream: (chunks) => analyst(settings()).diagnoseStream(chunks),
    diagnoseText: (text) => analyst(settings()).diagnoseText(text),
    wakeOutbox: wake.outbox,
  });
  const presses = createPresses({ db, wake: wake.press });
  const aboutNamed = async (name: string) => {
    const [found, another] = (await pipelines.lookUp(name)).found;
    return found && !another ? aboutPipeline(db, found) : undefined;
  };
  const digestPlans = createDigestPlans({
    db,
    clock,
    settings,
    channelId,
    channelName: (id) => channels.nameOf(id),
    mayOperate: (actor) => mayOperate(actor, settings()),
  });
  const figures = createFigures({
    db,
    clock,
    settings,
    timetable: () => timetable.read(db),
    counters: createCounters({ settings, log }),
  });
  const pulse = createPulse({ db, clock, settings, redact, eligible: () => figures.eligible('all') });
  const pressWorker = createPressWorker({
    db,
    clock,
    log,
    incidents,
    quiet,
    actions,
    pipelines,
    members: createMembers({
      clock,
      log,
      canRetry: (connection) => can(rights.of(connection), 'retry'),
      uploadFile,
    }),
    subscriptions,
    mutes,
    maintenance,
    digestPlans,
    parked,
    owners,
    requests,
    assigning,
    requestTasks,
    feedback,
    pulse,
    pinned,
    questions,
    messageAt: slack.messageAt,
    aboutNamed,
    settings,
    mayOperate: (actor) => mayOperate(actor, settings()),
    actor: (slackId) => actors.get(slackId),
    answer: (press, answer) => tellPrivately(press, answer),
    renewHome: (slackId) => homes.renew(slackId),
    wakeAction: wake.action,
    wakeOutbox: wake.outbox,
  });
  const rollups = createRollups({ db, clock, log, settings, meet: actors.meet });
  const timetable = createTimetable({ db, clock, settings });
  const digest = createDigest({
    db,
    clock,
    log,
    settings,
    figures,
    rollups,
    plans: digestPlans.all,
    draw: drawCharts,
    uploadFile: uploadWithin,
    presence: parts.presence,
  });
  const digestLook = createDigestLook({ db, clock, settings, plans: digestPlans, digest });
  const explore = createExplore({
    clock,
    settings,
    digest,
    bring: (slackId, file) => bring(slackId, file, 'The figures'),
  });
  const homes = createHomes({
    db,
    clock,
    log,
    takeView: budgets.takeView,
    publish: slack.publishHome,
    async render(slackId) {
      const actor = await actors.get(slackId);
      const withThread = <T extends RequestLine>(request: T) => ({
        ...request,
        ...(request.channel && request.threadTs ? { threadUrl: messageUrl(request.channel, request.threadTs) } : {}),
      });
      const mine = await requests.mine({ actor, limit: homeLines });
      const queue = await requests.board(actor, homeLines);
      const facts = {
        mine: { ...mine, requests: mine.requests.map(withThread) },
        ...(requests.isTeam(actor) || queue.total > 0
          ? { queue: { ...queue, requests: queue.requests.map(withThread) } }
          : {}),
        ...(requests.isTeam(actor) ? { feedback: await feedback.waiting({ page: 1, limit: 3 }) } : {}),
      };
      const home = {
        ...facts,
        command: settings().commands.support,
        timeZone: actor.timeZone ?? settings().workspace.timeZone,
        now: clock.now(),
      };
      return { view: renderHome(home, actor.personId), facts: JSON.stringify(facts) };
    },
  });
  const timers = createTimers({
    db,
    clock,
    log,
    maintenance,
    mutes,
    quiet,
    requests,
    assigning,
    feedback,
    pulse,
    questions,
    daily: createDaily({ db, clock, log, settings, channelId, messageUrl }),
    runbooks: createRunbooks({ db, log, settings, redact }),
    homes,
    late: createLateWatch({ db, clock, log, settings }),
    silence: createSilenceWatch({ db, clock, log, settings }),
    unshown: createUnshownWatch({ db, clock }),
    seals: createSeals({ db, clock }),
    actions,
    wakeOutbox: wake.outbox,
    wakeDecider: wake.decider,
  });
  /** A file to one person, by direct message. @throws Failure */
  async function bring(slackId: string, file: { name: string; title: string; content: string }, what: string) {
    const { permalink } = await uploadFile(file);
    if (!permalink) throw new Failure('bad-response', 'Slack', { detail: 'it told no address of the file' });
    const text = `${what} that you asked for: ${permalink}`;
    await slack.postMessage({ text, blocks: [], channel: await slack.openDm(slackId), postId: randomUUID() });
  }
  const audit = createAudit({
    db,
    clock,
    settings,
    lookUp: pipelines.lookUp,
    mayOperate: (actor) => mayOperate(actor, settings()),
    bring: (slackId, file) => bring(slackId, file, 'The audit trail'),
  });
  const interactions = createInteractions({ db, clock, log, meet: (slackId) => actors.get(slackId) });

  async function tellPrivately(press: StoredPress, answer: PressAnswer): Promise<void> {
    const person = await actors.get(press.slackId).catch(() => undefined);
    const message = renderPressAnswer(redactWithin(answer, redact), {
      timeZone: person?.timeZone ?? settings().workspace.timeZone,
      command: settings().commands.pipeline,
    });
    const { responseUrl, channel, slackId: user } = press;
    // The address of a press lives half an hour, and the bot may not be in the channel.
    const ways = [
      ...(responseUrl ? [() => slack.respond(responseUrl, message)] : []),
      ...(channel ? [() => slack.postEphemeral({ ...message, channel, user })] : []),
      async () => slack.postEphemeral({ ...message, channel: await slack.openDm(user), user }),
    ];
    for (const way of ways) {
      try {
        return await way();
      } catch (error) {
        log.info({ err: error, press: press.name }, 'press.answer-lost');
      }
    }
  }

  /** A dialog waits for nothing, since its trigger does not; what it takes up is counted all the same. */
  function countView(): void {
    budgets.takeView().catch((error) => log.warn({ err: error }, 'budgets.not-counted'));
  }

  const discovery = createDiscovery({
    db,
    clock,
    log,
    kinds: kinds.map(({ id }) => id),
    connections: () =>
      [...connections.all()].map(({ name, kind, orchestrator: found }) => ({
        name,
        lineageSource: `${kind.id}:${name}`,
        orchestrator: found,
      })),
    door,
    pipelines,
    redact,
    wakeDecider: wake.decider,
  });

  const backfills = createBackfillReads({
    db,
    clock,
    abilitiesOf: rights.of,
    lookUp: pipelines.lookUp,
    profile: pipelines.profile,
  });
  const versions = createVersionReads({
    db,
    clock,
    orchestrator,
    abilitiesOf: rights.of,
    lookUp: pipelines.lookUp,
    profile: pipelines.profile,
    nameOf: actors.ownerName,
  });
  const services: Services = {
    presses,
    actors,
    pipelines: {
      status: async (question) => redactWithin(await pipelines.status(question), redact),
      find: async (question) => redactWithin(await pipelines.find(question), redact),
      impact: async (question) => redactWithin(await pipelines.impact(question), redact),
    },
    pictures: createPictures({ log, uploadFile: uploadWithin }),
    dialogs: {
      open(triggerId, shown) {
        countView();
        return slack.openView(triggerId, shown);
      },
      update(to) {
        countView();
        return slack.updateView(to);
      },
    },
    plans: {
      make: async (wish) => redactWithin(await actions.plan(wish), redact),
      refusal: async (wish) => redactWithin(await actions.refusal(wish), redact),
      ways: actions.ways,
    },
    changes: {
      underWay: async (question) => redactWithin(await actions.underWay(question), redact),
      async bulk({ actor }) {
        const [list, off] = await Promise.all([actions.largeUnderWay(), actions.bulkOff()]);
        const { may, whoMay } = mayOperate(actor, settings());
        return redactWithin({ ...list, ...(off ? { off } : {}), mayOperate: may, whoMay }, redact);
      },
    },
    mayOperate: (actor) => mayOperate(actor, settings()),
    backfills: {
      named: async (name) => redactWithin(await backfills.named(name), redact),
      about: async (ref) => redactWithin(await backfills.about(ref), redact),
    },
    alerts: {
      async about(incidentId, channel) {
        const found = await readIncidentView(view, incidentId, channel);
        if (!found) return undefined;
        const { lead, missing, changed } = found;
        return {
          pipeline: redactWithin({ connection: lead.connection, key: lead.pipeline }, redact),
          missing,
          ...(changed?.back === undefined ? {} : { back: changed.back }),
        };
      },
    },
    versions: { named: async (name) => redactWithin(await versions.named(name), redact) },
    subscriptions: { list: async (question) => redactWithin(await subscriptions.list(question), redact) },
    audit: { ask: async (question) => redactWithin(await audit.ask(question), redact) },
    autoRetries: {
      async list() {
        const list = await actions.autoRetry.listed();
        return { list: redactWithin(list, redact), names: await namesOf(db, [...new Set(list.map(({ by }) => by))]) };
      },
    },
    maintenance: { list: async () => redactWithin(await maintenance.list(), redact) },
    parked: {
      async list({ actor, page }) {
        const { may, whoMay } = mayOperate(actor, settings());
        return may ? redactWithin(await parked.list(db, page), redact) : { whoMay };
      },
    },
    metrics: { ask: async (question) => redactWithin(await explore.ask(question), redact) },
    digests: {
      of: async (question) => redactWithin(await digestPlans.of(question), redact),
      would: async (question) => redactWithin(await digestLook.would(question), redact),
      preview: async (question) => redactWithin(await digestLook.preview(question), redact),
    },
    requests: {
      ...requests,
      find: requests.find,
      alertAt: (channel, ts) => aboutAlert(db, channel, ts),
      aboutNamed,
      pinned: pinned.list,
      draft: questions.draft,
      queuesBeside: ({ team }) =>
        settings()
          .teams.filter(
            ({ name, channel }) =>
              (channel ?? (name === settings().support.team ? settings().support.triageChannel : undefined)) !==
                undefined && name !== (team ?? settings().support.team),
          )
          .map(({ name }) => name),
      categories: () => settings().support.categories,
      emoji: () => settings().support.emoji,
    },
    feedback,
    pulse,
    homes,
    interactions,
    commands: settings().commands,
    clock,
    log,
  };

  return {
    services,
    door,
    channels,
    learnAddress,
    connections,
    rights,
    /** Has the queue drive the product. */
    registerJobs: () =>
      registerJobs({
        nudges,
        decider,
        poller,
        outbox,
        actions,
        investigator,
        presses: pressWorker,
        timers,
        rollups,
        digest,
        discover: discovery.read,
        hurryActions: (incidentIds) => actionRows.hurry(db, incidentIds, clock.now()),
      }),
    async health(): Promise<Health> {
      try {
        const [inbox, posts, queue] = await Promise.all([inboxRows.lag(db), postRows.backlog(db), nudges.ready()]);
        const age = (since: Date | undefined) =>
          since ? Math.max(0, (clock.now().getTime() - since.getTime()) / 1_000) : 0;
        return {
          ready: true,
          body: {
            status: 'ready',
            queue: queue ? 'answers' : 'does not answer; work goes on by sweeps',
            inbox: { waiting: inbox.waiting, lagSeconds: age(inbox.oldest) },
            outbox: { waiting: posts.waiting, oldestSeconds: age(posts.oldest), parked: posts.parked },
          },
        };
      } catch (error) {
        log.warn({ err: error }, 'health.not-ready');
        return {
          ready: false,
          body: { status: 'not ready', reason: 'The database does not answer, so events cannot be stored.' },
        };
      }
    },
    async measure(): Promise<{ contentType: string; body: string }> {
      const [inbox, posts] = await Promise.all([inboxRows.lag(db), postRows.backlog(db)]);
      const age = (since: Date | undefined) =>
        since ? Math.max(0, (clock.now().getTime() - since.getTime()) / 1_000) : 0;
      metrics.inboxWaiting.set(inbox.waiting);
      metrics.inboxLag.set(age(inbox.oldest));
      metrics.outboxWaiting.set(posts.waiting);
      metrics.outboxOldest.set(age(posts.oldest));
      metrics.outboxParked.set(posts.parked);
      measureWeek(await lastPrinted(db), metrics);
      return { contentType: metrics.registry.contentType, body: await metrics.registry.metrics() };
    },
    close: () => connections.close(),
  };
}

/** Shows the last week that was printed for the organisation; nothing before the first one. */
function measureWeek(week: WeekFigures | undefined, metrics: Metrics): void {
  for (const [figure, value] of Object.entries(week?.figures ?? {})) {
    const shown = numberOf(value);
    if (shown !== undefined) metrics.weekFigure.set({ figure }, shown);
    if (value.kind !== 'count') metrics.weekFigureN.set({ figure }, value.n);
  }
}

export type Pitcrew = ReturnType<typeof assemble>;

/** The connections of the settings in force; built anew when these were taken anew. */
function connectionsOf(deps: {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  unknownWord(connection: string): void;
}): Connections {
  const { db, clock, log, settings } = deps;
  const knownPipelines = (connection: string) => knownKeys(db, connection);
  let built: { of: Settings; connected: Map<string, Connected> } | undefined;

  function present(): Map<string, Connected> {
    if (built?.of === settings()) return built.connected;
    const before = built?.connected;
    const redactor = createRedactor(settings().diagnosis.redact);
    const connected = connectAll(settings().orchestrators, {
      log,
      clock,
      knownPipelines,
      unknownWord: deps.unknownWord,
      redact: (text) => redactor.redact(text).text,
    });
    built = { of: settings(), connected };
    for (const old of before?.values() ?? [])
      old.close().catch((error) => log.warn({ err: error }, 'connection.not-closed'));
    return connected;
  }

  return {
    get: (name: string) => present().get(name),
    all: () => present().values(),
    async close() {
      await Promise.all([...(built?.connected.values() ?? [])].map((each) => each.close()));
    },
  };
}

/** A running Pitcrew. */
export interface Running {
  /** Where HTTP is served. */
  port: number;
  /** One line for people: where the data is kept, how Slack is reached. */
  say: string;
  /** Takes nothing new, finishes what is under way, leaves the database. */
  stop(): Promise<void>;
}

interface StartInput {
  config: Config;
  settings: SettingsHolder;
  log: Logger;
  host?: string;
}

/** After this long a stop ends, whatever is still under way. */
const stopWithinMs = 9_000;
/** Time that a stop gives to what is under way. */
const drainMs = 5_000;

/**
 * Opens the database (an embedded one where none is named), migrates under a lock, serves.
 * @throws DatabaseFault, ConfigurationFault
 */
export async function startPitcrew(input: StartInput): Promise<Running> {
  const { config, log } = input;
  const credentials = config.slack;
  if (!credentials) throw new Error('startPitcrew needs Slack credentials');
  const closers: (() => Promise<unknown>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const { port, keptIn } = await open(input, credentials, closers);
    let stopping: Promise<void> | undefined;
    return {
      port,
      say: [
        `Listening on port ${port}`,
        credentials.mode === 'socket' ? 'Slack by Socket Mode' : 'Slack by signed HTTP at /slack/events',
        keptIn ? `data in ${keptIn}` : 'data in the given database',
      ].join(' · '),
      stop() {
        stopping ??= (async () => {
          log.info('pitcrew.stopping');
          await closeAll();
          log.info('pitcrew.stopped');
        })();
        return stopping;
      },
    };
  } catch (error) {
    // What is open would keep a process alive that serves nobody.
    await closeAll().catch((fault) => log.error({ err: fault }, 'pitcrew.not-closed'));
    throw error;
  }
}

/** Opens one after the other; `closers` tells how to close what is open by now, the last first. */
async function open(
  { config, settings, log, host }: StartInput,
  credentials: SlackCredentials,
  closers: (() => Promise<unknown>)[],
): Promise<{ port: number; keptIn?: string }> {
  const clock = systemClock;
  const embedded = config.databaseUrl
    ? undefined
    : await openEmbedded({ dataDir: config.dataDir, hold: true, clock, log });
  if (embedded) closers.push(embedded.close);
  const databaseUrl = embedded?.url ?? config.databaseUrl ?? '';
  const db = openDb(databaseUrl, { log, maxConnections: 20 });
  closers.push(db.close);
  await waitForDatabase(db, { timeoutMs: 60_000 });
  await migrate(db, { clock, log });

  const metrics = createMetrics();
  const slack = createSlackClient({ token: credentials.botToken, apiUrl: config.slackApiUrl, log });
  const budgets = createBudgets({
    pool: db.pool,
    redisUrl: config.redisUrl,
    log,
    settings: settings.current().budgets,
  });
  closers.push(budgets.close);
  const nudges = createNudges({
    redisUrl: config.redisUrl,
    databaseUrl,
    log,
    onLost: (name) => metrics.nudgesLost.inc({ name }),
  });
  const presence = createPresence({ pool: db.pool, log });
  const pitcrew = assemble({ db, clock, log, settings, slack, nudges, budgets, metrics, presence });
  closers.push(presence.close, pitcrew.close, nudges.stop);
  await patiently(Promise.all([pitcrew.channels.refresh(), pitcrew.learnAddress()]), 5_000);

  const isWeb = config.role !== 'worker';
  const isWorker = config.role !== 'web';
  if (isWorker) pitcrew.registerJobs();
  await nudges.start();
  const endLooking = startSweep(rightsEveryMs, pitcrew.rights.look);
  // One that does not answer holds up no stop.
  closers.push(() => patiently(endLooking(), 500));

  const app: SlackApp | undefined = isWeb
    ? createSlackApp({ credentials, apiUrl: config.slackApiUrl, log, slack })
    : undefined;
  if (app) registerAll(app.bolt, pitcrew.services);
  const web = createWebServer({
    log,
    door: pitcrew.door,
    health: pitcrew.health,
    metrics: pitcrew.measure,
    slack: app?.listener,
  });
  closers.push(() => web.close(drainMs));
  const port = await web.listen(config.port, host);
  if (app) {
    closers.push(app.stop);
    await connect(app, log);
  }
  log.info(
    { port, role: config.role, slack: credentials.mode, database: embedded ? 'embedded' : 'given' },
    'pitcrew.started',
  );
  return { port, ...(embedded ? { keptIn: embedded.keptIn } : {}) };
}

/** Events are stored without Slack as well: one that is away is sought in the background. @throws what Slack refuses at once */
async function connect(app: SlackApp, log: Logger): Promise<void> {
  const connecting = app.start();
  connecting.catch((error) => log.error({ err: error }, 'slack.not-connected'));
  await patiently(connecting, 5_000);
}

/** How the person is named to a connection. */
export function nameAs(actAs: ActAs | undefined, actor: Actor): string {
  if (typeof actAs === 'object') return actAs[actor.slackId] ?? actor.email ?? actor.name;
  if (actAs === 'emailName') return actor.email?.split('@')[0] ?? actor.name;
  return actor.email ?? actor.name;
}

function diagnosisOf(settings: Settings): Diagnoser {
  return remembering(createDiagnosis(settings.diagnosis));
}

async function confirmSubscription(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'error' });
  await response.arrayBuffer();
}

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of all) found.push(each);
  return found;
}

/** The answer, or nothing if it takes longer than `ms`; late failures are nobody's. */
async function patiently<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Made once for each settings object. */
function onceFor<T>(make: (settings: Settings) => T): (settings: Settings) => T {
  let last: { of: Settings; made: T } | undefined;
  return (settings) => {
    if (last?.of !== settings) last = { of: settings, made: make(settings) };
    return last.made;
  };
}

/** Aborted by the first SIGINT or SIGTERM, for work that cleans up behind itself; a second one ends at once. */
export function interruption(): { signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    signal: controller.signal,
    forget() {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
    },
  };
}

/** Serves until SIGTERM or SIGINT; SIGHUP takes the settings anew after checking them. A second signal ends at once. */
export async function untilStopped(running: Running, settings: SettingsHolder): Promise<void> {
  const takeAnew = () => {
    settings.reload().catch(() => undefined);
  };
  process.on('SIGHUP', takeAnew);
  await new Promise<void>((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      process.once(signal, () => process.exit(1));
      resolve();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
  process.removeListener('SIGHUP', takeAnew);
  // A hanging orchestrator must not outlast what supervisors allow (10 s is common). What is cut off here is taken up again by
  // the next start, as after a crash.
  const cut = setTimeout(() => process.exit(0), stopWithinMs);
  await running.stop();
  clearTimeout(cut);
}
