import type { Change } from '../../domain/change';
import { Failure } from '../../domain/failure';
import type { PipelineEvent } from '../../domain/pipeline-event';
import type { Start } from '../../domain/run';
import type { Logger } from '../../lib/logger';
import { orGone } from '../gone';
import type { Cursor } from '../orchestrator';
import { endless } from '../paging';
import { tierOf } from '../tier';
import type { Api } from './api';
import { type PipelineCursor, PollCursor, type Seen } from './cursor';
import type { Links } from './links';
import { identityOf } from './normalise';
import type { Partitions } from './partitions';
import { tagsOf } from './runs';
import type { Instance } from './schema';
import { eventKindOf, instanceStatus, isLive } from './status';

/** Instances that are read at every poll; a restart of an older one is noticed if it was live or had failed when last seen. */
const newestRead = 20;
/** While catching up after an absence: instances that are taken of all pipelines at once, and of one at least and at most; the rest waits for the next poll. */
const caughtUpAtOnce = 2_000;
const [leastOfOne, mostOfOne] = [10, 200];
const catchUpPage = 50;
/** Failed instances older than that, of one pipeline, that are watched for a restart: one call each at every poll. */
const failedWatched = 10;
const pipelinesAtATime = 4;
/** Runs of one instance that one poll reads. */
const restartsMost = 1_000;

export interface PollDeps {
  api: Api;
  connection: string;
  /** Our own name there. */
  user: string;
  links: Links;
  partitions: Partitions;
  log: Logger;
  unknownWord(word: string): void;
  /** Keys of the pipelines to look at. */
  pipelines(): Promise<string[]>;
  versions(pipeline: string): Promise<Change[]>;
}

interface News {
  events: PipelineEvent[];
  starts: Start[];
  changes: Change[];
  cursor: PipelineCursor;
  isBehind: boolean;
}

