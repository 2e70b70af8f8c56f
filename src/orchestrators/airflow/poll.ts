import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Start } from '../../domain/run';
import type { Logger } from '../../lib/logger';
import { createChangePoll, type Span } from '../changed-runs';
import { byOffset, fromTheEnd } from '../paging';
import { eventKindOf } from '../status-words';
import type { Api, RunsQuery } from './api';
import type { Attempts } from './attempts';
import { backfillPrefix, type Days } from './days';
import type { Events } from './events';
import type { Runs } from './runs';
import type { DagRun } from './schema';
import { ownPrefix } from './start';

const perPage = 100;

export interface PollDeps {
  api: Api;
  connection: string;
  attempts: Attempts;
  days: Days;
  runs: Runs;
  events: Events;
  log: Logger;
  /** Our own login there, where it is known. */
  login?: string;
  /** Keys of the pipelines to look at; undefined = all. */
  only?: readonly string[];
}

/** Asks for runs by when they last changed. */
export function createPoll(deps: PollDeps) {
  const { api, attempts, days, runs, events, log } = deps;
  const dag = deps.only?.length === 1 ? deps.only[0] : undefined;
  const queryOf = ({ from, until }: Span): RunsQuery => ({
    updatedFrom: from,
    updatedUntil: until,
    orderBy: 'updated_at',
  });

  async function eventsOf(run: DagRun): Promise<PipelineEvent[]> {
    const status = runs.statusOf(run);
    const kind = eventKindOf(status);
    const at = kind === 'started' ? run.start_date : (run.end_date ?? run.start_date ?? run.run_after);
    if (!kind || !at) return [];
    const [attempt, partition, isNew] = await Promise.all([
      attempts.of(run.dag_id, run.dag_run_id),
      days.of(run),
      api.isNew(),
    ]);
    return [
      events({
        dag: run.dag_id,
        run: run.dag_run_id,
        kind,
        attempt,
        partition,
        occurredAt: at,
        startedAt: run.start_date,
        endedAt: kind === 'started' ? undefined : at,
        isNew,
      }),
    ];
  }

  /** Of Airflow 3.1 and later. Who clears a run is told nowhere, so only its first start is somebody's. */
  function startOf(run: DagRun): Start | undefined {
    const { triggering_user_name: by, triggered_by: way, dag_id, dag_run_id, queued_at, start_date, run_type } = run;
    const at = queued_at ?? start_date;
    const isOurs = dag_run_id.startsWith(ownPrefix) || dag_run_id.startsWith(backfillPrefix) || by === deps.login;
    const isByHand = (run_type === 'manual' || run_type === 'backfill') && way !== 'operator';
    if (!by || !at || isOurs || !isByHand) return undefined;
    return { pipeline: { connection: deps.connection, key: dag_id }, run: dag_run_id, attempt: 1, by, at };
  }

  return createChangePoll<DagRun>({
    where: api.where,
    log,
    async now() {
      await api.health(); // tells the server's clock, if nothing else did lately
      return api.serverNow();
    },
    async count(span) {
      const { total, items } = await api.runs(dag, queryOf(span), 0, 1);
      return total ?? items.length;
    },
    read: (span, expected) =>
      fromTheEnd((offset, limit) => api.runs(dag, queryOf(span), offset, limit), expected, perPage),
    running: () =>
      byOffset((offset, limit) => api.runs(dag, { states: ['running'], orderBy: 'start_date' }, offset, limit)),
    isRunning: (run) => runs.statusOf(run) === 'running',
    isWanted: ({ dag_id }) => deps.only === undefined || deps.only.includes(dag_id),
    idOf: ({ dag_id, dag_run_id }) => `${dag_id}\n${dag_run_id}`,
    stateOf: (run) => `${runs.statusOf(run)}\n${run.start_date?.getTime() ?? ''}`,
    eventsOf,
    startOf: async (run) => startOf(run),
  });
}
