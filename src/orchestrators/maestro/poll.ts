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
/** While catching up after an absence: instances that are taken of one pipeline at once, and in one call. */
const caughtUpOfOne = 100;
const catchUpPage = 50;
/** Facts that are taken of all pipelines at once, give or take those of a few; the pipelines that are left wait for the next poll. */
const toldAtOnce = 1_000;
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

  /** The instances after those that are told, lowest number first, up to that number or to as many as are taken at once. */
  async function readOn(workflow: string, from: number, until: number) {
    const found: Instance[] = [];
    let reached = from;
    while (reached < until && found.length < caughtUpOfOne) {
      found.push(...(await api.instancesAfter(workflow, reached, catchUpPage)).elements.reverse());
      reached += catchUpPage;
    }
    return { found, reached: Math.min(reached, until) };
  }

  /** Beside what was read, of the older ones those that were live or had failed. */
  async function withChanged(workflow: string, read: Instance[], before: PipelineCursor | undefined) {
    const found = new Map(read.map((instance) => [instance.workflow_instance_id, instance]));
    for (const [number, { status }] of Object.entries(before?.seen ?? {})) {
      if (found.has(Number(number)) || (!isLive(status) && instanceStatus(status) !== 'failed')) continue;
      const instance = await orGone(api.run(workflow, Number(number), 'latest'));
      if (instance) found.set(instance.workflow_instance_id, instance);
    }
    return [...found.values()].sort((a, b) => a.workflow_instance_id - b.workflow_instance_id);
  }

  /**
   * Instances that may have changed, each with its newest run, lowest number first; all up to `reached` are read. `upTo`: more is there
   * up to that number, and the newest are looked at when all before them is told.
   */
  async function readInstances(
    workflow: string,
    before: PipelineCursor | undefined,
  ): Promise<{ instances: Instance[]; reached: number; upTo?: number }> {
    const told = before?.newest ?? 0;
    let upTo = before?.upTo ?? 0;
    let newest: Instance[] | undefined;
    if (upTo <= told) {
      newest = (await api.instances(workflow, newestRead)).elements;
      const lowest = Math.min(...newest.map((instance) => instance.workflow_instance_id));
      upTo = before && Number.isFinite(lowest) ? lowest - 1 : 0;
    }
    const { found, reached } = await readOn(workflow, told, Math.max(told, upTo));
    if (!newest || reached < upTo) return { instances: found, reached, upTo };
    return { instances: await withChanged(workflow, [...found, ...newest], before), reached };
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

  async function news(workflow: string, before: PipelineCursor | undefined): Promise<News> {
    const { instances, reached, upTo } = await readInstances(workflow, before);
    const newest = Math.max(reached, ...instances.map((instance) => instance.workflow_instance_id));
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
    const isBehind = upTo !== undefined;
    const { changes, ...versions } = isBehind
      ? { changes: [], active: before?.active, latest: before?.latest }
      : await changesSince(workflow, before);
    const seen = toRemember(instances, isBehind ? before?.seen : {});
    return { events, starts, changes, isBehind, cursor: { ...versions, newest, seen, upTo } };
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
    const keys = fromItsTurn(await deps.pipelines(), before?.next);
    const failures: Failure[] = [];
    const told: [string, News | undefined][] = [];
    for (let events = 0; told.length < keys.length && events < toldAtOnce; ) {
      const part = keys.slice(told.length, told.length + pipelinesAtATime);
      const read = await Promise.all(
        part.map(async (key): Promise<[string, News | undefined]> => {
          try {
            return [key, await news(key, before?.pipelines[key])];
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            failures.push(error);
            log.warn({ pipeline: key, reason: error.kind, detail: error.detail }, 'maestro.poll-failed');
            return [key, undefined];
          }
        }),
      );
      told.push(...read);
      events += read.reduce((sum, [, found]) => sum + (found?.events.length ?? 0), 0);
    }
    const [first] = failures;
    if (first && failures.length === told.length) throw first;
    const moved = told.flatMap(([key, found]): [string, PipelineCursor][] => (found ? [[key, found.cursor]] : []));
    const found = told.flatMap(([, one]) => one ?? []);
    const next = keys[told.length];
    return {
      events: found.flatMap((one) => one.events).sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()),
      starts: found.flatMap((one) => one.starts),
      changes: found.flatMap((one) => one.changes).sort((a, b) => a.at.getTime() - b.at.getTime()),
      cursor: { pipelines: { ...before?.pipelines, ...Object.fromEntries(moved) }, next },
      isBehind: next !== undefined || found.some(({ isBehind }) => isBehind),
    };
  };
}

/** Who was left waiting is first. */
function fromItsTurn(keys: string[], next: string | undefined): string[] {
  const turn = next === undefined ? 0 : Math.max(0, keys.indexOf(next));
  return [...keys.slice(turn), ...keys.slice(0, turn)];
}

/** The newest page, what is live, and the newest of what has failed: of what was read, and of what was not read again. */
function toRemember(read: Instance[], others: Record<string, Seen> = {}): Record<string, Seen> {
  const known: Record<string, Seen> = { ...others };
  for (const { workflow_instance_id: number, workflow_run_id: run, status } of read) known[number] = { run, status };
  const newestFirst = Object.entries(known).sort(([a], [b]) => Number(b) - Number(a));
  const older = newestFirst.slice(newestRead);
  return Object.fromEntries([
    ...newestFirst.slice(0, newestRead),
    ...older.filter(([, { status }]) => isLive(status)),
    ...older.filter(([, { status }]) => instanceStatus(status) === 'failed').slice(0, failedWatched),
  ]);
}

function readCursor(cursor: Cursor | undefined, log: Logger): PollCursor | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const parsed = PollCursor.safeParse(cursor);
  if (!parsed.success) log.warn('maestro.cursor-not-readable');
  return parsed.success ? parsed.data : undefined;
}
