/** Wires the whole product around a database, a Slack and a queue that it is given. */

import { randomUUID } from 'node:crypto';
import { createActions } from '../actions';
import { createActors } from '../actions/actors';
import { createAudit } from '../actions/audit';
import { createPolicy } from '../actions/policy';
import { createPresses } from '../actions/presses';
import { createSeals } from '../actions/seals';
import { createDiagnosis, remembering } from '../diagnosis';
import { can } from '../domain/ability';
import { type ActionKind, courseWords } from '../domain/action';
import { mayOperate } from '../domain/authorise';
import { Failure } from '../domain/failure';
import type { PressAnswer } from '../domain/press';
import type { Settings } from '../domain/settings';
import { createIncidents } from '../incidents';
import { createChannels } from '../incidents/channels';
import { createLateWatch } from '../incidents/late';
import { createMaintenance } from '../incidents/maintenance';
import { createMembers } from '../incidents/members';
import { createMutes } from '../incidents/mutes';
import { createOwners } from '../incidents/owners';
import { createParked } from '../incidents/parked';
import { createQuiet } from '../incidents/quiet';
import { createSubscriptions } from '../incidents/subscriptions';
import { createUnshownWatch } from '../incidents/unshown';
import { createDecider } from '../ingest/decider';
import { createDiscovery } from '../ingest/discovery';
import { createDoor } from '../ingest/door';
import { createPoller } from '../ingest/poller';
import { createSilenceWatch } from '../ingest/silence';
import { registerJobs, wakers } from '../jobs';
import { createLogComparison } from '../jobs/compare-logs';
import { createInvestigator } from '../jobs/investigate';
import { createPressWorker } from '../jobs/press-worker';
import type { Nudges } from '../jobs/queue';
import { createTimers } from '../jobs/timers';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Metrics } from '../lib/metrics';
import { onceFor } from '../lib/once-for';
import { patiently } from '../lib/patiently';
import { createRedactor, redactWithin, rememberingHarmless } from '../lib/redact';
import { kinds } from '../orchestrators/registry';
import { createRights } from '../orchestrators/rights';
import { createOutbox } from '../outbox';
import type { Budgets } from '../outbox/budgets';
import { createHomes } from '../outbox/home';
import { renderPost } from '../outbox/render';
import { createStorms } from '../outbox/storms';
import { createPipelines } from '../pipelines';
import { createBackfillReads } from '../pipelines/backfill';
import { createVersionReads } from '../pipelines/versions';
import { createCounters } from '../reporting/counters';
import { createDigest } from '../reporting/digest';
import { createDigestLook } from '../reporting/digest-look';
import { createDigestPlans } from '../reporting/digest-plans';
import { createExplore } from '../reporting/explore';
import { createFigures } from '../reporting/figures';
import { createInteractions } from '../reporting/interactions';
import { createRollups } from '../reporting/rollups';
import { createRequests } from '../requests';
import { aboutPipeline } from '../requests/about';
import { createAssigning } from '../requests/assigning';
import { createDaily } from '../requests/daily';
import { createFeedback } from '../requests/feedback';
import { createPinned } from '../requests/pinned';
import { createPulse } from '../requests/pulse';
import { createQuestions } from '../requests/questions';
import { createRunbooks } from '../requests/runbooks';
import { createRequestTasks } from '../requests/tasks';
import { createTimetable } from '../requests/timetable';
import { createTurns } from '../requests/turns';
import type { SettingsHolder } from '../settings/holder';
import type { SlackClient } from '../slack/client';
import { renderHome } from '../slack/home';
import { drawCharts } from '../slack/pictures/charts';
import { renderPressAnswer } from '../slack/refusals';
import type { RequestLine } from '../slack/request-list';
import { renderNotice } from '../slack/story';
import * as actionRows from '../store/action-rows';
import type { Db } from '../store/db';
import type { Presence } from '../store/presence';
import type { StoredPress } from '../store/press-rows';
import { type Connections, connectionsOf, nameAs } from './connections';
import { createHealth } from './health';
import { createServices } from './services';

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

/** Of each list on a Home tab. */
const homeLines = 24;
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
  const analyst = onceFor((of: Settings) => remembering(createDiagnosis(of.diagnosis)));
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
    presence: parts.presence,
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
  const comparison = createLogComparison({
    db,
    clock,
    log,
    settings,
    orchestrator,
    diagnoseStream: (chunks) => analyst(settings()).diagnoseStream(chunks),
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
  const pulse = createPulse({
    db,
    clock,
    settings,
    redact,
    eligible: () => figures.eligible('all'),
    unmet: () => figures.unmet('all'),
    actor: (slackId) => actors.get(slackId),
  });
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
  const services = createServices({
    db,
    clock,
    log,
    settings,
    redact,
    slack,
    budgets,
    uploadFile: uploadWithin,
    view,
    mayOperate: (actor) => mayOperate(actor, settings()),
    aboutNamed,
    presses,
    actors,
    pipelines,
    actions,
    backfills,
    versions,
    subscriptions,
    audit,
    maintenance,
    parked,
    explore,
    digestPlans,
    digestLook,
    requests,
    pinned,
    questions,
    feedback,
    pulse,
    homes,
    interactions,
  });

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
        comparison,
        presses: pressWorker,
        timers,
        rollups,
        digest,
        discover: discovery.read,
        hurryActions: (incidentIds) => actionRows.hurry(db, incidentIds, clock.now()),
      }),
    ...createHealth({ db, clock, log, metrics, nudges }),
    close: () => connections.close(),
  };
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
