import type { Missing } from './ability';
import type { ActionKind, ActionState } from './action';
import type { ChangedBefore } from './change';
import type { Closing } from './closing';
import { byRestlessness, type Flapping, flappersKept, flappingOf, withTrouble } from './flapping';
import type { Notice } from './notice';
import type { PipelineEvent } from './pipeline-event';
import { isProblem } from './pipeline-event';
import { hasEnded, type RunStatus } from './run';

/** Why a decision spoke or kept silent. Also the log field, the metric label and the test title. */
export const reasons = [
  // these speak
  'first-failure',
  'another-failure',
  'same-cause',
  'downstream-of-open',
  'reopened',
  'running-again',
  'recovered',
  'member-recovered',
  'skipped',
  'late',
  'flapping',
  // these do not
  'still-flapping',
  'nothing-new',
  'will-retry-itself',
  'out-of-date',
  'no-incident',
] as const;
export type Reason = (typeof reasons)[number];

export type MemberState = 'failed' | 'running' | 'recovered' | 'skipped';
export type Trouble = 'failed' | 'late' | 'check-failed';

/** One pipeline and partition that is hit by an Incident, with the newest run of it that went wrong. */
export interface Member {
  connection: string;
  pipeline: string;
  /** Empty text = the pipeline has no partitions, or the source did not say. */
  partition: string;
  trouble: Trouble;
  state: MemberState;
  /** How it came in. */
  via: 'first' | 'same-cause' | 'downstream';
  run: string;
  attempt: number;
  step?: string;
  error?: string;
  url?: string;
  logUrl?: string;
  owner?: string;
  /** When the run that failed was started, if the source said so. */
  startedAt?: Date;
  firstFailedAt: Date;
  lastFailedAt: Date;
  /** When it failed within the last day, in this incident or before; sorted. */
  troubles: Date[];
  /** Final failures of it in this incident. */
  failures: number;
  endedAt?: Date;
  /** A person has skipped it on purpose; holds for what had failed by then. */
  closing?: Closing;
}

export interface Incident {
  id: string;
  state: 'open' | 'recovered' | 'skipped';
  openedAt: Date;
  /** The newest failure of any member, over or not. */
  lastFailedAt: Date;
  closedAt?: Date;
  fingerprint?: string;
  /** Of its members those that flap, until the clock says that they are calm. The first, which is restless longest, is shown. */
  flappers?: Flapping[];
  /** All of them, or those that the events at hand can be about; then `rest` counts the others. */
  members: Member[];
  rest?: Rest;
}

/** The members that were not read. An incident may have thousands; an event is about one. */
export interface Rest {
  count: number;
  /** Failed or running. */
  live: number;
  recovered: number;
  /** When the last of those that are over ended. */
  lastEndedAt?: Date;
}

/** What `runs` knows of the pipeline and partition, the event at hand included; so that order of arrival does not matter. */
export interface KnownRun {
  run: string;
  attempt: number;
  status: RunStatus;
  startedAt?: Date;
  /** When what the status says came about: the end of a run that has ended, the newest sign of life of one that has not. */
  at: Date;
}

/** Of two facts about one attempt: does `fact` hold? An end beats a sign of life, the newer beats the older. */
export function prevails(fact: Pick<KnownRun, 'status' | 'at'>, before: Pick<KnownRun, 'status' | 'at'>): boolean {
  if (hasEnded(fact.status) !== hasEnded(before.status)) return hasEnded(fact.status);
  const apart = fact.at.getTime() - before.at.getTime();
  return apart > 0 || (apart === 0 && fact.status >= before.status);
}

/** What is known with one fact more: one entry for each attempt, with its earliest start. */
export function learn(known: KnownRun[], fact: KnownRun): KnownRun[] {
  const before = known.find(({ run, attempt }) => run === fact.run && attempt === fact.attempt);
  if (!before) return [...known, fact];
  const holds = prevails(fact, before) ? fact : before;
  const after = { ...holds, startedAt: earlier(fact.startedAt, before.startedAt) };
  return known.map((each) => (each === before ? after : each));
}

/** The incidents that the event could belong to, in the order of precedence. */
export interface Candidates {
  /** Open, and holds this pipeline and partition as a member: one that is not over, else one that was hit before. */
  same?: Incident;
  /** Open, and holds a failed pipeline that feeds this one. */
  upstream?: Incident;
  /** Open, same fingerprint, within the window. */
  cause?: Incident;
  /** Closed a short while before the event, with this pipeline and partition as a member. */
  lately?: Incident;
  /** Closed within the last day, with this pipeline and partition as a member: takes it in again when it flaps. */
  earlier?: Incident;
}

