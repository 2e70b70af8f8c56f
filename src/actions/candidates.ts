import { type Change, sayVersions } from '../domain/change';
import { dependentsOf } from '../domain/dependents';
import { asWritten, lagOf, partitionsBetween, partitionsMax, todayIn } from '../domain/partitions';
import type { PipelineRef } from '../domain/pipeline';
import type { Conflict, Pace } from '../domain/plan';
import { gatherConflicts, type Mode, type Taken, wantsPartition } from '../domain/planning';
import type { RunStatus } from '../domain/run';
import { type Parameters, pipelineOf, runIn, sayTarget, type Target } from '../domain/target';
import { versionBefore } from '../domain/version-list';
import * as actionRows from '../store/action-rows';
import * as changeRows from '../store/change-rows';
import * as planReads from '../store/plan-reads';
import type { ActionDeps } from './deps';
import { targetOf } from './ledger';

/** What is to be changed. */
export type Aim =
  /** Exactly these; each may name the incident that it is to mend. */
  | { kind: 'targets'; targets: { target: Target; incidentId?: string }[] }
  /** All runs of an incident that are failed now. */
  | { kind: 'incident'; incidentId: string; from?: 'failure' | 'start' }
  /** What of an action has failed, and what was not done for it; partitions with the version now in force. */
  | { kind: 'failed-items'; actionId: string }
  /** Partitions of a pipeline: named, or those between two days (`yyyy-MM-dd`, both included). */
  | ({
      kind: 'partitions';
      pipeline: PipelineRef;
      mode: Mode;
      /** What it feeds is done for the same partitions as well, after it. Default no. */
      dependents?: boolean;
      parameters?: Parameters;
    } & ({ partitions: string[] } | { from: string; to: string }))
  /** The version before the one in force. */
  | { kind: 'previous-version'; pipeline: PipelineRef }
  /** This one, as the orchestrator names it. */
  | { kind: 'version'; pipeline: PipelineRef; version: string };

/** One change that may become an item. `needs` are the subjects of those without which it is not done. */
export interface Candidate {
  target: Target;
  incidentId?: string;
  wave?: number;
  needs?: string[];
}

/** Several changes may be about one version. */
const changesRead = 50;

/** There is nothing to plan; the message says what to do instead. */
export class Cannot extends Error {}

export interface Aimed {
  /** In the order in which they would be done. */
  found: Candidate[];
  leftOut: Conflict[];
  how: string[];
}

type PartitionAim = Extract<Aim, { kind: 'partitions' }>;

