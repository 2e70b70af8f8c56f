import type { ActionKind, ActionState } from './action';
import type { Notice } from './notice';
import type { PipelineEvent } from './pipeline-event';
import { isProblem } from './pipeline-event';

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
  // these do not
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
  /** Final failures of it in this incident. */
  failures: number;
  endedAt?: Date;
}

export interface Incident {
  id: string;
  state: 'open' | 'recovered' | 'skipped';
  openedAt: Date;
  closedAt?: Date;
  fingerprint?: string;
  members: Member[];
}

/** What `runs` knows of the pipeline and partition besides the event at hand; so that order of arrival does not matter. */
export interface KnownRun {
  run: string;
  attempt: number;
  status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'skipped' | 'unknown';
  startedAt?: Date;
  endedAt?: Date;
}

/** The open incidents that the event could belong to, in the order of precedence. */
export interface Candidates {
  /** Holds this pipeline and partition as a member that is not over. */
  same?: Incident;
  /** Holds a failed pipeline that feeds this one. */
  upstream?: Incident;
  /** Same fingerprint, a place in the same channel, within the window. */
  cause?: Incident;
  /** Closed a short while ago with this pipeline and partition as a member. */
  lately?: Incident;
}

export interface Decision {
  reason: Reason;
  /** The incident after the event; `undefined` = nothing to save. */
  incident?: Incident;
  /** True if `incident` is new: places must be found for it. */
  opened: boolean;
  /** Told in the incident's threads. The parent's own state needs no notice: it is edited whenever the incident is saved. */
  notices: Notice[];
}

const silent = (reason: Reason): Decision => ({ reason, opened: false, notices: [] });

const partitionOf = (event: PipelineEvent): string => event.partition ?? '';

function memberOf(incident: Incident | undefined, event: PipelineEvent): Member | undefined {
  return incident?.members.find(
    (member) =>
      member.connection === event.connection &&
      member.pipeline === event.pipeline &&
      member.partition === partitionOf(event),
  );
}

/** Is the run of the event the same as, or younger than, what the member already shows? */
function isNews(member: Member, event: PipelineEvent): boolean {
  if (member.run === event.run) {
    return (
      event.attempt > member.attempt || (event.attempt === member.attempt && event.occurredAt > member.lastFailedAt)
    );
  }
  return event.occurredAt > member.lastFailedAt;
}

/**
 * Does this run mend what failed? The same partition went green; without partitions, a later attempt of the same run, or a run
 * that was started after the failed one (design.md, Alerts). Where no start is known, the end of the good run stands in.
 */
export function mends(
  failed: Pick<Member, 'run' | 'attempt' | 'partition' | 'startedAt' | 'lastFailedAt'>,
  good: Pick<KnownRun, 'run' | 'attempt' | 'startedAt' | 'endedAt'>,
): boolean {
  const goodEnd = good.endedAt ?? good.startedAt;
  if (good.run === failed.run)
    return (
      good.attempt > failed.attempt || (good.attempt === failed.attempt && !!goodEnd && goodEnd >= failed.lastFailedAt)
    );
  if (failed.partition !== '') return !!goodEnd && goodEnd >= failed.lastFailedAt;
  if (failed.startedAt && good.startedAt) return good.startedAt > failed.startedAt;
  return !!goodEnd && goodEnd > failed.lastFailedAt;
}

const isOver = (member: Member): boolean => member.state === 'recovered' || member.state === 'skipped';

function newMember(event: PipelineEvent, via: Member['via']): Member {
  return {
    connection: event.connection,
    pipeline: event.pipeline,
    partition: partitionOf(event),
    trouble: event.kind === 'late' ? 'late' : event.kind === 'check-failed' ? 'check-failed' : 'failed',
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
    firstFailedAt: event.occurredAt,
    lastFailedAt: event.occurredAt,
    failures: 1,
  };
}

function failedAgain(member: Member, event: PipelineEvent): Member {
  return {
    ...newMember(event, member.via),
    step: event.step ?? member.step,
    url: event.url ?? member.url,
    logUrl: event.logUrl ?? member.logUrl,
    owner: event.owner ?? member.owner,
    startedAt: event.startedAt ?? (event.run === member.run ? member.startedAt : undefined),
    firstFailedAt: member.firstFailedAt,
    failures: member.failures + 1,
  };
}