export interface Decision {
  reason: Reason;
  /** The incident after the event; `undefined` = nothing to save. */
  incident?: Incident;
  /** The one member that is new or has changed. */
  member?: Member;
  /** True if `incident` is new: places must be found for it. */
  opened: boolean;
  /** Told in the incident's threads. The parent's own state needs no notice: it is edited whenever the incident is saved. */
  notices: Notice[];
}

const silent = (reason: Reason): Decision => ({ reason, opened: false, notices: [] });

/** When what the event tells came about: the end of the run where it tells of one, else its own time. */
export function happenedAt(event: Pick<PipelineEvent, 'kind' | 'occurredAt' | 'endedAt'>): Date {
  const isEnd = event.kind !== 'started' && event.kind !== 'late' && event.kind !== 'check-failed';
  return (isEnd && event.endedAt) || event.occurredAt;
}

interface Key {
  connection: string;
  pipeline: string;
  partition?: string;
}

/** Is the member of this pipeline and partition? */
export function isOf(member: Member, key: Key): boolean {
  return (
    member.pipeline === key.pipeline &&
    member.connection === key.connection &&
    member.partition === (key.partition ?? '')
  );
}

export const isLive = (member: Pick<Member, 'state'>): boolean =>
  member.state === 'failed' || member.state === 'running';

const troubleOf = (event: PipelineEvent): Trouble =>
  event.kind === 'late' || event.kind === 'check-failed' ? event.kind : 'failed';

/**
 * Is the problem newer than the one that the member shows? Problems of one pipeline and partition stand in one order, whatever
 * the order of arrival: by attempt within a run, else by time, then by the run's id. An attempt fails once, is late once, and
 * fails a check once per step, however many sources tell it.
 */
function isNewer(event: PipelineEvent, member: Member): boolean {
  const apart = happenedAt(event).getTime() - member.lastFailedAt.getTime();
  if (event.run !== member.run) return apart > 0 || (apart === 0 && event.run > member.run);
  if (event.attempt !== member.attempt) return event.attempt > member.attempt;
  const trouble = troubleOf(event);
  if (trouble !== member.trouble) return apart > 0 || (apart === 0 && trouble > member.trouble);
  if (trouble !== 'check-failed' || event.step === member.step) return false;
  return apart > 0 || (apart === 0 && (event.step ?? '') > (member.step ?? ''));
}

/**
 * Does this run mend what failed? The same partition went green; without partitions, a later attempt of the same run, or a run
 * that was started after the failed one (design.md, Alerts). Where a start is not known, the end of the good run stands in.
 */
export function mends(
  failed: Pick<Member, 'run' | 'attempt' | 'partition' | 'startedAt' | 'lastFailedAt'>,
  good: Pick<KnownRun, 'run' | 'attempt' | 'startedAt' | 'at'>,
): boolean {
  if (good.run === failed.run)
    return good.attempt > failed.attempt || (good.attempt === failed.attempt && good.at >= failed.lastFailedAt);
  if (failed.partition !== '') return good.at >= failed.lastFailedAt;
  if (failed.startedAt && good.startedAt) return good.startedAt > failed.startedAt;
  return good.at > failed.lastFailedAt;
}

/** Does this skip stand for what failed? A skip of the run itself, later than its failure, or of the partition. */
function standsFor(failed: Member, skip: KnownRun): boolean {
  if (skip.run === failed.run && skip.attempt !== failed.attempt) return skip.attempt > failed.attempt;
  return (skip.run === failed.run || failed.partition !== '') && skip.at >= failed.lastFailedAt;
}

/** Is it on its way to mend what failed? Only the newest attempt of a run says what the run is doing. */
function isUnderWay(failed: Member, run: KnownRun, known: KnownRun[]): boolean {
  if (run.status !== 'queued' && run.status !== 'running') return false;
  if (known.some((other) => other.run === run.run && other.attempt > run.attempt)) return false;
  if (run.run === failed.run) return run.attempt > failed.attempt;
  return (run.startedAt ?? run.at) > failed.lastFailedAt;
}

export function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b);
}

/**
 * How the member stands, from its newest problem and all that is known of its runs: the same whatever came first, came twice or
 * came late. What mended it first is its end.
 */
