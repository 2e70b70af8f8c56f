import { randomUUID } from 'node:crypto';
import type { ActionKind } from '../domain/action';
import type { Actor } from '../domain/actor';
import type { Verdict } from '../domain/authorise';
import { Failure } from '../domain/failure';
import { lagOf, partitionsBetween, partitionsMax } from '../domain/partitions';
import type { PipelineRef } from '../domain/pipeline';
import { type Conflict, type Durations, type Evidence, Pace, type Plan, type PlannedItem } from '../domain/plan';
import {
  estimateBefore,
  gatherConflicts,
  judgeItem,
  type Mode,
  type Standing,
  wantsPartition,
} from '../domain/planning';
import { pipelineOf, runIn, sayTarget, type Target } from '../domain/target';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import * as planReads from '../store/plan-reads';
import * as switchRows from '../store/switch-rows';
import { type ActionDeps, type Asking, type Held, itemsTarget } from './deps';
import { targetOf } from './ledger';

/** A plan shows how things are; after this long it has to be made anew. */
const planLastsMs = 60 * 60_000;
/** For so many items the orchestrator is asked for the exact steps; of the others it is when each is done. */
const exactItems = 10;

/** What is to be changed. */
export type Aim =
  /** Exactly these; each may name the incident that it is to mend. */
  | { kind: 'targets'; targets: { target: Target; incidentId?: string }[] }
  /** All runs of an incident that are failed now. */
  | { kind: 'incident'; incidentId: string; from?: 'failure' | 'start' }
  /** Those items of a large action that have failed. */
  | { kind: 'failed-items'; actionId: string }
  /** Partitions of a pipeline: named, or those between two days (`yyyy-MM-dd`, both included). */
  | ({
      kind: 'partitions';
      pipeline: PipelineRef;
      mode: Mode;
      /** What it feeds is done for the same partitions as well, after it. Default no. */
      dependents?: boolean;
      parameters?: Record<string, string | number | boolean>;
    } & ({ partitions: string[] } | { from: string; to: string }))
  /** The version before the one in force. */
  | { kind: 'previous-version'; pipeline: PipelineRef };

/** A wish whose plan is to be seen first. */
export interface PlanWish extends Asking {
  kind: ActionKind;
  aim: Aim;
  pace?: Partial<Pick<Pace, 'parallel' | 'stopAfter' | 'canary' | 'order'>>;
}

export type PlanAnswer =
  | { outcome: 'planned'; actionId: string; plan: Plan; until: Date }
  | { outcome: 'denied'; why: string; whoMay: string; freeze?: string }
  /** There is nothing to do, or it cannot be done here; says what to do instead. `leftOut` names what was looked at. */
  | { outcome: 'cannot'; say: string; leftOut?: Conflict[] };

type Candidate = { target: Target; incidentId?: string; wave?: number };

class Cannot extends Error {}

