import type { Services } from '../../handlers';
import type { createActions } from '../actions';
import type { createActors } from '../actions/actors';
import type { createAudit } from '../actions/audit';
import type { createPresses } from '../actions/presses';
import type { Actor } from '../domain/actor';
import type { mayOperate } from '../domain/authorise';
import type { Settings } from '../domain/settings';
import type { createMaintenance } from '../incidents/maintenance';
import type { createParked } from '../incidents/parked';
import type { createSubscriptions } from '../incidents/subscriptions';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { redactWithin } from '../lib/redact';
import type { Budgets } from '../outbox/budgets';
import type { createHomes } from '../outbox/home';
import { readIncidentView } from '../outbox/incident-view';
import type { createPipelines } from '../pipelines';
import type { createBackfillReads } from '../pipelines/backfill';
import type { createVersionReads } from '../pipelines/versions';
import type { createDigestLook } from '../reporting/digest-look';
import type { createDigestPlans } from '../reporting/digest-plans';
import type { createExplore } from '../reporting/explore';
import type { createInteractions } from '../reporting/interactions';
import type { createRequests } from '../requests';
import { aboutAlert } from '../requests/about';
import type { createFeedback } from '../requests/feedback';
import type { createPinned } from '../requests/pinned';
import type { createPulse } from '../requests/pulse';
import type { createQuestions } from '../requests/questions';
import type { SlackClient } from '../slack/client';
import { createPictures } from '../slack/pictures';
import type { Db } from '../store/db';
import { namesOf } from '../store/person-rows';

type Made<F extends (...deps: never[]) => unknown> = ReturnType<F>;

/** What the door for people reads from. */
interface ServiceParts {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  redact(text: string): string;
  slack: SlackClient;
  budgets: Budgets;
  uploadFile: SlackClient['uploadFile'];
  view: Parameters<typeof readIncidentView>[0];
  mayOperate(actor: Actor): ReturnType<typeof mayOperate>;
  aboutNamed: Services['requests']['aboutNamed'];
  presses: Made<typeof createPresses>;
  actors: Made<typeof createActors>;
  pipelines: Made<typeof createPipelines>;
  actions: Made<typeof createActions>;
  backfills: Made<typeof createBackfillReads>;
  versions: Made<typeof createVersionReads>;
  subscriptions: Made<typeof createSubscriptions>;
  audit: Made<typeof createAudit>;
  maintenance: Made<typeof createMaintenance>;
  parked: Made<typeof createParked>;
  explore: Made<typeof createExplore>;
  digestPlans: Made<typeof createDigestPlans>;
  digestLook: Made<typeof createDigestLook>;
  requests: Made<typeof createRequests>;
  pinned: Made<typeof createPinned>;
  questions: Made<typeof createQuestions>;
  feedback: Made<typeof createFeedback>;
  pulse: Made<typeof createPulse>;
  homes: Made<typeof createHomes>;
  interactions: Made<typeof createInteractions>;
}

/** What listeners may ask for, in the form that they take it: everything that people will read comes without secrets. */
export function createServices(parts: ServiceParts): Services {
  const {
    db,
    clock,
    log,
    settings,
    redact,
    slack,
    budgets,
    uploadFile,
    view,
    mayOperate,
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
  } = parts;

  /** A dialog waits for nothing, since its trigger does not; what it takes up is counted all the same. */
  function countView(): void {
    budgets.takeView().catch((error) => log.warn({ err: error }, 'budgets.not-counted'));
  }

  return {
    presses,
    actors,
    pipelines: {
      status: async (question) => redactWithin(await pipelines.status(question), redact),
      find: async (question) => redactWithin(await pipelines.find(question), redact),
      impact: async (question) => redactWithin(await pipelines.impact(question), redact),
    },
    pictures: createPictures({ log, uploadFile }),
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
        const { may, whoMay } = mayOperate(actor);
        return redactWithin({ ...list, ...(off ? { off } : {}), mayOperate: may, whoMay }, redact);
      },
    },
    mayOperate,
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
        const { may, whoMay } = mayOperate(actor);
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
}