function judged(member: Member, known: KnownRun[]): Member {
  const own = known.find((run) => run.run === member.run && run.attempt === member.attempt);
  const failed = { ...member, startedAt: earlier(member.startedAt, own?.startedAt) };
  const ended = (state: MemberState, by: Pick<KnownRun, 'at'>[]): Member => {
    const first = Math.min(...by.map((run) => run.at.getTime()));
    return { ...failed, state, endedAt: new Date(Math.max(first, failed.lastFailedAt.getTime())) };
  };
  const good = known.filter((run) => run.status === 'succeeded' && mends(failed, run));
  if (good.length > 0) return ended('recovered', good);
  const skips: Pick<KnownRun, 'at'>[] = known.filter((run) => run.status === 'skipped' && standsFor(failed, run));
  if (member.closing && member.closing.at >= failed.lastFailedAt) skips.push(member.closing);
  if (skips.length > 0) return ended('skipped', skips);
  const state = known.some((run) => isUnderWay(failed, run, known)) ? 'running' : 'failed';
  return { ...failed, state, endedAt: undefined };
}

function newMember(event: PipelineEvent, via: Member['via']): Member {
  const at = happenedAt(event);
  return {
    connection: event.connection,
    pipeline: event.pipeline,
    partition: event.partition ?? '',
    trouble: troubleOf(event),
    state: 'failed',
    via,
    run: event.run,
    attempt: event.attempt,
    step: event.step,
    error: event.error,
    url: event.url,
    logUrl: event.logUrl,
    owner: event.owner,
    startedAt: event.startedAt,
    firstFailedAt: at,
    lastFailedAt: at,
    troubles: [at],
    failures: 1,
  };
}

/** Where it failed before is not where it fails now, and another run has another page. */
function failedAgain(member: Member, event: PipelineEvent): Member {
  const ofRun = member.run === event.run ? member : undefined;
  return {
    ...newMember(event, member.via),
    url: event.url ?? ofRun?.url,
    logUrl: event.logUrl ?? ofRun?.logUrl,
    owner: event.owner ?? member.owner,
    firstFailedAt: member.firstFailedAt,
    troubles: withTrouble(member.troubles, happenedAt(event)),
    failures: member.failures + 1,
    ...(member.closing ? { closing: member.closing } : {}),
  };
}

const liveCount = (incident: Incident): number => incident.members.filter(isLive).length + (incident.rest?.live ?? 0);

/** An incident is over when no member is live. It ended when the last of them did. */
function withMember(incident: Incident, member: Member): Incident {
  const isKnown = incident.members.some((each) => isOf(each, member));
  const members = isKnown
    ? incident.members.map((each) => (isOf(each, member) ? member : each))
    : [...incident.members, member];
  return standing({ ...incident, members });
}

function standing<T extends Incident>(incident: T): T {
  const { members } = incident;
  const newest = Math.max(incident.lastFailedAt.getTime(), ...members.map((member) => member.lastFailedAt.getTime()));
  const after: T = { ...incident, lastFailedAt: new Date(newest), state: 'open', closedAt: undefined };
  if (liveCount(after) > 0) return after;
  const ends = [...members.map(({ endedAt }) => endedAt), incident.rest?.lastEndedAt].map((end) => end?.getTime() ?? 0);
  const isRecovered = (incident.rest?.recovered ?? 0) > 0 || members.some(({ state }) => state === 'recovered');
  return { ...after, state: isRecovered ? 'recovered' : 'skipped', closedAt: new Date(Math.max(...ends)) };
}

/** A person says that these members are skipped on purpose, or takes that back; each is judged by all that is known of its runs. */
export function closedBy<T extends Member>(
  incident: Incident,
  members: T[],
  closing: Closing | undefined,
  knownOf: (member: T) => KnownRun[],
): { incident: Incident; members: T[] } {
  const after = members.map((member): T => ({ ...member, ...judged({ ...member, closing }, knownOf(member)) }));
  const all = incident.members.map((each) => after.find((member) => isOf(member, each)) ?? each);
  return { incident: standing({ ...incident, members: all }), members: after };
}

/** What is told when a member is over: of it alone while others are not, else of the whole. */
function endOf(incident: Incident, member: Member, at: Date): Notice[] {
  if (isLive(member)) return [];
  if (incident.state === 'recovered') {
    const tookMs = Math.max(0, (incident.closedAt ?? at).getTime() - incident.openedAt.getTime());
    // Who did it is known to the actions, not here: the caller fills in `by` and `how` from the last retry.
    return [{ kind: 'recovered', at, tookMs, how: 'by-itself', mentions: [] }];
  }
  if (member.state === 'skipped') return [{ kind: 'skipped', at }];
  return [{ kind: 'member-recovered', at, pipelines: [member.pipeline], count: 1, left: liveCount(incident) }];
}