/** What a wish is about, as far as we and the orchestrators know. */
export function createCandidates(deps: ActionDeps) {
  const { db, clock } = deps;

  /** @throws Cannot, and what an orchestrator throws that is asked */
  async function candidates(aim: Aim, pace: Pace): Promise<Aimed> {
    const inOrder = (found: Candidate[]) => (pace.order === 'newest-first' ? [...found].reverse() : found);
    switch (aim.kind) {
      case 'targets':
        return { found: inOrder(aim.targets), leftOut: [], how: [] };
      case 'incident': {
        const runs = await planReads.failedRuns(db, aim.incidentId);
        const found = runs.map(
          ({ connection, pipeline, run, attempt }): Candidate => ({
            target: {
              kind: 'run',
              run: { pipeline: { connection, key: pipeline }, run, attempt },
              ...(aim.from ? { from: aim.from } : {}),
            },
            incidentId: aim.incidentId,
          }),
        );
        if (found.length === 0) throw new Cannot('None of its runs is failed any more; there is nothing to do.');
        return { found: inOrder(found), leftOut: [], how: [] };
      }
      case 'failed-items':
        return failedOf(aim.actionId, pace);
      case 'previous-version': {
        const told = await versionsOf(aim.pipeline);
        const version = await previousVersion(aim.pipeline, told);
        return aimedAt(aim.pipeline, version, told, ['Goes back to the version before.']);
      }
      case 'version':
        return aimedAt(aim.pipeline, aim.version, await versionsOf(aim.pipeline));
      case 'partitions':
        return partitionCandidates(aim, pace);
    }
  }

  async function failedOf(actionId: string, pace: Pace): Promise<Aimed> {
    const action = await actionRows.find(db, actionId);
    if (!action) throw new Cannot('That is not there any more; there is nothing to do again.');
    if (action.pace === undefined) {
      const { target } = targetOf(action);
      if (!action.settledAt) throw new Cannot('That is not over yet. Please wait for its end.');
      if (target.kind === 'partitions' && target.partitions.length > 1)
        return partitionCandidates({ ...target, kind: 'partitions', mode: 'missing-or-failed' }, pace);
      if (action.state !== 'failed' && action.state !== 'unsure') throw nothingFailed();
      return { found: [{ target: withoutVersion(target) }], leftOut: [], how: [] };
    }
    const failed = await actionRows.failedItems(db, actionId);
    if (failed.length === 0) throw nothingFailed();
    const targets = new Map(failed.map((item) => [item.itemNo, withoutVersion(targetOf(item).target)]));
    const found = failed.map(({ itemNo, incidentId, wave, needs }): Candidate => {
      const target = targets.get(itemNo);
      if (!target) throw new Error(`item ${itemNo} is lost`);
      const needed = needs.flatMap((place) => targets.get(place) ?? []).map(subjectOf);
      return {
        target,
        ...(incidentId ? { incidentId } : {}),
        ...(wave ? { wave } : {}),
        ...(needed.length > 0 ? { needs: needed } : {}),
      };
    });
    return { found, leftOut: [], how: ['Only what failed before, and what was not done for it.'] };
  }

  async function partitionCandidates(aim: PartitionAim, pace: Pace): Promise<Aimed> {
    const { pipeline, mode } = aim;
    const { facts } = await deps.profile(pipeline);
    const timeZone = facts.timeZone ?? 'UTC';
    const habit = await planReads.partitionHabit(db, pipeline);
    const how = [
      `Days and times of ${timeZone}${facts.schedule ? `, by the schedule ${facts.schedule}` : ', one partition a day'}.`,
    ];
    const partitions =
      'partitions' in aim
        ? inOrderOfTime([...new Set(aim.partitions)], pace)
        : between(aim, { timeZone, schedule: facts.schedule, habit, order: pace.order, how });
    if (habit.since && !deps.orchestrator(pipeline.connection)?.runsOf && mode !== 'all')
      how.push(`I know of runs since ${habit.since.toISOString().slice(0, 10)}; what ran before counts as missing.`);
    const { wanted, taken } = sort(mode, partitions, await newestRuns(pipeline, partitions));
    if (wanted.length > 1)
      how.unshift(
        `From ${wanted[0]} to ${wanted.at(-1)}, ${pace.order === 'newest-first' ? 'the newest' : 'the oldest'} first.`,
      );
    const found = wanted.map(
      (partition): Candidate => ({
        target: {
          kind: 'partitions',
          pipeline,
          partitions: [partition],
          ...(aim.parameters ? { parameters: aim.parameters } : {}),
        },
      }),
    );
    const below = aim.dependents ? await dependents(pipeline, wanted, how) : { found: [], taken: [] };
    return { found: [...found, ...below.found], leftOut: gatherConflicts([...taken, ...below.taken]), how };
  }

  function between(
    aim: { from: string; to: string },
    by: {
      timeZone: string;
      schedule?: string;
      habit: { example?: string; startedAt?: Date };
      order: Pace['order'];
      how: string[];
    },
  ): string[] {
    const { timeZone, schedule, habit, order, how } = by;
    const today = todayIn(timeZone, clock.now());
    if (aim.from > today && /^\d/.test(aim.from))
      throw new Cannot(`${aim.from} has not come yet: today is ${today} in ${timeZone}. Please choose earlier days.`);
    const lagDays = habit.example && habit.startedAt ? lagOf(habit.example, habit.startedAt, timeZone) : undefined;
    const to = aim.to > today && aim.from <= aim.to ? today : aim.to;
    if (to !== aim.to) how.push(`Nothing after today, ${today}.`);
    const asked = partitionsBetween({ from: aim.from, to, schedule, timeZone, example: habit.example, lagDays, order });
    if ('why' in asked) throw new Cannot(asked.why);
    return asked.partitions;
  }

  /** What is fed, for the same parts of the data: each pipeline after those that feed it. Adds to `how`. */
  async function dependents(
    root: PipelineRef,
    partitions: readonly string[],
    how: string[],
  ): Promise<{ found: Candidate[]; taken: Taken[] }> {
    const downstream = await deps.downstream([root]);
    const fed = dependentsOf(root, downstream);
    const beyond = downstream.total - downstream.nodes.length;
    if (partitions.length * (fed.length + 1) > partitionsMax)
      throw new Cannot(
        `With the ${fed.length} pipelines that it feeds that is ${partitions.length * (fed.length + 1)} at once; ` +
          `I take at most ${partitionsMax}. Please do it in parts.`,
      );
    const found: Candidate[] = [];
    const taken: Taken[] = [];
    const keyIn = new Map<string, Map<string, string>>([
      [keyOf(root), new Map(partitions.map((partition) => [partition, subjectOf(partitionOf(root, partition))]))],
    ]);
    for (const { pipeline, wave, fedBy } of fed) {
      const { example } = await planReads.partitionHabit(db, pipeline);
      const subjects = new Map<string, string>();
      keyIn.set(keyOf(pipeline), subjects);
      const own = new Map<string, Candidate>();
      for (const partition of partitions) {
        const written = example === undefined ? partition : asWritten(partition, example);
        if (written === undefined) {
          const name = `${sayTarget(partitionOf(root, partition))} of ${pipeline.key}`;
          taken.push({ kind: 'not-able', name, say: `is another kind of partition than ${example} there` });
          continue;
        }
        const target = partitionOf(pipeline, written);
        const candidate = own.get(written) ?? { target, wave, needs: [] };
        own.set(written, candidate);
        subjects.set(partition, subjectOf(target));
        for (const feeder of fedBy) {
          const needed = keyIn.get(keyOf(feeder))?.get(partition);
          if (needed) candidate.needs = [...new Set([...(candidate.needs ?? []), needed])];
        }
      }
      found.push(...own.values());
    }
    how.push(
      fed.length === 0
        ? 'No pipeline is known that it feeds.'
        : `What it feeds is done after it, one after another: ${listed(fed.map(({ pipeline }) => pipeline.key))}.`,
    );
    if (beyond > 0)
      how.push(
        `Only the nearest ${downstream.nodes.length} that hang on it are looked at; ${beyond} farther off are not done. Please do those by themselves.`,
      );
    return { found, taken };
  }

  /** From what we heard, and from the orchestrator where it can tell. */
  async function newestRuns(pipeline: PipelineRef, partitions: string[]): Promise<Map<string, RunStatus>> {
    const heard = await planReads.partitionRuns(db, pipeline, partitions);
    const known = new Map([...heard].map(([partition, { status }]) => [partition, status]));
    const orchestrator = deps.orchestrator(pipeline.connection);
    if (!orchestrator?.runsOf) return known;
    const told = await orchestrator.runsOf(pipeline, partitions);
    for (const { partition, status } of told) if (partition !== undefined) known.set(partition, status);
    return known;
  }

  async function versionsOf(pipeline: PipelineRef): Promise<Change[]> {
    return (await deps.orchestrator(pipeline.connection)?.versions?.(pipeline)) ?? [];
  }

  async function previousVersion(pipeline: PipelineRef, told: readonly Change[]): Promise<string> {
    const known = told.some(({ active }) => active)
      ? told
      : await changeRows.before(db, pipeline, { until: clock.now(), limit: changesRead });
    const before = versionBefore(known);
    if (!before)
      throw new Cannot(`I know of no version of ${pipeline.key} before the one in force. Please choose one.`);
    return before;
  }

  return candidates;
}

