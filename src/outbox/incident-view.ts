import { z } from 'zod';
import { type Abilities, can, missingOf } from '../domain/ability';
import { type ActionKind, actionKinds, type CourseWord, isSettled } from '../domain/action';
import { autoRetriesADay, autoRetryDayMs } from '../domain/auto-retry';
import { BulkProgress } from '../domain/conductor';
import {
  type ActionView,
  displayState,
  type Incident,
  type IncidentView,
  isLive,
  isOf,
  type MemberView,
} from '../domain/incident';
import { mergeFacts, type PipelineFacts, type PipelineRef } from '../domain/pipeline';
import { ownConnection } from '../domain/pipeline-event';
import { catalogueFacts, type Settings, teamOf } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { StoredAction } from '../store/action-rows';
import * as actionRows from '../store/action-rows';
import * as autoRetryRows from '../store/auto-retry-rows';
import * as changeRows from '../store/change-rows';
import type { Db } from '../store/db';
import { valuesOf } from '../store/due';
import type { Standing, StoredIncident, StoredMember } from '../store/incident-rows';
import * as incidentRows from '../store/incident-rows';
import { isAnyEdge } from '../store/pipeline-reads';
import * as postRows from '../store/post-rows';
import * as runRows from '../store/run-rows';
import { changedIn } from './pipeline-context';

export interface ViewDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** What the connection can do, and why not what it cannot. */
  abilitiesOf(connection: string): Abilities;
  /** What can be said of a batch that the connection paces by itself. */
  batchWordsOf(connection: string, kind: ActionKind): CourseWord[];
  /** Names of what waits downstream; `undefined` = not known. `isAnyTold`: has anybody told of any edge? */
  downstreamOf(pipeline: PipelineRef, isAnyTold: boolean): Promise<string[] | undefined>;
  /** Pipelines that feed this one without another between. */
  upstreamOf(pipeline: PipelineRef): Promise<PipelineRef[]>;
  /** The address of a message. */
  messageUrl(channelId: string, ts: string): string;
  /** What people call an owner: never an address. */
  ownerName(owner: string): Promise<string>;
}

const othersShown = 5;

const Shown = z.object({
  step: z.string().optional(),
  stepsDone: z.number().optional(),
  stepsTotal: z.number().optional(),
});

/** Reads all that the parent of one channel shows, as it is now. `undefined` = the incident is gone. */
export async function readIncidentView(
  deps: ViewDeps,
  incidentId: string,
  channel: string,
): Promise<IncidentView | undefined> {
  const { db, settings } = deps;
  const shown = await incidentRows.shownIn(db, incidentId, channel, 1 + othersShown);
  const place = shown?.incident.places.find((each) => each.channel === channel);
  if (!shown || !place) return undefined;

  const now = deps.clock.now();
  const { incident, standings } = shown;
  const standingsHere = standings.filter(({ isHere }) => isHere);
  const isHit = standingsHere.length > 0;
  const here = isHit ? shown.heaviest : [];
  const [heaviest, ...rest] = shown.heaviest;
  if (!heaviest) return undefined;
  const flapper = await flapperOf(db, incident, now);
  // While another fails without pause, that is what the alert is about.
  const live = sum(standings.filter(isLive));
  const isFlapping =
    flapper !== undefined && (!isHit || isShownIn(flapper, here, channel)) && live <= (isLive(flapper) ? 1 : 0);
  const lead = isFlapping ? flapper : heaviest;
  const others = isFlapping ? [heaviest, ...rest].filter((each) => !isOf(each, flapper)) : rest;

  const member = (each: StoredMember): MemberView => ({
    ...each,
    name: each.pipeline,
    elsewhere: !isHit,
  });
  const leadRef = { connection: lead.connection, key: lead.pipeline };
  const { fingerprint } = incident;
  // Mostly there is nothing: that is one question, not as many as there are kinds of facts.
  const there = await valuesOf(db, {
    facts: runRows.factsIn(leadRef),
    actions: actionRows.isAnyOf(incidentId),
    evidence: actionRows.isAnyEvidence(fingerprint ?? ''),
    autoRetries: autoRetryRows.isAllowed(leadRef, fingerprint ?? ''),
    changes: changeRows.isAny,
    edges: isAnyEdge,
  });
  const leadFacts = mergeFacts(catalogueFacts(leadRef, settings()), (there.facts ?? {}) as PipelineFacts);
  const owner = leadFacts.owner ?? lead.owner;
  const actions = there.actions ? await actionRows.ofIncident(db, incidentId) : [];
  const acting = actions.find((action) => !isSettled(action.state));
  const muted =
    place.mutedUntil && place.mutedUntil > now && place.mutedBy
      ? { by: place.mutedBy, until: place.mutedUntil }
      : undefined;
  const acknowledged =
    place.acknowledgedBy && place.acknowledgedAt ? { by: place.acknowledgedBy, at: place.acknowledgedAt } : undefined;
  const abilities = deps.abilitiesOf(lead.connection);
  const evidence =
    fingerprint && lead.via !== 'downstream' && there.evidence ? await actionRows.evidence(db, fingerprint) : undefined;
  const rescuer =
    incident.state === 'recovered' && there.actions
      ? (await actionRows.rescuers(db, [incidentId])).get(incidentId)
      : undefined;
  const { cause } = incident;
  const upstream = lead.via === 'downstream' ? await upstreamFor(deps, incident, leadRef) : undefined;
  const lastAction = acting ?? (incident.state === 'open' ? actions[0] : undefined);

  return {
    incidentId,
    channel,
    state: displayState({
      incident,
      members: isHit ? standingsHere : standings,
      acting: acting !== undefined && !isHeld(acting),
      acknowledged: acknowledged !== undefined,
      muted: muted !== undefined,
      flapping: isFlapping,
    }),
    lead: member(lead),
    others: others.map(member),
    hereCount: sum(standingsHere),
    elsewhereCount: sum(standings) - sum(standingsHere),
    recoveredCount: sum(standings.filter(({ state }) => state === 'recovered')),
    failedCount: sum(standings.filter(({ state, trouble }) => state === 'failed' && trouble !== 'late')),
    cause:
      upstream || !cause
        ? undefined
        : {
            title: cause.title,
            line: cause.causeLine,
            category: cause.category,
            retryable: cause.retryable,
            nextStep: cause.nextStep,
          },
    upstream,
    openedAt: incident.openedAt,
    closedAt: incident.closedAt ?? (isHit && !isLive(lead) ? lead.endedAt : undefined),
    owner: owner && (await deps.ownerName(owner)),
    team: teamOf(leadFacts, settings())?.name ?? leadFacts.team,
    runbook: leadFacts.runbook,
    tier: leadFacts.tier,
    environment: leadFacts.environment,
    downstream: await deps.downstreamOf(leadRef, there.edges === true),
    acknowledged,
    muted,
    flapping: isFlapping ? incident.flappers?.[0] : undefined,
    closing: lead.state === 'skipped' ? lead.closing : undefined,
    isClosable: lead.channel === channel && isLive(lead),
    action: lastAction && (await actionView(deps, lastAction, channel)),
    recoveredBy: rescuer?.by,
    recoveredAuto: rescuer?.auto,
    recoveredHow: rescuer?.kind,
    evidence: evidence && evidence.tried > 0 ? evidence : undefined,
    autoRetries: there.autoRetries ? await autoRetriesOf(deps, leadRef, fingerprint) : undefined,
    changed: there.changes ? await changedIn(deps, leadRef, lead.firstFailedAt) : undefined,
    routedBy: place.routedBy,
    turn: there.actions ? await actionRows.countOf(db, incidentId) : 0,
    abilities: actionKinds.filter((kind) => can(abilities, kind)),
    hasLog: can(abilities, 'openLog'),
    missing: lead.connection === ownConnection ? [] : missingOf(abilities),
    mention: place.mention,
    timeZone: settings().workspace.timeZone,
    now,
  };
}