/** A problem of a pipeline and partition that the incident holds already. */
function problemAgain(event: PipelineEvent, incident: Incident, told: Member, known: KnownRun[]): Decision {
  const at = happenedAt(event);
  const member = judged(failedAgain(told, event), known);
  const after = withMember(incident, member);
  // It came late: between the failure that was told and the end that was told. Nobody needs to hear of it any more.
  if (told.endedAt && at <= told.endedAt && !isLive(member)) {
    return { reason: 'out-of-date', incident: after, member, opened: false, notices: [] };
  }
  const { pipeline, run, attempt, step, error, url } = event;
  const isReopened = incident.state !== 'open';
  const notice: Notice = isReopened
    ? { kind: 'reopened', at, pipeline, error }
    : { kind: 'failed-again', at, pipeline, run, attempt, step, error, url };
  return {
    reason: isReopened ? 'reopened' : 'another-failure',
    incident: after,
    member,
    opened: false,
    notices: [notice, ...endOf(after, member, at)],
  };
}

/** An older problem than the one that is shown changes nothing but what is known of how often it fails. */
function remembered(reason: Reason, event: PipelineEvent, incident: Incident, told: Member): Decision {
  const isOther = event.run !== told.run || event.attempt !== told.attempt;
  const troubles = isOther ? withTrouble(told.troubles, happenedAt(event)) : told.troubles;
  if (troubles.length === told.troubles.length) return silent(reason);
  const member = { ...told, troubles };
  return { reason, incident: withMember(incident, member), member, opened: false, notices: [] };
}

function problem(event: PipelineEvent, found: Candidates, known: KnownRun[], newId: () => string): Decision {
  const at = happenedAt(event);
  const told = found.same?.members.find((member) => isOf(member, event));
  if (found.same && told) {
    return isNewer(event, told)
      ? problemAgain(event, found.same, told, known)
      : remembered('nothing-new', event, found.same, told);
  }
  const before = found.lately?.members.find((member) => isOf(member, event));
  if (found.lately && before && !isNewer(event, before)) return remembered('out-of-date', event, found.lately, before);
  const long = found.earlier?.members.find((member) => isOf(member, event));
  const troubles = withTrouble((before ?? long)?.troubles ?? [], at);
  const fresh = (via: Member['via']): Member => ({ ...newMember(event, via), troubles });
  const joins = found.upstream ?? found.cause;
  if (joins) {
    const why = found.upstream ? 'downstream' : 'same-cause';
    const member = judged(fresh(why), known);
    const incident = withMember(joins, member);
    const total = incident.members.length + (incident.rest?.count ?? 0);
    const notice: Notice = { kind: 'joined', at, pipelines: [event.pipeline], count: 1, total, why };
    return {
      reason: found.upstream ? 'downstream-of-open' : 'same-cause',
      incident,
      member,
      opened: false,
      notices: [notice, ...endOf(incident, member, at)],
    };
  }
  if (found.lately && before) return problemAgain(event, found.lately, before, known);
  if (found.earlier && long && isNewer(event, long) && flappingOf(troubles, goodOf(known))) {
    return problemAgain(event, found.earlier, long, known);
  }
  const member = judged(fresh('first'), known);
  const incident: Incident = { id: newId(), state: 'open', openedAt: at, lastFailedAt: at, members: [] };
  return {
    reason: event.kind === 'late' ? 'late' : 'first-failure',
    // A success that arrived before the failure it mends is applied at once: the story is told, already with its end.
    incident: withMember(incident, member),
    member,
    opened: true,
    notices: [],
  };
}

const goodOf = (known: KnownRun[]): KnownRun[] => known.filter(({ status }) => status === 'succeeded');

/**
 * What flaps is told once; from then on its failures and recoveries change the alert, and no more is said of them until it is calm.
 */