function replaced(incident: Incident, member: Member): Incident {
  const members = incident.members.map((each) =>
    each.connection === member.connection && each.pipeline === member.pipeline && each.partition === member.partition
      ? member
      : each,
  );
  return closedIfOver({ ...incident, members });
}

/** An incident is over when no member is. It ended when the last of them did. */
function closedIfOver(incident: Incident): Incident {
  if (incident.members.some((member) => member.state === 'failed' || member.state === 'running')) {
    return { ...incident, state: 'open', closedAt: undefined };
  }
  const ends = incident.members.map((member) => member.endedAt?.getTime() ?? 0);
  const state = incident.members.every((member) => member.state === 'skipped') ? 'skipped' : 'recovered';
  return { ...incident, state, closedAt: new Date(Math.max(...ends)) };
}

/** A success that arrived before the failure it mends is applied at once: the story is told, already with its end. */
function withKnownSuccess(incident: Incident, member: Member, known: KnownRun[]): Incident {
  const good = known
    .filter((run) => run.status === 'succeeded' && mends(member, run))
    .sort((a, b) => (a.endedAt?.getTime() ?? 0) - (b.endedAt?.getTime() ?? 0))[0];
  if (!good) return incident;
  return replaced(incident, {
    ...member,
    state: 'recovered',
    endedAt: good.endedAt ?? good.startedAt ?? member.lastFailedAt,
  });
}

function problem(event: PipelineEvent, found: Candidates, known: KnownRun[], newId: () => string): Decision {
  const told = memberOf(found.same, event);
  if (found.same && told) {
    if (!isNews(told, event)) return silent('nothing-new');
    const member = failedAgain(told, event);
    const incident = withKnownSuccess(replaced(found.same, member), member, known);
    const notice: Notice = {
      kind: 'failed-again',
      at: event.occurredAt,
      pipeline: event.pipeline,
      run: event.run,
      attempt: event.attempt,
      step: event.step,
      error: event.error,
      url: event.url,
    };
    return { reason: 'another-failure', incident, opened: false, notices: [notice] };
  }
  const before = memberOf(found.lately, event);
  if (found.lately && before) {
    if (!isNews(before, event)) return silent('out-of-date');
    if (before.endedAt && event.occurredAt < before.endedAt) return silent('out-of-date');
    const member = failedAgain(before, event);
    const incident = withKnownSuccess(replaced(found.lately, member), member, known);
    const notice: Notice = { kind: 'reopened', at: event.occurredAt, pipeline: event.pipeline, error: event.error };
    return { reason: 'reopened', incident, opened: false, notices: [notice] };
  }
  const joins = found.upstream ?? found.cause;
  if (joins) {
    const why = found.upstream ? 'downstream' : 'same-cause';
    const member = newMember(event, why);
    const incident = withKnownSuccess({ ...joins, members: [...joins.members, member] }, member, known);
    const notice: Notice = {
      kind: 'joined',
      at: event.occurredAt,
      pipelines: [event.pipeline],
      count: 1,
      total: incident.members.length,
      why,
    };
    return {
      reason: why === 'downstream' ? 'downstream-of-open' : 'same-cause',
      incident,
      opened: false,
      notices: [notice],
    };
  }
  const member = newMember(event, 'first');
  const incident: Incident = { id: newId(), state: 'open', openedAt: event.occurredAt, members: [member] };
  return {
    reason: event.kind === 'late' ? 'late' : 'first-failure',
    incident: withKnownSuccess(incident, member, known),
    opened: true,
    notices: [],
  };
}