/** What the lead stands below, where it failed for a reason of its own. */
async function upstreamFor({ db, upstreamOf }: ViewDeps, { id, cause }: StoredIncident, lead: PipelineRef) {
  const member = await incidentRows.upstreamMember(db, id, await upstreamOf(lead));
  if (!member) return undefined;
  const { pipeline: name, state, trouble } = member;
  return { name, state, trouble, ...(cause ? { line: cause.causeLine } : {}) };
}

/** Nothing goes on by it until a person has said so. */
function isHeld({ state }: StoredAction): boolean {
  return state === 'paused' || state === 'awaiting-approval';
}

/** Where it is retried by itself: how often that was done lately. */
async function autoRetriesOf({ db, clock }: ViewDeps, pipeline: PipelineRef, fingerprint: string | undefined) {
  if (fingerprint === undefined) return undefined;
  const since = new Date(clock.now().getTime() - autoRetryDayMs);
  const used = await autoRetryRows.usedOf(db, pipeline, { fingerprint, since });
  return used === undefined ? undefined : { used, most: autoRetriesADay };
}

/** The member that fails and recovers again and again, until the clock says that it is calm. */
async function flapperOf(db: Db, { id, flappers }: Incident, now: Date): Promise<StoredMember | undefined> {
  const [flapping] = flappers ?? [];
  if (!flapping || flapping.calmAt <= now) return undefined;
  const { connection, pipeline, partition } = flapping;
  const [incident] = await incidentRows.load(db, [id], false, [{ connection, pipeline, partition }]);
  return incident?.members[0];
}

/** By its own channel, or by a subscription. */
function isShownIn(member: StoredMember, here: StoredMember[], channel: string): boolean {
  return member.channel === channel || here.some((each) => isOf(each, member));
}

const sum = (standings: Standing[]): number => standings.reduce((total, { count }) => total + count, 0);

async function actionView({ db, messageUrl }: ViewDeps, action: StoredAction, channel: string): Promise<ActionView> {
  const shown = Shown.safeParse(action.progress ?? {});
  const course = action.pace === undefined ? undefined : BulkProgress.safeParse(action.progress).data;
  const message =
    action.pace === undefined && !isHeld(action) ? undefined : await postRows.messageOfAction(db, action.id, channel);
  return {
    id: action.id,
    kind: action.kind,
    state: action.state,
    by: action.slackId,
    ...(action.autoId ? { auto: true } : {}),
    askedAt: action.askedAt,
    say: action.say,
    ...(shown.success ? shown.data : {}),
    ...(course ? { items: { done: course.succeeded, failed: course.failed, total: course.total } } : {}),
    ...(message ? { url: messageUrl(message.channelId, message.ts) } : {}),
  };
}