function damped(decision: Decision, event: PipelineEvent, known: KnownRun[]): Decision {
  const { incident, member } = decision;
  if (!incident || !member) return decision;
  const found = flappingOf(member.troubles, goodOf(known));
  const before = incident.flappers?.find((each) => isOf(member, each));
  const others = incident.flappers?.filter((each) => each !== before) ?? [];
  if (!found) {
    const flappers = others.length > 0 ? others : undefined;
    return before ? { ...decision, incident: { ...incident, flappers } } : decision;
  }
  const { connection, pipeline, partition } = member;
  const flappers = [...others, { connection, pipeline, partition, ...found }]
    .sort(byRestlessness)
    .slice(0, flappersKept);
  const after = { ...incident, flappers };
  if (before) {
    return {
      ...decision,
      incident: after,
      reason: decision.notices.length > 0 ? 'still-flapping' : decision.reason,
      notices: [],
    };
  }
  const at = happenedAt(event);
  const notice: Notice = { kind: 'flapping', at, pipeline, times: found.times, since: found.since };
  return { ...decision, incident: after, reason: 'flapping', notices: [notice] };
}

/** A success that came late, between two troubles that are known, makes two episodes of one. */
function flapsAfterAll(event: PipelineEvent, found: Candidates, known: KnownRun[]): Decision | undefined {
  const incident = found.same ?? found.lately;
  const member = incident?.members.find((each) => isOf(each, event));
  if (!incident || !member) return undefined;
  const decision = damped({ reason: 'nothing-new', incident, member, opened: false, notices: [] }, event, known);
  const markIn = (all?: Flapping[]) => all?.find((each) => isOf(member, each));
  const [before, after] = [markIn(incident.flappers), markIn(decision.incident?.flappers)];
  const isSame = before?.times === after?.times && before?.calmAt.getTime() === after?.calmAt.getTime();
  return isSame ? undefined : decision;
}

/** A sign of life or of an end: the member is judged anew by all that is known now. */
function life(event: PipelineEvent, found: Candidates, known: KnownRun[]): Decision {
  const incident = found.same ?? found.lately;
  const before = incident?.members.find((member) => isOf(member, event));
  if (!incident || !before) return silent('no-incident');
  const member = judged(before, known);
  if (member.state === before.state && member.endedAt?.getTime() === before.endedAt?.getTime()) {
    return silent(event.kind === 'succeeded' && isLive(before) ? 'out-of-date' : 'nothing-new');
  }
  const after = withMember(incident, member);
  const at = happenedAt(event);
  const decision = (reason: Reason, notices: Notice[]): Decision => ({
    reason,
    incident: after,
    member,
    opened: false,
    notices,
  });
  // Only its end is now known to have been another.
  if (member.state === before.state) return decision('nothing-new', []);
  if (member.state === 'recovered') {
    return decision(after.state === 'open' ? 'member-recovered' : 'recovered', endOf(after, member, at));
  }
  if (member.state === 'skipped') return decision('skipped', endOf(after, member, at));
  if (member.state === 'running') {
    const { run, attempt, url } = event;
    return decision('running-again', [{ kind: 'running-again', at, run, attempt, url }]);
  }
  // The run that was to mend it was cancelled: failed as before, quietly. Or what seemed to have mended it had not.
  return isLive(before)
    ? decision('another-failure', [])
    : decision('reopened', [{ kind: 'reopened', at, pipeline: event.pipeline }]);
}

/**
 * One event against what is known: who is told what, and why. Pure. `known` holds the event itself.
 * Precedence: open incident of the same pipeline and partition › downstream of an open incident › same fingerprint within the
 * window › one that closed a short while ago › one of the last day, when it flaps › a new one (design.md, Grouping).
 *
 * The newest problem of a member, its state and its end, and so those of the incident, do not depend on the order or the
 * repetition of events. Its first failure, its count of failures and the notices do: they are what was told.
 */
export function decide(event: PipelineEvent, found: Candidates, known: KnownRun[], newId: () => string): Decision {
  if (isProblem(event)) return damped(problem(event, found, known, newId), event, known);
  const told = life(event, found, known);
  const decision = told.incident ? damped(told, event, known) : (flapsAfterAll(event, found, known) ?? told);
  return event.kind === 'failed' && !decision.incident ? silent('will-retry-itself') : decision;
}

/** What a person sees of an incident in one channel. Emoji and word come from one table in `src/slack`. */
export type DisplayState =
  | 'failed'
  | 'late'
  | 'flapping'
  | 'retrying'
  | 'acknowledged'
  | 'muted'
  | 'recovered'
  | 'skipped';

export interface MemberView extends Member {
  /** Title, else key. */
  name: string;
  /** Channel of this member differs from the one looked at. */
  elsewhere: boolean;
}