function success(event: PipelineEvent, incident: Incident | undefined): Decision {
  const member = memberOf(incident, event);
  if (!incident || !member) return silent('no-incident');
  if (isOver(member)) return silent('nothing-new');
  const good = {
    run: event.run,
    attempt: event.attempt,
    startedAt: event.startedAt,
    endedAt: event.endedAt ?? event.occurredAt,
  };
  if (!mends(member, good)) return silent('out-of-date');
  const after = replaced(incident, { ...member, state: 'recovered', endedAt: event.endedAt ?? event.occurredAt });
  if (after.state === 'open') {
    const left = after.members.filter((each) => each.state === 'failed' || each.state === 'running').length;
    const notice: Notice = {
      kind: 'member-recovered',
      at: event.occurredAt,
      pipelines: [event.pipeline],
      count: 1,
      left,
    };
    return { reason: 'member-recovered', incident: after, opened: false, notices: [notice] };
  }
  // Who did it is known to the actions, not here: the caller fills `by` and `how` from the last retry of these members.
  const notice: Notice = {
    kind: 'recovered',
    at: event.occurredAt,
    tookMs: Math.max(0, (after.closedAt ?? event.occurredAt).getTime() - after.openedAt.getTime()),
    how: 'by-itself',
    mentions: [],
  };
  return { reason: 'recovered', incident: after, opened: false, notices: [notice] };
}

function life(event: PipelineEvent, incident: Incident | undefined): Decision {
  const member = memberOf(incident, event);
  if (!incident || !member) return silent('no-incident');
  if (isOver(member)) return silent('nothing-new');
  const newer = event.run === member.run ? event.attempt > member.attempt : event.occurredAt > member.lastFailedAt;
  if (event.kind === 'started') {
    if (!newer || member.state === 'running') return silent('nothing-new');
    const notice: Notice = {
      kind: 'running-again',
      at: event.occurredAt,
      run: event.run,
      attempt: event.attempt,
      url: event.url,
    };
    return {
      reason: 'running-again',
      incident: replaced(incident, { ...member, state: 'running' }),
      opened: false,
      notices: [notice],
    };
  }
  if (event.kind === 'skipped') {
    const sameRun = event.run === member.run;
    if (!sameRun && member.partition === '') return silent('out-of-date');
    const incidentAfter = replaced(incident, { ...member, state: 'skipped', endedAt: event.occurredAt });
    return {
      reason: 'skipped',
      incident: incidentAfter,
      opened: false,
      notices: [{ kind: 'skipped', at: event.occurredAt }],
    };
  }
  // Cancelled: a run that was on its way to mend it will not; it counts as failed again, quietly.
  if (member.state !== 'running') return silent('nothing-new');
  return {
    reason: 'another-failure',
    incident: replaced(incident, { ...member, state: 'failed' }),
    opened: false,
    notices: [],
  };
}

/**
 * One event against what is known: who is told what, and why. Pure.
 * Precedence: open incident of the same pipeline and partition › downstream of an open incident › same fingerprint in the
 * same channel within the window › a new one (design.md, Grouping).
 */
export function decide(event: PipelineEvent, found: Candidates, known: KnownRun[], newId: () => string): Decision {
  if (event.kind === 'failed' && !event.final) return silent('will-retry-itself');
  if (isProblem(event)) return problem(event, found, known, newId);
  if (event.kind === 'succeeded') return success(event, found.same);
  return life(event, found.same);
}

/** What a person sees of an incident in one channel. Emoji and word come from one table in `src/slack`. */
export type DisplayState = 'failed' | 'late' | 'retrying' | 'acknowledged' | 'muted' | 'recovered' | 'skipped';

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
  by: string;
  askedAt: Date;
  stepsDone?: number;
  stepsTotal?: number;
  step?: string;
  /** What the orchestrator said, or why it was refused. */
  say?: string;
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
  cause?: CauseView;
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
  /** The newest action on this incident, while it matters. */
  action?: ActionView;
  /** Who brought it back: the last person whose retry succeeded. */
  recoveredBy?: string;
  /** How often a plain retry fixed this cause before. */
  evidence?: { fixed: number; tried: number };
  /** Which route, team or default brought it here: `route 1`, `team orders`, `default`. */
  routedBy: string;
  /** How many actions were asked for before on this incident: part of a button's key, so that a new try is a new press. */
  turn: number;
  /** What the connection can do. */
  abilities: ActionKind[];
  /** Does the connection have logs to show? */
  hasLog: boolean;
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
}): DisplayState {
  if (facts.incident.state === 'recovered') return 'recovered';
  if (facts.incident.state === 'skipped') return 'skipped';
  if (facts.acting || facts.members.some((member) => member.state === 'running')) return 'retrying';
  if (facts.muted) return 'muted';
  if (facts.acknowledged) return 'acknowledged';
  return facts.members.every((member) => member.trouble === 'late') ? 'late' : 'failed';
}
