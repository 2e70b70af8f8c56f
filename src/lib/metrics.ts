import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Units in names, labels from closed lists. */
export function createMetrics() {
  const registry = new Registry();
  // The lag of the event loop is measured by a timer of its own: its default of 100 a second keeps an idle process at work, and to
  // wake up costs more than all else that it does.
  collectDefaultMetrics({ register: registry, prefix: 'pitcrew_', eventLoopMonitoringPrecision: 1_000 });
  // Sums of what stands beside them by type, under names that only counters may have.
  for (const what of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`pitcrew_nodejs_active_${what}_total`);
  const registers = [registry];
  return {
    registry,
    stored: new Counter({
      name: 'pitcrew_ingest_stored_total',
      help: 'Events stored in the inbox',
      labelNames: ['source'],
      registers,
    }),
    decisions: new Counter({
      name: 'pitcrew_decisions_total',
      help: 'Decisions on events, by reason',
      labelNames: ['reason'],
      registers,
    }),
    unknownWords: new Counter({
      name: 'pitcrew_orchestrator_unknown_words_total',
      help: 'Words of an orchestrator that Pitcrew does not know, such as a new status; shown as unknown',
      labelNames: ['connection'],
      registers,
    }),
    inboxWaiting: new Gauge({ name: 'pitcrew_inbox_waiting', help: 'Events stored and not decided yet', registers }),
    inboxLag: new Gauge({ name: 'pitcrew_inbox_lag_seconds', help: 'Age of the oldest undecided event', registers }),
    postsSent: new Counter({
      name: 'pitcrew_posts_sent_total',
      help: 'Posts and edits that Slack took',
      labelNames: ['role'],
      registers,
    }),
    postsFailed: new Counter({
      name: 'pitcrew_posts_failed_total',
      help: 'Tries that Slack did not take, by kind of failure',
      labelNames: ['kind'],
      registers,
    }),
    postDelay: new Histogram({
      name: 'pitcrew_post_delay_seconds',
      help: 'From the wish to Slack’s acceptance, first sendings of alerts',
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
      registers,
    }),
    outboxWaiting: new Gauge({ name: 'pitcrew_outbox_waiting', help: 'Posts that wait to be sent', registers }),
    outboxOldest: new Gauge({
      name: 'pitcrew_outbox_oldest_seconds',
      help: 'How long the oldest due post has waited: are we being heard?',
      registers,
    }),
    outboxParked: new Gauge({ name: 'pitcrew_outbox_parked', help: 'Posts set aside for a person', registers }),
    weekFigure: new Gauge({
      name: 'pitcrew_week_figure',
      help: 'Figures of the last printed week: a count, a ratio, or a median in ms',
      labelNames: ['figure'],
      registers,
    }),
    weekFigureN: new Gauge({
      name: 'pitcrew_week_figure_n',
      help: 'Of how many each of them is',
      labelNames: ['figure'],
      registers,
    }),
    nudgesLost: new Counter({
      name: 'pitcrew_nudges_lost_total',
      help: 'Nudges that the queue did not take; sweeps catch up',
      labelNames: ['name'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
