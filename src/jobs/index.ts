/**
 * The clock comes in here: what is nudged, and what is swept for in case a nudge was lost. The facts are in the database, so
 * every lane can be run at any time, by any replica, any number of times.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actions } from '../actions';
import { batchSize, type Decider } from '../ingest/decider';
import type { Poller } from '../ingest/poller';
import type { Outbox } from '../outbox';
import type { Digest } from '../reporting/digest';
import type { Rollups } from '../reporting/rollups';
import type { createLogComparison } from './compare-logs';
import type { createInvestigator } from './investigate';
import type { createPressWorker } from './press-worker';
import type { Nudges } from './queue';
import type { Timers } from './timers';

export interface JobDeps {
  nudges: Nudges;
  decider: Decider;
  poller: Poller;
  outbox: Outbox;
  actions: Actions;
  investigator: ReturnType<typeof createInvestigator>;
  comparison: ReturnType<typeof createLogComparison>;
  presses: ReturnType<typeof createPressWorker>;
  timers: Timers;
  rollups: Pick<Rollups, 'sweep'>;
  digest: Pick<Digest, 'sweep'>;
  /** Asks the orchestrators what they have. */
  discover(): Promise<void>;
  /** Actions on these incidents are worth a look now: something happened to their runs. */
  hurryActions(incidentIds: string[]): Promise<string[]>;
}

/** What wakes what, in one place. */
export function wakers(nudges: Nudges) {
  return {
    decider: () => nudges.nudge('decide'),
    outbox: () => nudges.nudge('outbox'),
    press: (key: string) => nudges.nudge('press', { key }),
    action: (id: string, delayMs = 0) => nudges.nudge('action', { key: id, delayMs }),
    investigator: (id: string) => nudges.nudge('investigate', { key: id }),
  };
}

const sweepMs = 2_000;
const figuresMs = 60_000;
/** Changes driven at a time in one process: as many as a large one has under way, for they wait more than they work. */
const actionsAtOnce = 50;
const manyAtOnce = 50;
const gatherMs = 400;
/** New incidents of one batch whose logs are read at once. */
const openedAtOnce = 10;

export function registerJobs(deps: JobDeps): void {
  const { nudges, decider, poller, outbox, actions, investigator, presses } = deps;
  const wake = wakers(nudges);

  nudges.on(
    'decide',
    async () => {
      for (;;) {
        const { count, touched, opened } = await decider.decideBatch();
        if (count === 0) return;
        if (touched.length > 0) await wake.outbox();
        // Of a storm, the sweep brings the others, so that reading logs holds up no decision.
        for (const id of opened.slice(0, openedAtOnce)) await wake.investigator(id);
        for (const id of await deps.hurryActions(touched)) await wake.action(id);
        // What comes thick and fast is gathered, so that it is decided together: the cost is that of the batch.
        if (count >= manyAtOnce && count < batchSize) await sleep(gatherMs);
      }
    },
    { everyMs: sweepMs, isDue: decider.isDue },
  );

  nudges.on('press', () => presses.carryOutAll(), { concurrency: 4, everyMs: sweepMs, isDue: presses.isDue });

  nudges.on(
    'action',
    async (id) => {
      if (id !== undefined) return actions.drive(id);
      // At once: an orchestrator that is slow to answer holds up its own actions only.
      const driven = await Promise.allSettled((await actions.due(actionsAtOnce)).map((due) => actions.drive(due)));
      for (const each of driven) if (each.status === 'rejected') throw each.reason;
    },
    { concurrency: actionsAtOnce, everyMs: sweepMs, isDue: actions.isDue },
  );

  nudges.on(
    'outbox',
    async () => {
      const moreInMs = await outbox.deliver();
      if (moreInMs !== undefined && moreInMs < 60_000) await nudges.nudge('outbox', { delayMs: Math.ceil(moreInMs) });
    },
    { everyMs: sweepMs, isDue: outbox.isDue },
  );

  nudges.on(
    'investigate',
    async (id) => {
      for (const incidentId of id === undefined ? await investigator.waiting() : [id]) {
        await investigator.investigate(incidentId);
      }
    },
    { concurrency: 4, everyMs: 15_000 },
  );

  // One log a minute at most: it is for the figures, and nobody waits for it.
  nudges.on('compare', () => deps.comparison.sweep(), { everyMs: 60_000, isNudged: false });

  // By the clock alone: what has come due stands in the database.
  nudges.on('timers', () => deps.timers.runDue(), { everyMs: sweepMs, isDue: deps.timers.isDue, isNudged: false });

  // In a lane of its own: counting may take longer than a reminder can wait.
  nudges.on(
    'figures',
    async () => {
      await deps.rollups.sweep();
      if ((await deps.digest.sweep()) > 0) await wake.outbox();
    },
    { everyMs: figuresMs, isNudged: false },
  );

  nudges.on('poll', () => poller.pollDue(), { everyMs: 1_000, isNudged: false });
  nudges.on('discover', () => deps.discover(), { everyMs: 10 * 60_000, isNudged: false });
}