function aimedAt(pipeline: PipelineRef, version: string, told: readonly Change[], how: string[] = []): Aimed {
  const instead = told.find(({ active }) => active)?.version;
  const target: Target = { kind: 'version', pipeline, version, ...(instead === undefined ? {} : { instead }) };
  return { found: [{ target }], leftOut: [], how: [...how, ...sayVersions(told, version)] };
}

/** Thousands of targets name the same one. */
const keys = new WeakMap<PipelineRef, string>();

export function keyOf(pipeline: PipelineRef): string {
  const known = keys.get(pipeline);
  if (known !== undefined) return known;
  const made = JSON.stringify([pipeline.connection, pipeline.key]);
  keys.set(pipeline, made);
  return made;
}

/** What two changes of one kind may not both be about. */
export function subjectOf(target: Target): string {
  return `${keyOf(pipelineOf(target))}${runIn(target) ?? sayTarget(target)}`;
}

function partitionOf(pipeline: PipelineRef, partition: string): Target {
  return { kind: 'partitions', pipeline, partitions: [partition] };
}

function withoutVersion(target: Target): Target {
  if (target.kind !== 'partitions') return target;
  const { version: _, ...rest } = target;
  return rest;
}

const nothingFailed = () => new Cannot('Nothing of it has failed; there is nothing to do again.');

/** Those that are named, by their time where they have one; else as they were named. */
function inOrderOfTime(partitions: string[], { order }: Pace): string[] {
  const sorted = partitions.every((partition) => /^\d{4}/.test(partition)) ? [...partitions].sort() : partitions;
  return order === 'newest-first' ? [...sorted].reverse() : sorted;
}

/** Which of them are wanted, and why the others are not. */
function sort(mode: Mode, partitions: readonly string[], known: ReadonlyMap<string, RunStatus>) {
  const wanted: string[] = [];
  const taken: Taken[] = [];
  for (const partition of partitions) {
    const status = known.get(partition);
    if (wantsPartition(mode, status)) wanted.push(partition);
    else if (status === 'running' || status === 'queued')
      taken.push({ kind: 'running', name: partition, say: 'is running now' });
    else taken.push({ kind: 'succeeded', name: partition, say: sayModeLeaves(mode, status) });
  }
  return { wanted, taken };
}

function sayModeLeaves(mode: Mode, status: RunStatus | undefined): string {
  const only = mode === 'missing-or-failed' ? 'missing and failed' : mode;
  // Reads well after one name and after many.
  const how = status === undefined ? 'never ran' : status === 'succeeded' ? 'succeeded already' : `ended as ${status}`;
  return `${how}; only ${only} ones were asked for`;
}

const namesListed = 10;

function listed(names: readonly string[]): string {
  const more = names.length - namesListed;
  return `${names.slice(0, namesListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
