import { numberOf, type WeekFigures } from '../domain/figures/week-figures';
import type { Health } from '../http/server';
import type { Nudges } from '../jobs/queue';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Metrics } from '../lib/metrics';
import type { Db } from '../store/db';
import { lastPrinted } from '../store/figure-rows';
import * as inboxRows from '../store/inbox-rows';
import * as postRows from '../store/post-rows';

/** How it is, for the doors that operators and their tools look through. */
export function createHealth({
  db,
  clock,
  log,
  metrics,
  nudges,
}: {
  db: Db;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  nudges: Nudges;
}) {
  return {
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
