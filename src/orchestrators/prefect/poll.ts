import { Failure } from '../../domain/failure';
import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Start } from '../../domain/run';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import { createChangePoll } from '../changed-runs';
import { orGone } from '../gone';
import type { Cursor } from '../orchestrator';
import { byOffset, fromTheEnd } from '../paging';
import { type Api, perPage } from './api';
import type { Events } from './events';
import type { Names } from './names';
import type { Partitions } from './partitions';
import type { Runs } from './runs';
import type { FlowRun } from './schema';
import { eventKindOf } from './status';

/** A deployment may be made anew under its name, and then has another id. */
const idsKeptMs = 5 * 60_000;

export interface PollDeps {
  api: Api;
  connection: string;
  names: Names;
  runs: Runs;
  partitions: Partitions;
  events: Events;
  clock: Clock;
  log: Logger;
  /** Keys of the deployments to look at; undefined = all runs. */
  only?: readonly string[];
}

/**
 * Prefect lists runs by when they first started and when they ended. Of what has failed it does not show there that it is run again, nor
 * that somebody marks it otherwise: those are looked at one by one.
 */
export function createPoll({ api, connection, names, runs, partitions, events, clock, log, only }: PollDeps) {
  let deployments: string[] | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function findDeployments(): Promise<void> {
    if (!only || clock.now().getTime() - readAtMs < idsKeptMs) return;
    const found = await Promise.all(only.map((key) => orGone(names.find(key))));
    const ids = found.flatMap((deployment) => deployment?.id ?? []);
    if (ids.length === 0)
      throw new Failure('not-found', api.where, { detail: `There is no deployment ${only.join(', ')}.` });
    deployments = ids;
    readAtMs = clock.now().getTime();
  }

  async function eventsOf(run: FlowRun): Promise<PipelineEvent[]> {
    const { state } = run;
    const kind = state ? eventKindOf(state.type) : undefined;
    runs.runStatus(run); // counts a word that is not known
    if (!state || !kind) return [];
    const [key, startedAt] = await Promise.all([
      names.ofRun(run),
      kind === 'started' ? state.timestamp : runs.startOf(run),
    ]);
    return [
      events({
        stateId: state.id,
        key,
        run: run.id,
        kind,
        attempt: runs.attemptOf(run),
        occurredAt: state.timestamp,
        startedAt,
        partition: partitions.of(run),
        message: state.message,
      }),
    ];
  }

  async function startOf(run: FlowRun): Promise<Start | undefined> {
    const { created_by: creator, created, start_time } = run;
    const by = creator?.type?.toUpperCase() === 'USER' ? creator.display_value : undefined;
    const at = created ?? start_time;
    return by && at
      ? { pipeline: { connection, key: await names.ofRun(run) }, run: run.id, attempt: 1, by, at }
      : undefined;
  }

  const isRunning = ({ state }: FlowRun) => state?.type === 'RUNNING';
  const hasBegun = ({ run_count: times, start_time: start }: FlowRun) => times > 0 || start !== undefined;
  const poll = createChangePoll<FlowRun>({
    where: api.where,
    log,
    async now() {
      await api.version(); // tells the server's clock, if nothing else did lately
      return api.serverNow();
    },
    count: (changed) => api.count({ changed, deployments }),
    read: (changed, expected) =>
      fromTheEnd(
        async (offset, limit) => ({ items: await api.runs({ changed, deployments }, offset, limit) }),
        expected,
        perPage,
      ),
    running: () =>
      byOffset(
        async (offset, limit) => ({ items: await api.runs({ types: ['RUNNING'], deployments }, offset, limit) }),
        perPage,
      ),
    isRunning,
    // A flow that another flow called is told by that one; a deployment that it started is a pipeline of its own.
    isWanted: ({ parent_task_run_id: parent, deployment_id: deployment }) => !parent || Boolean(deployment),
    idOf: ({ id }) => id,
    stateOf: ({ state }) => state?.id ?? 'none',
    eventsOf,
    startOf,
    watch: {
      isWatched: (run) => hasBegun(run) && !isRunning(run) && run.state?.type !== 'COMPLETED',
      read: (ids) => api.runs({ ids }, 0, perPage),
    },
  });

  return async (cursor: Cursor | undefined) => {
    await findDeployments();
    return poll(cursor);
  };
}