/** Asks for news of every pipeline. Never skips: what could not be read keeps its place and is read the next time. */
export function createPoll(deps: PollDeps) {
  const { api, connection, links, partitions, log } = deps;

  /** Instances that may have changed, each with its newest run, lowest number first; those of the newest page when all before it are told. */
  async function readInstances(
    workflow: string,
    before: PipelineCursor | undefined,
    share: number,
  ): Promise<{ instances: Instance[]; isBehind: boolean }> {
    const found = new Map<number, Instance>();
    const take = (instances: Instance[]) => {
      for (const instance of instances) found.set(instance.workflow_instance_id, instance);
    };
    const { elements: newest } = await api.instances(workflow, newestRead);
    const behindIt = Math.min(...newest.map((instance) => instance.workflow_instance_id)) - 1;
    let reached = before?.newest ?? Number.POSITIVE_INFINITY;
    const page = Math.min(catchUpPage, share);
    while (reached < behindIt && Number.isFinite(behindIt) && found.size < share) {
      take((await api.instancesAfter(workflow, reached, page)).elements);
      reached += page;
    }
    const isBehind = Number.isFinite(behindIt) && reached < behindIt;
    if (!isBehind) take(newest);
    for (const [number, { status }] of Object.entries(before?.seen ?? {})) {
      if (found.has(Number(number)) || (!isLive(status) && instanceStatus(status) !== 'failed')) continue;
      const instance = await orGone(api.run(workflow, Number(number), 'latest'));
      if (instance) found.set(instance.workflow_instance_id, instance);
    }
    return {
      instances: [...found.values()].sort((a, b) => a.workflow_instance_id - b.workflow_instance_id),
      isBehind,
    };
  }

  /** The runs of an instance since it was last seen, oldest first: a run that came and went between two polls is not lost. */
  async function runsSince(newest: Instance, seen: Seen | undefined): Promise<Instance[]> {
    const { workflow_id: workflow, workflow_instance_id: number, workflow_run_id: run } = newest;
    const from = seen === undefined ? 1 : isLive(seen.status) ? seen.run : seen.run + 1;
    if (run - from > restartsMost) throw endless(`run ${number} of ${workflow} is said to have been run ${run} times`);
    const runs: Instance[] = [];
    for (let earlier = from; earlier < run; earlier += 1) {
      const read = await orGone(api.run(workflow, number, earlier));
      if (read) runs.push(read);
    }
    return [...runs, newest];
  }

  async function eventsOf(run: Instance, seen: Seen | undefined): Promise<PipelineEvent[]> {
    const isSame = seen !== undefined && seen.run === run.workflow_run_id;
    if (isSame && seen.status === run.status) return [];
    const kind = eventKindOf(run.status);
    if (!kind && instanceStatus(run.status) === 'unknown') deps.unknownWord(run.status);
    const startWasTold = isSame && seen.status === 'IN_PROGRESS';
    const startedAt = run.start_time ?? (kind === 'started' ? run.create_time : undefined);
    const started = startedAt && !startWasTold ? [await eventOf(run, 'IN_PROGRESS', startedAt)] : [];
    const at = run.end_time ?? run.modify_time ?? run.start_time ?? run.create_time;
    const ended = kind && kind !== 'started' && at ? [await eventOf(run, run.status, at)] : [];
    return [...started, ...ended];
  }

  async function eventOf(run: Instance, status: string, occurredAt: Date): Promise<PipelineEvent> {
    const { workflow_id: workflow, workflow_instance_id: instance, workflow_run_id: attempt } = run;
    const kind = eventKindOf(status) ?? 'started';
    const tags = tagsOf(run);
    return {
      ...identityOf(connection, workflow, instance, attempt, status),
      kind,
      occurredAt,
      connection,
      pipeline: workflow,
      run: String(instance),
      attempt,
      partition: await partitions.of(run),
      url: links.page({ workflow, instance, run: attempt }),
      final: true,
      startedAt: run.start_time,
      endedAt: kind === 'started' ? undefined : occurredAt,
      owner: run.run_properties?.owner ?? undefined,
      tags,
      tier: tierOf(tags ?? []),
      needsReading: kind === 'failed' ? true : undefined,
    };
  }

  /** Each run of an instance has an initiator of its own: who restarts it by hand is that of the restart. */
  function startsIn({ initiator, ...run }: Instance): Start[] {
    const by = initiator?.type === 'MANUAL' ? initiator.user : undefined;
    const at = run.create_time ?? run.start_time;
    if (!by || !at || by === deps.user) return [];
    const pipeline = { connection, key: run.workflow_id };
    return [{ pipeline, run: String(run.workflow_instance_id), attempt: run.workflow_run_id, by, at }];
  }

  /** The first look: what runs now, and the newest instance if it has failed. What ended before we came is no news. */
  function isGoingOn(instance: Instance, newest: number): boolean {
    const failed = instanceStatus(instance.status) === 'failed';
    return isLive(instance.status) || (failed && instance.workflow_instance_id === newest);
  }

  async function changesSince(workflow: string, before: PipelineCursor | undefined) {
    const { active_version_id: active, latest_version_id: latest } = await api.overview(workflow);
    if (!before || (before.active === active && before.latest === latest)) return { changes: [], active, latest };
    const isNews = (change: Change) =>
      change.kind === 'version'
        ? Number(change.version) > (before.latest ?? 0)
        : change.kind === 'activated' && change.active;
    return { changes: (await deps.versions(workflow)).filter(isNews), active, latest };
  }

  async function news(workflow: string, before: PipelineCursor | undefined, share: number): Promise<News> {
    const { instances, isBehind } = await readInstances(workflow, before, share);
    const newest = Math.max(before?.newest ?? 0, ...instances.map((instance) => instance.workflow_instance_id));
    const events: PipelineEvent[] = [];
    const starts: Start[] = [];
    for (const instance of instances) {
      const seen = before?.seen[instance.workflow_instance_id];
      if (!before && !isGoingOn(instance, newest)) continue;
      // Seen for the first time though not new: an older one that came back into the page. Its past is no news.
      const isOld = before !== undefined && seen === undefined && instance.workflow_instance_id <= before.newest;
      if (isOld && !isLive(instance.status)) continue;
      const runs = before && !isOld ? await runsSince(instance, seen) : [instance];
      for (const run of runs) {
        const fresh = await eventsOf(run, seen);
        events.push(...fresh);
        if (fresh.length > 0) starts.push(...startsIn(run));
      }
    }
    const { changes, active, latest } = await changesSince(workflow, before);
    return { events, starts, changes, isBehind, cursor: { newest, seen: toRemember(instances), active, latest } };
  }

  return async (
    cursor: Cursor | undefined,
  ): Promise<{
    events: PipelineEvent[];
    starts: Start[];
    changes: Change[];
    cursor: PollCursor;
    isBehind: boolean;
  }> => {
    const before = readCursor(cursor, log);
    const keys = await deps.pipelines();
    const share = Math.min(mostOfOne, Math.max(leastOfOne, Math.floor(caughtUpAtOnce / keys.length)));
    const failures: Failure[] = [];
    const told = await inParts(keys, pipelinesAtATime, async (key): Promise<[string, News | undefined]> => {
      try {
        return [key, await news(key, before?.pipelines[key], share)];
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.push(error);
        log.warn({ pipeline: key, reason: error.kind, detail: error.detail }, 'maestro.poll-failed');
        return [key, undefined];
      }
    });
    const [first] = failures;
    if (first && failures.length === keys.length) throw first;
    const moved = told.flatMap(([key, found]): [string, PipelineCursor][] => (found ? [[key, found.cursor]] : []));
    const found = told.flatMap(([, one]) => one ?? []);
    return {
      events: found.flatMap((one) => one.events).sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()),
      starts: found.flatMap((one) => one.starts),
      changes: found.flatMap((one) => one.changes).sort((a, b) => a.at.getTime() - b.at.getTime()),
      cursor: { pipelines: { ...before?.pipelines, ...Object.fromEntries(moved) } },
      isBehind: found.some(({ isBehind }) => isBehind),
    };
  };
}

/** The newest page, what is live, and the newest of what has failed. */
function toRemember(instances: Instance[]): Record<string, Seen> {
  const newestFirst = [...instances].reverse();
  const older = newestFirst.slice(newestRead);
  const kept = [
    ...newestFirst.slice(0, newestRead),
    ...older.filter((instance) => isLive(instance.status)),
    ...older.filter((instance) => instanceStatus(instance.status) === 'failed').slice(0, failedWatched),
  ];
  return Object.fromEntries(
    kept.map((instance) => [
      String(instance.workflow_instance_id),
      { run: instance.workflow_run_id, status: instance.status },
    ]),
  );
}

function readCursor(cursor: Cursor | undefined, log: Logger): PollCursor | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const parsed = PollCursor.safeParse(cursor);
  if (!parsed.success) log.warn('maestro.cursor-not-readable');
  return parsed.success ? parsed.data : undefined;
}

/** `work` on every item, `limit` at a time; results in the order of the items. */
async function inParts<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += limit) {
    results.push(...(await Promise.all(items.slice(from, from + limit).map(work))));
  }
  return results;
}
