import { randomUUID } from 'node:crypto';
import { whyNot } from '../domain/ability';
import { type ActionKind, immediate } from '../domain/action';
import type { Actor } from '../domain/actor';
import type { Verdict } from '../domain/authorise';
import { partitionsMax } from '../domain/partitions';
import type { PipelineRef } from '../domain/pipeline';
import {
  briefOf,
  type Conflict,
  type Durations,
  type Evidence,
  Pace,
  type Plan,
  type PlannedItem,
  sizeOfPlan,
} from '../domain/plan';
import {
  estimateBefore,
  gatherConflicts,
  judgeItem,
  type Standing,
  type Taken,
  withNeedsMet,
} from '../domain/planning';
import { pipelineOf, runIn, sayTarget, type Target } from '../domain/target';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import * as planReads from '../store/plan-reads';
import * as postRows from '../store/post-rows';
import * as switchRows from '../store/switch-rows';
import { type Aim, type Candidate, Cannot, createCandidates, keyOf, subjectOf } from './candidates';
import { type ActionDeps, type Asking, type Held, itemsTarget } from './deps';
import { targetOf } from './ledger';
import { createTerms } from './terms';

/** A plan shows how things are; after this long it has to be made anew. */
const planLastsMs = 60 * 60_000;

/** A wish whose plan is to be seen first. */
export interface PlanWish extends Asking {
  kind: ActionKind;
  aim: Aim;
  /** Where it was wished, by Slack's ids: with `incidentId` the place of its alert, else `channel`. */
  pressed?: { channel: string; messageTs?: string };
  pace?: Partial<Pick<Pace, 'parallel' | 'stopAfter' | 'canary' | 'order'>>;
}

export type PlanAnswer =
  | { outcome: 'planned'; actionId: string; plan: Plan; until: Date }
  | { outcome: 'denied'; why: string; whoMay: string; freeze?: string }
  /** There is nothing to do, or it cannot be done here; says what to do instead. `leftOut` names what was looked at. */
  | { outcome: 'cannot'; say: string; leftOut?: Conflict[] };