export interface ActionView {
  id: string;
  kind: ActionKind;
  state: ActionState;
  /** Slack user id. */
  /** It went by itself, and `by` is who allowed that. */
  auto?: boolean;
  by: string;
  askedAt: Date;
  stepsDone?: number;
  stepsTotal?: number;
  step?: string;
  /** Of a large one, how many of its items are through. */
  items?: { done: number; failed: number; total: number };
  /** What the orchestrator said, or why it was refused. */
  say?: string;
  /** Of the message that shows it. */
  url?: string;
}

export interface CauseView {
  title: string;
  line: string;
  category: string;
  retryable: 'yes' | 'no' | 'after_change' | 'maybe';
  nextStep?: string;
}

/** All that the parent message of one channel needs, read at the moment of sending. */
export interface IncidentView {
  incidentId: string;
  channel: string;
  state: DisplayState;
  lead: MemberView;
  /** Other members, newest trouble first, at most 5; the counts tell the rest. */
  others: MemberView[];
  hereCount: number;
  elsewhereCount: number;
  recoveredCount: number;
  /** Runs that are failed now, wherever they are told. */
  failedCount: number;
  /** Why the incident is; left out where the lead hangs on others and failed for a reason of its own. */
  cause?: CauseView;
  /** Below whose trouble the lead stands, if it hangs on others. */
  upstream?: { name: string; state: MemberState; trouble: Trouble; line?: string };
  openedAt: Date;
  closedAt?: Date;
  owner?: string;
  team?: string;
  runbook?: string;
  tier?: number;
  environment?: string;
  /** Names of what waits downstream; `undefined` = not known. */
  downstream?: string[];
  acknowledged?: { by: string; at: Date };
  muted?: { by: string; until: Date };
  /** The lead fails and recovers again and again. */
  flapping?: Pick<Flapping, 'times' | 'since'>;
  /** The newest action on this incident, while it matters. */
  action?: ActionView;
  /** A person has skipped it on purpose. */
  closing?: Closing;
  /** This channel's own members are shown: its people may say that they are skipped. */
  isClosable: boolean;
  /** Who brought it back: the last person whose retry succeeded. */
  recoveredBy?: string;
  /** It went by itself; `recoveredBy` allowed that. */
  recoveredAuto?: boolean;
  /** What they asked for. @default 'retry' */
  recoveredHow?: ActionKind;
  /** How often a plain retry fixed this cause before, and how long that took. */
  evidence?: { fixed: number; tried: number; medianMs?: number };
  /** Somebody allowed that this cause is retried without a press: how often that was done in the last 24 hours, and how often it may be. */
  autoRetries?: { used: number; most: number };
  /** What changed in the lead between the last run that went well and its failure. `by` is a Slack id where that is known. */
  changed?: ChangedBefore;
  /** Which route, team or default brought it here: `route 1`, `team orders`, `default`. */
  routedBy: string;
  /** How many actions were asked for before on this incident: part of a button's key, so that a new try is a new press. */
  turn: number;
  /** What the connection can do. */
  abilities: ActionKind[];
  /** Does the connection have logs to show? */
  hasLog: boolean;
  /** What people would look for and the connection cannot do. */
  missing: Missing[];
  /** Whom to ping in `text` on the first post (Slack user group or user mention), if the route says so. */
  mention?: string;
  /** IANA zone for the fallback of dates. */
  timeZone: string;
  now: Date;
}

/** The state that stands in the parent's headline. A person's mark shows only while nothing runs. */
export function displayState(facts: {
  incident: Pick<Incident, 'state'>;
  members: Pick<Member, 'state' | 'trouble'>[];
  acting: boolean;
  acknowledged: boolean;
  muted: boolean;
  /** One that flaps is all that may be wrong. */
  flapping: boolean;
}): DisplayState {
  if (facts.flapping && (facts.incident.state !== 'open' || !(facts.acting || facts.muted || facts.acknowledged)))
    return 'flapping';
  if (facts.incident.state === 'recovered') return 'recovered';
  if (facts.incident.state === 'skipped') return 'skipped';
  // Its people have nothing left to do here, whatever goes on elsewhere.
  if (facts.members.length > 0 && facts.members.every(({ state }) => state === 'skipped')) return 'skipped';
  if (facts.members.length > 0 && facts.members.every((member) => !isLive(member))) return 'recovered';
  if (facts.acting || facts.members.some((member) => member.state === 'running')) return 'retrying';
  if (facts.muted) return 'muted';
  if (facts.acknowledged) return 'acknowledged';
  return facts.members.every((member) => member.trouble === 'late') ? 'late' : 'failed';
}