export function createPlanner(deps: ActionDeps) {
  const { db, clock } = deps;

  /** Makes a plan and stores it; nothing is changed, and nothing will be before `confirm`. */
  async function plan(wish: PlanWish): Promise<PlanAnswer> {
    try {
      return await planned(wish);
    } catch (error) {
      if (error instanceof Cannot) return { outcome: 'cannot', say: error.message };
      throw error;
    }
  }

  async function planned(wish: PlanWish): Promise<PlanAnswer> {
    const pace = Pace.parse(wish.pace ?? {});
    const aimed = await candidates(wish, pace);
    aimed.found = eachOnce(aimed.found);
    if (aimed.found.length > partitionsMax)
      throw new Cannot(
        `That is ${aimed.found.length} at once; I take at most ${partitionsMax}. Please do it in parts.`,
      );
    const { items, leftOut, verdict, orchestrated } = await sift(wish, aimed.found);
    leftOut.push(...aimed.leftOut);
    if (verdict.verdict === 'deny' && verdict.freeze === undefined) {
      const [first] = aimed.found;
      await auditRows.append(db, {
        at: clock.now(),
        personId: wish.actor.personId,
        what: 'refused',
        kind: wish.kind,
        ...(first ? { connection: pipelineOf(first.target).connection, pipeline: pipelineOf(first.target).key } : {}),
        detail: { reason: verdict.reason, size: aimed.found.length },
      });
      return { outcome: 'denied', why: verdict.reason, whoMay: verdict.whoMay };
    }
    if (items.length === 0) return { outcome: 'cannot', say: nothingToDo(leftOut), leftOut };
    const isLarge = items.length > 1;
    const made = await describe(wish.kind, await exactly(wish.kind, items), {
      verdict,
      pace: isLarge ? pace : undefined,
    });
    const full: Plan = { ...made, leftOut, how: [...aimed.how, ...orchestrated, ...made.how] };
    const now = clock.now();
    const until = new Date(now.getTime() + planLastsMs);
    const pipelines = pipelinesOf(items);
    const [only, another] = pipelines;
    const id = randomUUID();
    const [first] = items;
    if (!first) throw new Cannot(nothingToDo(leftOut));
    await db.transaction((tx) =>
      actionRows.insertOnce(tx, {
        id,
        kind: wish.kind,
        state: 'planned',
        idempotencyKey: `plan:${id}`,
        personId: wish.actor.personId,
        slackId: wish.actor.slackId,
        incidentId: wish.incidentId ?? (isLarge ? undefined : first.incidentId),
        channel: wish.channel,
        responseUrl: wish.responseUrl,
        connection: another ? undefined : only?.connection,
        pipeline: another ? undefined : only?.key,
        target: isLarge ? itemsTarget : first.target,
        plan: full,
        pace: isLarge ? pace : undefined,
        askedAt: now,
        expiresAt: until,
      }),
    );
    return { outcome: 'planned', actionId: id, plan: full, until };
  }

  /** What the wish is about, in the order in which it would be done. */
  async function candidates(
    wish: PlanWish,
    pace: Pace,
  ): Promise<{ found: Candidate[]; leftOut: Conflict[]; how: string[] }> {
    const { aim } = wish;
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
      case 'failed-items': {
        const failed = await actionRows.items(db, aim.actionId, ['failed', 'unsure']);
        if (failed.length === 0) throw new Cannot('Nothing of it has failed; there is nothing to do again.');
        const found = failed.map(
          (item): Candidate => ({
            target: targetOf(item).target,
            ...(item.incidentId ? { incidentId: item.incidentId } : {}),
          }),
        );
        return { found, leftOut: [], how: ['Only what failed before.'] };
      }
      case 'previous-version': {
        const { pipeline } = aim;
        const version = await previousVersion(pipeline);
        return {
          found: [{ target: { kind: 'version', pipeline, version } }],
          leftOut: [],
          how: ['Goes back to the version before.'],
        };
      }
      case 'partitions':
        return partitionCandidates(aim, pace);
    }
  }

  async function partitionCandidates(aim: Extract<Aim, { kind: 'partitions' }>, pace: Pace) {
    const { pipeline, mode } = aim;
    const { facts } = await deps.profile(pipeline);
    const timeZone = facts.timeZone ?? 'UTC';
    const habit = await planReads.partitionHabit(db, pipeline);
    const lagDays = habit.example && habit.startedAt ? lagOf(habit.example, habit.startedAt, timeZone) : undefined;
    const asked =
      'partitions' in aim
        ? { partitions: [...new Set(aim.partitions)] }
        : partitionsBetween({
            ...aim,
            schedule: facts.schedule,
            timeZone,
            example: habit.example,
            lagDays,
            order: pace.order,
          });
    if ('why' in asked) throw new Cannot(asked.why);
    const known = await newestRuns(pipeline, asked.partitions);
    const wanted = asked.partitions.filter((partition) => wantsPartition(mode, known.get(partition)));
    const leftOut = gatherConflicts(
      asked.partitions.flatMap((partition) => {
        const status = known.get(partition);
        if (wantsPartition(mode, status)) return [];
        const kind = status === 'running' || status === 'queued' ? ('running' as const) : ('succeeded' as const);
        return [{ kind, name: partition, say: kind === 'running' ? 'is running now' : sayModeLeaves(mode, status) }];
      }),
    );
    const upstream = wanted.map(
      (partition): Candidate => ({
        target: {
          kind: 'partitions',
          pipeline,
          partitions: [partition],
          ...(aim.parameters ? { parameters: aim.parameters } : {}),
        },
      }),
    );
    const how = [
      `Days and times of ${timeZone}${facts.schedule ? `, by the schedule ${facts.schedule}` : ', one partition a day'}.`,
    ];
    if (habit.since && !deps.orchestrator(pipeline.connection)?.runsOf && mode !== 'all')
      how.push(`I know of runs since ${habit.since.toISOString().slice(0, 10)}; what ran before counts as missing.`);
    if (!aim.dependents) return { found: upstream, leftOut, how };
    const { nodes } = await deps.downstream([pipeline]);
    const fed = nodes.flatMap(({ kind, node, depth }) => {
      const [, connection, key] = /^pipeline:([^/]+)\/(.+)$/.exec(node) ?? [];
      return kind === 'pipeline' && connection && key ? [{ pipeline: { connection, key }, wave: depth }] : [];
    });
    const below = fed.flatMap(({ pipeline: each, wave }) =>
      wanted.map(
        (partition): Candidate => ({ target: { kind: 'partitions', pipeline: each, partitions: [partition] }, wave }),
      ),
    );
    how.push(
      `What it feeds is done after it: ${fed.length} ${fed.length === 1 ? 'pipeline' : 'pipelines'}, nearest first.`,
    );
    return { found: [...upstream, ...below], leftOut, how };
  }

  /** From what we heard, and from the orchestrator where it can tell. */
  async function newestRuns(pipeline: PipelineRef, partitions: string[]) {
    const heard = await planReads.partitionRuns(db, pipeline, partitions);
    const known = new Map([...heard].map(([partition, { status }]) => [partition, status]));
    const orchestrator = deps.orchestrator(pipeline.connection);
    if (!orchestrator?.runsOf) return known;
    const told = await orchestrator.runsOf(pipeline, partitions);
    for (const { partition, status } of told) if (partition !== undefined) known.set(partition, status);
    return known;
  }

  async function previousVersion(pipeline: PipelineRef): Promise<string> {
    const versions = deps.orchestrator(pipeline.connection)?.versions;
    const told = versions ? await versions(pipeline) : [];
    const active = told.find((change) => change.active);
    const inOrder = [...told].sort((a, b) => +b.at - +a.at).flatMap(({ version }) => (version ? [version] : []));
    const before = active?.version
      ? inOrder.slice(inOrder.indexOf(active.version) + 1).find((version) => version !== active.version)
      : (await planReads.versionsOf(db, pipeline))
          .map(({ version }) => version)
          .filter((v, n, all) => all.indexOf(v) === n)[1];
    if (!before)
      throw new Cannot(`I know of no version of ${pipeline.key} before the one in force. Please choose one.`);
    return before;
  }

  /** Takes out what may not be, cannot be or need not be done, and says why. */
  async function sift(wish: PlanWish, found: readonly Candidate[]) {
    const verdicts = new Map<string, Verdict>();
    for (const pipeline of pipelinesOf(found)) {
      const { connection, key } = pipeline;
      verdicts.set(
        keyOf(pipeline),
        await deps.authorise(wish.actor, wish.kind, await deps.profile({ connection, key }), found.length),
      );
    }
    const isSingle = found.length === 1;
    const standings = await standingsOf(wish.kind, found);
    const items: PlannedItem[] = [];
    const taken: { kind: Conflict['kind']; name: string; say: string }[] = [];
    const orchestrated = new Set<string>();
    const mayBe = [...verdicts.values()].filter((each) => each.verdict !== 'deny' || each.freeze !== undefined);
    for (const [nth, { target, incidentId, wave }] of found.entries()) {
      const pipeline = pipelineOf(target);
      const verdict = verdicts.get(keyOf(pipeline));
      const name = `${sayTarget(target)} of ${pipeline.key}`;
      const orchestrator = deps.orchestrator(pipeline.connection);
      const standing = standings[nth] ?? {};
      if (!orchestrator?.actions[wish.kind]) {
        taken.push({ kind: 'not-able', name, say: `cannot be done in ${pipeline.connection}` });
      } else if (verdict?.verdict === 'deny' && verdict.freeze === undefined) {
        taken.push({ kind: 'not-allowed', name, say: `is for ${verdict.whoMay}` });
      } else {
        const against = judgeItem(wish.kind, target, standing, isSingle);
        if (against) taken.push({ ...against, name });
        else
          items.push({
            target,
            ...(incidentId ? { incidentId } : {}),
            ...(wave ? { wave } : {}),
            ...(standing.status ? { status: standing.status } : {}),
          });
      }
    }
    const batched = await batch(wish.kind, items);
    if (batched) orchestrated.add(batched.how);
    const [anyVerdict] = verdicts.values();
    const strictest = mayBe.find(({ freeze }) => freeze !== undefined) ??
      mayBe.find(({ verdict }) => verdict === 'needs-approval') ??
      mayBe[0] ??
      anyVerdict ?? { verdict: 'deny' as const, reason: 'There is nothing to do.', whoMay: '' };
    return {
      items: batched?.items ?? items,
      leftOut: gatherConflicts(taken),
      verdict: strictest,
      orchestrated: [...orchestrated],
    };
  }

  /** Where the orchestrator paces many partitions by itself, they are one change. */
  async function batch(
    kind: ActionKind,
    items: PlannedItem[],
  ): Promise<{ items: PlannedItem[]; how: string } | undefined> {
    const [first, second] = items;
    if (!first || !second || first.target.kind !== 'partitions') return undefined;
    const { pipeline } = first.target;
    const isOne = items.every(
      ({ target }) => target.kind === 'partitions' && keyOf(target.pipeline) === keyOf(pipeline),
    );
    if (!isOne || !deps.orchestrator(pipeline.connection)?.actions[kind]?.batch) return undefined;
    const partitions = items.flatMap(({ target }) => (target.kind === 'partitions' ? target.partitions : []));
    return {
      items: [{ ...first, target: { ...first.target, partitions } }],
      how: `${pipeline.connection} paces the ${partitions.length} partitions by itself.`,
    };
  }

  async function standingsOf(kind: ActionKind, found: readonly Candidate[]): Promise<Standing[]> {
    const runs = found.flatMap(({ target }, nth) => {
      const run = runIn(target);
      return run === undefined ? [] : [{ nth, ref: { pipeline: pipelineOf(target), run } }];
    });
    const seen = await planReads.seenRuns(
      db,
      runs.map(({ ref }) => ref),
    );
    const standings: Standing[] = found.map(() => ({}));
    for (const [at, { nth }] of runs.entries()) {
      const known = seen[at];
      if (known) standings[nth] = { status: known.status, newerSucceeded: known.newerSucceeded };
    }
    const wanted = found.map(({ target }) => {
      const { connection, key } = pipelineOf(target);
      return { connection, pipeline: key, target };
    });
    for (const [nth, rival] of await actionRows.rivals(db, kind, wanted)) standings[nth] = { ...standings[nth], rival };
    return standings;
  }

  /** What else is to be known of a change before the yes. */
  async function describe(
    kind: ActionKind,
    items: PlannedItem[],
    { verdict, pace }: { verdict: Verdict; pace?: Pace },
  ): Promise<Plan> {
    const pipelines = pipelinesOf(items);
    const [downstream, took, evidence, off] = await Promise.all([
      deps.downstream(pipelines),
      planReads.durations(db, pipelines),
      evidenceOf(kind, items),
      switchRows.findOff(db, 'bulk'),
    ]);
    const durations = new Map(pipelines.map((pipeline, nth) => [keyOf(pipeline), took[nth]]));
    const each = items.map(({ target }) => durations.get(keyOf(pipelineOf(target))));
    const expectedMs = estimateBefore(each, pace);
    const [only] = took;
    const duration: Durations | undefined = pipelines.length === 1 ? only : undefined;
    const warnings: Conflict[] = [];
    if (verdict.freeze !== undefined)
      warnings.push({ kind: 'freeze', say: verdict.reason, count: items.length, names: [verdict.freeze] });
    if (pace && off)
      warnings.push({
        kind: 'bulk-off',
        say: 'All bulk work is paused now; this will wait until it is switched on again.',
        count: 1,
        names: [],
      });
    return {
      kind,
      plannedAt: clock.now(),
      items,
      leftOut: [],
      warnings,
      how: howOf(kind, items),
      downstream,
      ...(duration ? { duration } : {}),
      ...(expectedMs === undefined ? {} : { expectedMs }),
      ...(evidence && evidence.tried > 0 ? { evidence } : {}),
      verdict: {
        verdict: verdict.verdict,
        reason: verdict.reason,
        whoMay: verdict.whoMay,
        ...(verdict.freeze ? { freeze: verdict.freeze } : {}),
      },
      ...(pace ? { pace } : {}),
    };
  }

  async function evidenceOf(kind: ActionKind, items: PlannedItem[]): Promise<Evidence | undefined> {
    if (kind !== 'retry') return undefined;
    const [incidentId] = [...new Set(items.flatMap((item) => item.incidentId ?? []))];
    const cause = incidentId && (await planReads.causeOf(db, incidentId));
    return cause ? actionRows.evidence(db, cause) : undefined;
  }

  /** The exact steps of a few. What the orchestrator refuses now it may take later; it says so when it is done. */
  async function exactly(kind: ActionKind, items: PlannedItem[]): Promise<PlannedItem[]> {
    if (items.length > exactItems) return items;
    return Promise.all(
      items.map(async (item): Promise<PlannedItem> => {
        const ability = deps.orchestrator(pipelineOf(item.target).connection)?.actions[kind];
        if (!ability?.plan) return item;
        try {
          const [run] = await ability.plan(item.target);
          return { ...item, ...(run?.steps ? { steps: run.steps } : {}), ...(run?.note ? { note: run.note } : {}) };
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          return { ...item, note: error.detail ?? 'What exactly it would run could not be read just now.' };
        }
      }),
    );
  }

  /** @throws Failure when the orchestrator would refuse it */
  async function planOne(action: Held, actor: Actor): Promise<Plan> {
    const { target, connection } = targetOf(action);
    const ability = deps.orchestrator(connection)?.actions[action.kind];
    const [run] = (await ability?.plan?.(target)) ?? [];
    const size = target.kind === 'partitions' ? target.partitions.length : 1;
    const verdict = await deps.authorise(actor, action.kind, await deps.profile(pipelineOf(target)), size);
    const item: PlannedItem = {
      target,
      ...(action.incidentId ? { incidentId: action.incidentId } : {}),
      ...(run?.steps ? { steps: run.steps } : {}),
      ...(run?.note ? { note: run.note } : {}),
    };
    if (!action.partOf) return describe(action.kind, [item], { verdict });
    // What hangs on it stands in the plan of the whole.
    const { verdict: word, reason, whoMay } = verdict;
    return {
      kind: action.kind,
      plannedAt: clock.now(),
      items: [item],
      leftOut: [],
      warnings: [],
      how: [],
      downstream: { nodes: [], edges: [], total: 0 },
      verdict: { verdict: word, reason, whoMay },
    };
  }

  return { plan, planOne };
}