export function createPlanner(deps: ActionDeps) {
  const { db, clock } = deps;
  const candidates = createCandidates(deps);
  const terms = createTerms(deps);

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
    const wishedPace = Pace.parse(wish.pace ?? {});
    const aimed = await candidates(wish.aim, wishedPace);
    const found = eachOnce(aimed.found);
    // Nothing is refused to anybody where nothing is left of what was wished for.
    if (found.length === 0)
      return { outcome: 'cannot', say: nothingToDo(wish.kind, aimed.leftOut), leftOut: aimed.leftOut };
    if (found.length > partitionsMax)
      throw new Cannot(`That is ${found.length} at once; I take at most ${partitionsMax}. Please do it in parts.`);
    const { items, taken, verdict, how } = await sift(wish, found);
    const leftOut = [...gatherConflicts(taken), ...aimed.leftOut];
    if (verdict.verdict === 'deny' && verdict.freeze === undefined) {
      const [first] = found;
      await auditRows.append(db, {
        at: clock.now(),
        personId: wish.actor.personId,
        what: 'refused',
        kind: wish.kind,
        ...(first ? { connection: pipelineOf(first.target).connection, pipeline: pipelineOf(first.target).key } : {}),
        detail: { reason: verdict.reason, size: found.length },
      });
      return { outcome: 'denied', why: verdict.reason, whoMay: verdict.whoMay };
    }
    const [first] = items;
    if (!first) return { outcome: 'cannot', say: nothingToDo(wish.kind, leftOut), leftOut };
    const isLarge = items.length > 1;
    const told = await whereTold(wish, isLarge ? undefined : first.incidentId);
    const held = isLarge ? await terms.paced(wish.kind, items, wishedPace) : undefined;
    const pace = held?.pace;
    const made = await describe(wish.kind, await terms.exactly(wish.kind, items), { verdict, pace });
    const full: Plan = { ...made, leftOut, how: [...aimed.how, ...how, ...(held?.how ?? []), ...made.how] };
    const now = clock.now();
    const until = new Date(now.getTime() + planLastsMs);
    const [only, another] = pipelinesOf(items);
    const id = randomUUID();
    await db.transaction((tx) =>
      actionRows.insertOnce(tx, {
        id,
        kind: wish.kind,
        state: 'planned',
        idempotencyKey: `plan:${id}`,
        personId: wish.actor.personId,
        slackId: wish.actor.slackId,
        ...told,
        responseUrl: wish.responseUrl,
        connection: another ? undefined : only?.connection,
        pipeline: another ? undefined : only?.key,
        target: isLarge ? itemsTarget : first.target,
        plan: full,
        brief: isLarge ? briefOf(full) : undefined,
        pace,
        size: sizeOfPlan(full),
        askedAt: now,
        expiresAt: until,
      }),
    );
    return { outcome: 'planned', actionId: id, plan: full, until };
  }

  /** Beside the alert, beside the action that it goes on from, or where it was wished. */
  async function whereTold({ channel, pressed, aim, ...wish }: PlanWish, itsIncident: string | undefined) {
    const incidentId = wish.incidentId ?? itsIncident;
    if (aim.kind === 'failed-items') {
      const whole = await actionRows.find(db, aim.actionId);
      return { incidentId: whole?.incidentId, channel: whole?.channel ?? channel ?? pressed?.channel };
    }
    if (!incidentId || channel) return { incidentId, channel: channel ?? pressed?.channel };
    return { incidentId, channel: (await postRows.placeOfAlert(db, incidentId, pressed)) ?? pressed?.channel };
  }

  /** Takes out what may not be, cannot be or need not be done, and says why. */
  async function sift(
    wish: PlanWish,
    found: readonly Subject[],
  ): Promise<{ items: PlannedItem[]; taken: Taken[]; verdict: Verdict; how: string[] }> {
    const taken: Taken[] = [];
    const isSingle = found.length === 1;
    const standings = await standingsOf(wish.kind, found);
    const connections = new Set(pipelinesOf(found).map(({ connection }) => connection));
    const whyNotIn = new Map([...connections].map((name) => [name, whyNot(deps.abilitiesOf(name), wish.kind)]));
    const possible = found.flatMap((candidate, nth) => {
      const { target } = candidate;
      const standing = standings[nth] ?? {};
      const why = whyNotIn.get(pipelineOf(target).connection);
      const against =
        why === undefined
          ? judgeItem(wish.kind, target, standing, isSingle)
          : { kind: 'not-able' as const, say: `cannot be done: ${why}` };
      if (against) taken.push({ ...against, name: nameOf(target) });
      if (against) return [];
      return [standing.status ? { ...candidate, status: standing.status } : candidate];
    });
    const { verdicts, strictest } = await judge(wish, found, Math.max(1, possible.length));
    const allowed = possible.filter(({ target }) => {
      const verdict = verdicts.get(keyOf(pipelineOf(target)));
      const isAllowed = verdict?.verdict !== 'deny' || verdict.freeze !== undefined;
      if (!isAllowed) taken.push({ kind: 'not-allowed', name: nameOf(target), say: `for ${verdict.whoMay}` });
      return isAllowed;
    });
    const versioned = await terms.versioned(wish.kind, allowed);
    const met = withNeedsMet(versioned.items, new Set(found.map(({ subject }) => subject)));
    taken.push(...versioned.taken);
    for (const { target } of met.taken)
      taken.push({ kind: 'upstream', name: nameOf(target), say: 'needs one that is left out' });
    const items = met.kept.map(({ item: { subject: _, needs: __, wave, ...item }, needs }) => ({
      ...item,
      ...(wave ? { wave } : {}),
      ...(needs.length > 0 ? { needs } : {}),
    }));
    const batched = await terms.batched(wish.kind, items);
    return { items: batched.items, taken, verdict: strictest, how: [...versioned.how, ...batched.how] };
  }

  /** What the policy says of each pipeline, and the word on it that counts for the whole. */
  async function judge(
    wish: PlanWish,
    found: readonly Candidate[],
    size: number,
  ): Promise<{ verdicts: Map<string, Verdict>; strictest: Verdict }> {
    const verdicts = new Map<string, Verdict>();
    for (const pipeline of pipelinesOf(found))
      verdicts.set(keyOf(pipeline), await deps.authorise(wish.actor, wish.kind, await deps.profile(pipeline), size));
    const [any] = verdicts.values();
    const mayBe = [...verdicts.values()].filter((each) => each.verdict !== 'deny' || each.freeze !== undefined);
    const strictest = mayBe.find(({ freeze }) => freeze !== undefined) ??
      mayBe.find(({ verdict }) => verdict === 'needs-approval') ??
      mayBe[0] ??
      any ?? { verdict: 'deny' as const, reason: 'There is nothing to do.', whoMay: '' };
    return { verdicts, strictest };
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
    const each = items.map(({ target, wave }) => ({ durations: durations.get(keyOf(pipelineOf(target))), wave }));
    const expectedMs = immediate.includes(kind) ? undefined : estimateBefore(each, pace);
    const [only] = took;
    const duration: Durations | undefined = pipelines.length === 1 && !immediate.includes(kind) ? only : undefined;
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

  /** @throws Failure when the orchestrator would refuse it */
  async function planOne(action: Held, actor: Actor): Promise<Plan> {
    const { target, connection } = targetOf(action);
    const ability = deps.orchestrator(connection)?.actions[action.kind];
    const [run] = (await ability?.plan?.(target)) ?? [];
    const verdict = await deps.authorise(actor, action.kind, await deps.profile(pipelineOf(target)), action.size);
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

  /** Why this person may not do it to a single run of that pipeline, if so; a freeze is told with the plan, since it can be gone over. */
  async function refusal(wish: {
    actor: Actor;
    kind: ActionKind;
    pipeline: PipelineRef;
  }): Promise<{ why: string; whoMay: string } | undefined> {
    const profile = await deps.profile(wish.pipeline);
    const { verdict, freeze, reason, whoMay } = await deps.authorise(wish.actor, wish.kind, profile, 1);
    return verdict === 'deny' && freeze === undefined ? { why: reason, whoMay } : undefined;
  }

  return { plan, planOne, refusal };
}

const nameOf = (target: Target): string => `${sayTarget(target)} of ${pipelineOf(target).key}`;

function pipelinesOf(items: readonly { target: Target }[]): PipelineRef[] {
  const named = new Set(items.map(({ target }) => pipelineOf(target)));
  return [...new Map([...named].map((pipeline) => [keyOf(pipeline), pipeline])).values()];
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

function nothingToDo(kind: ActionKind, leftOut: readonly Conflict[]): string {
  const why = leftOut
    .map(({ count, say, names }) => (count === 1 ? `${names[0]} ${say}` : `each of ${count} ${say}`))
    .join('; ');
  const kinds = new Set(leftOut.map((each) => each.kind));
  const next = [
    ...(kind === 'backfill' && kinds.has('succeeded') ? ['To run it all the same, choose “All of it, again”.'] : []),
    ...(kinds.has('running') || kinds.has('under-way') ? ['Look again when that is over.'] : []),
  ];
  return [why ? `There is nothing to do: ${why}.` : 'There is nothing to do.', ...next].join(' ');
}

type Subject = Candidate & { subject: string };

/** One run may stand in two members of an incident; it is changed once. */
function eachOnce(found: Candidate[]): Subject[] {
  const bySubject = new Map<string, Subject>();
  for (const each of found) {
    const subject = subjectOf(each.target);
    if (!bySubject.has(subject)) bySubject.set(subject, { ...each, subject });
  }
  return [...bySubject.values()];
}
