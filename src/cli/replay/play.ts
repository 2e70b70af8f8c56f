/**
 * Lets what was recorded happen again: the product itself, on a clock that goes from one moment that matters to the next, with a Slack
 * that takes everything and shows it to nobody.
 */
import { alertPresses, replayedPresses } from '../../domain/press';
import type { Settings } from '../../domain/settings';
import { createManualNudges } from '../../jobs/manual-nudges';
import { createSetClock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import { createMetrics } from '../../lib/metrics';
import { createClockedBudgets } from '../../outbox/budgets';
import * as pressRows from '../../store/press-rows';
import * as replayRows from '../../store/replay-rows';
import type { Scratch } from '../../store/scratch';
import { recordedConnections } from './recorded-connections';
import { createRecordedSlack, type Shown } from './recorded-slack';

export interface PlayInput {
  scratch: Scratch;
  log: Logger;
  settings: Settings;
  /** The history begins here, before what is looked at, so that what stood open then is there. */
  begin: Date;
  to: Date;
  /** @throws to stop */
  progress(at: Date, events: number): void;
}

export interface Played {
  shownOf(postId: string): Shown | undefined;
  presses: { repeated: number; withoutAlert: number };
}

export const nothingPlayed: Played = { shownOf: () => undefined, presses: { repeated: 0, withoutAlert: 0 } };

/** Facts that can lead to no post are let in so many at a time. */
const mostAtOnce = 2_000;
/** The clock's own work is looked for at each full minute, and whenever something is known to fall due. */
const tickMs = 60_000;
/** As often as the running product looks. */
const sweepMs = 2_000;

export async function play({ scratch, log, settings, begin, to, progress }: PlayInput): Promise<Played> {
  const { db, real } = scratch;
  const clock = createSetClock(begin);
  const nudges = createManualNudges(clock, { sweeps: false });
  const { slack, shownOf } = createRecordedSlack({ db, clock });
  const metrics = createMetrics();
  const product = loadAssembly().assemble({
    db,
    clock,
    log,
    settings: { current: () => settings },
    slack,
    nudges,
    budgets: createClockedBudgets({ clock, settings: settings.budgets }),
    metrics,
    connections: recordedConnections(db, real, settings),
  });
  product.registerJobs();
  await nudges.start();

  const polled = settings.orchestrators.filter(({ poll }) => poll).map(({ name }) => name);
  const [firstReminder] = settings.noise.reminders;
  const gaps = {
    acknowledgeMs: settings.noise.acknowledgeExpiresMinutes * 60_000,
    reminderMs: firstReminder === undefined ? undefined : firstReminder * 60_000,
    reminders: settings.noise.reminders.length,
  };
  const waiting = await replayRows.presses(db, replayedPresses);
  const presses = { repeated: 0, withoutAlert: 0 };
  let events = 0;
  /** Facts up to here have come in. */
  let cameUntil = new Date(begin.getTime() - 1);
  let dueAt: Date | undefined = begin;

  async function pressAgain(): Promise<void> {
    for (let next = waiting[0]; next && next.receivedAt <= clock.now(); next = waiting[0]) {
      waiting.shift();
      const { key, name, slackId, receivedAt } = next;
      const value = isOnAlert(name) ? await carriedOver(next.value) : next.value;
      if (!value) {
        presses.withoutAlert += 1;
        continue;
      }
      presses.repeated += 1;
      const where = { channel: next.channel ?? undefined, messageTs: next.messageTs ?? undefined };
      await pressRows.storeOnce(db, { key, name, value, slackId, receivedAt, ...where });
      await nudges.nudge('press');
    }
  }

  /** The same press on the alert that now stands for the same trouble, wherever it was posted. */
  async function carriedOver(value: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
    const { incidentId: before } = value;
    const incidentId = typeof before === 'string' ? await replayRows.standingFor(db, real, before) : undefined;
    return incidentId === undefined ? undefined : { ...value, incidentId };
  }

  const isDue = (at: Date | undefined): boolean => at !== undefined && at <= clock.now();
  const nextTick = (): Date => new Date((Math.floor(clock.now().getTime() / tickMs) + 1) * tickMs);

  let tickAt = begin;
  while (clock.now() < to) {
    const arrival = await replayRows.nextArrival(db, cameUntil, mostAtOnce);
    const moments = [to, tickAt, dueAt, arrival, waiting[0]?.receivedAt, nudges.pending()[0]?.dueAt];
    const next = Math.min(...moments.flatMap((at) => (at ? [at.getTime()] : [])));
    clock.pass(Math.max(0, next - clock.now().getTime()));
    const now = clock.now();
    if (now >= to) break;
    const came = await replayRows.letIn(db, cameUntil, now);
    cameUntil = now;
    events += came;
    if (came > 0) await nudges.nudge('decide');
    await pressAgain();
    if (isDue(tickAt) || isDue(dueAt)) {
      if (isDue(tickAt)) await replayRows.markPolled(db, polled, now);
      tickAt = nextTick();
      await nudges.nudge('timers');
      await nudges.nudge('outbox');
    }
    await nudges.runDue();
    dueAt = (await replayRows.isLookDue(db, now))
      ? new Date(now.getTime() + sweepMs)
      : await replayRows.nextDue(db, now, gaps);
    progress(now, events);
  }
  metrics.registry.clear();
  return { shownOf, presses };
}

/** Everything there is: not to be loaded before it is wanted, since each command loads this file. */
function loadAssembly(): typeof import('../../main/assemble') {
  return require('../../main/assemble');
}

function isOnAlert(name: string): boolean {
  return (alertPresses as readonly string[]).includes(name);
}