const keyOf = ({ connection, key }: PipelineRef): string => JSON.stringify([connection, key]);

function pipelinesOf(items: readonly { target: Target }[]): PipelineRef[] {
  return [...new Map(items.map(({ target }) => [keyOf(pipelineOf(target)), pipelineOf(target)])).values()];
}

function howOf(kind: ActionKind, items: readonly PlannedItem[]): string[] {
  if (kind !== 'retry') return [];
  const fromStart = items.filter(({ target }) => target.kind === 'run' && target.from === 'start').length;
  if (fromStart === 0) return ['Goes on from where it failed; what is complete is kept.'];
  return [
    fromStart === items.length
      ? 'Runs again from the start, as was wished.'
      : `${fromStart} of ${items.length} run again from the start.`,
  ];
}

function sayModeLeaves(mode: Mode, status: string | undefined): string {
  return status === undefined ? 'has never run' : `is ${status}, and only ${mode} ones were asked for`;
}

function nothingToDo(leftOut: readonly Conflict[]): string {
  const why = leftOut
    .map(({ count, say, names }) => (count === 1 ? `${names[0]} ${say}` : `${count} ${say}`))
    .join('; ');
  return why ? `There is nothing to do: ${why}.` : 'There is nothing to do.';
}

/** One run may stand in two members of an incident; it is changed once. */
function eachOnce(found: Candidate[]): Candidate[] {
  const bySubject = new Map<string, Candidate>();
  for (const each of found) {
    const subject = JSON.stringify([pipelineOf(each.target), runIn(each.target) ?? sayTarget(each.target)]);
    if (!bySubject.has(subject)) bySubject.set(subject, each);
  }
  return [...bySubject.values()];
}
