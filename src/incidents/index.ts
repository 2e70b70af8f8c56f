/**
 * Owns the incidents: what an event means, who is told where, and what a person's acknowledge does.
 * In: PipelineEvents with their fingerprints, presses. Out: incidents, members, places and posts, saved in one transaction.
 */
import { randomUUID } from 'node:crypto';
import type { Closing, ClosingReason } from '../domain/closing';
import type { Diagnosis } from '../domain/diagnosis';
import { pipelineNode } from '../domain/edge';
import { flappingWindowMs } from '../domain/flapping';
import {
  type Candidates,
  closedBy,
  type Decision,
  decide,
  earlier,
  happenedAt,
  type Incident,
  isLive,
  isOf,
  type KnownRun,
  learn,
  type Reason,
} from '../domain/incident';
import { mutedByWindow, type Window, windowAt, windowOf } from '../domain/maintenance';
import type { Notice, Story } from '../domain/notice';
import { mergeFacts, nameOf, type Pipeline } from '../domain/pipeline';
import { isProblem, type PipelineEvent } from '../domain/pipeline-event';
import type { Urgency } from '../domain/post';
import type { Run, RunStatus } from '../domain/run';
import { catalogueFacts, routeFor, type Settings, teamOf } from '../domain/settings';
import { fitsFilter } from '../domain/subscription';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import * as actionRows from '../store/action-rows';
import * as auditRows from '../store/audit-rows';
import type { Tx } from '../store/db';
import { whichHold } from '../store/due';
import * as edgeRows from '../store/edge-rows';
import * as followRows from '../store/follow-rows';
import type { MemberKey, StoredIncident, StoredMember } from '../store/incident-rows';
import * as incidentRows from '../store/incident-rows';
import * as maintenanceRows from '../store/maintenance-rows';
import * as muteRows from '../store/mute-rows';
import { isAnyEdge } from '../store/pipeline-reads';
import * as postRows from '../store/post-rows';
import * as quietRows from '../store/quiet-rows';
import * as runRows from '../store/run-rows';
import type { Subscription } from '../store/subscription-rows';
import * as subscriptionRows from '../store/subscription-rows';
import { createMembership, keyTextOf, type Membership } from './membership';

/** An event with what diagnosis says of its own error text. */
export interface Taken {
  event: PipelineEvent;
  cause?: Diagnosis;
}

export interface Outcome {
  reason: Reason;
  incidentId?: string;
  /** True when the incident is new, so that its log should be read for the cause. */
  opened: boolean;
}

export interface IncidentDeps {
  clock: Clock;
  log: Logger;
  settings(): Settings;
  /** Slack id of a channel given as `#name`, where it is known; else the name as it is. */
  channelId(channel: string): Promise<string>;
  /** Called for each decision, for the metric. */
  decided(reason: Reason): void;
}

/** A closed incident takes a new failure of the same pipeline and partition in again for this long. */
const reopenWithinMs = 30 * 60_000;
/** The end of a retry may be known a little before the failure that it came to. */
const settledLatelyMs = 5 * 60_000;
/** How far up the graph a failure looks for a failed pipeline that explains it. */
const upstreamDepth = 6;
/** Why an incident is shown in the platform channel. */
const crossTeam = 'more than one channel hit';
/** Begins the reason of a channel that has an alert by its subscription: it looks on, and is not hit. */
const bySubscription = 'subscription';
/** Names kept in a growing story; its count tells the rest. */
const namesInStory = 20;

/** Of a batch with more, its counts are logged, and each decision only when debugging: the inbox keeps them all. */
const decisionsLogged = 20;

/** An incident as it stands in the middle of a batch. */
interface Known {
  /** Its members and their rest are those of the last decision alone; `membership` has them all. */
  incident: StoredIncident;
  membership: Membership;
}

/** What a batch has done to one incident. */
interface Change {
  members: Map<string, StoredMember>;
  stories: Story[];
  /** Channels that show a member because of a subscription. */
  subscribed: { channel: string; member: StoredMember }[];
}

const statusOf: Partial<Record<PipelineEvent['kind'], RunStatus>> = {
  started: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

export function createIncidents(deps: IncidentDeps) {
  const { clock, log, settings } = deps;

  function profileOf(event: PipelineEvent, stored: Pipeline['facts'] | undefined): Pipeline {
    const ref = { connection: event.connection, key: event.pipeline };
    return { ...ref, facts: mergeFacts(catalogueFacts(ref, settings()), stored, factsIn(event)) };
  }

  /** Takes a batch in, oldest first: decides, saves and queues what is to be told. One transaction with the caller's. */
  async function receive(tx: Tx, batch: Taken[]): Promise<Outcome[]> {
    const now = clock.now();
    const events = batch.map(({ event }) => event);
    await incidentRows.lockKeys(tx, batch.flatMap(keysOf));
    const facts = await runRows.seePipelines(
      tx,
      events.map((event) => ({ connection: event.connection, key: event.pipeline, facts: factsIn(event) })),
      now,
    );
    await edgeRows.save(tx, events.flatMap(edgesIn), now);
    // Mostly there is nothing: that is one question, not as many as there are kinds of facts.
    const there = await whichHold(tx, [
      { name: 'edges', holds: isAnyEdge },
      { name: 'mutes', holds: muteRows.isAnyInForce(now) },
      { name: 'subscriptions', holds: subscriptionRows.isAnyInForce },
      { name: 'maintenance', holds: maintenanceRows.isAnyInForce(now) },
    ]);
    const book = await openBook(tx, batch, there, now);
    await runRows.save(
      tx,
      batch.flatMap(({ event, cause }) => runFact(event, cause)),
      now,
    );
    const subscriptions = there.has('subscriptions') ? await subscriptionRows.inForce(tx) : [];
    const planned = there.has('maintenance') ? await maintenanceRows.inForce(tx, now) : [];
    const channelIds = new Map<string, string>();
    const { platformChannel } = settings();
    const platform = platformChannel && (await deps.channelId(platformChannel));

    const isTold = batch.length <= decisionsLogged;
    const outcomes: Outcome[] = [];
    for (const { event, cause } of batch) {
      const profile = profileOf(event, facts.get(nodeOf(event)));
      const route = routeFor(profile, settings());
      const channel = channelIds.get(route.channel) ?? (await deps.channelId(route.channel));
      channelIds.set(route.channel, channel);
      // Of a whole log as error text people are told the line that shows the cause.
      const told = cause ? { ...event, error: cause.causeLine } : event;
      const decision = decide(told, book.candidates(event, cause?.fingerprint), book.learn(event), randomUUID);
      deps.decided(decision.reason);
      const place = {
        channel,
        routedBy: route.reason,
        threads: route.threads,
        mention: route.mention === 'onCall' ? onCallOf(profile) : undefined,
        createdAt: now,
      };
      const subscribed = placesFor(profile, subscriptions, now);
      const window = windowAt(profile, now, settings(), planned);
      book.apply(decision, { routed: place, subscribed, isProblem: isProblem(event), window }, cause, platform);
      log[isTold ? 'info' : 'debug'](
        {
          event: event.id,
          source: event.source,
          pipeline: event.pipeline,
          run: event.run,
          reason: decision.reason,
          incidentId: decision.incident?.id,
        },
        'incident.decided',
      );
      outcomes.push({ reason: decision.reason, incidentId: decision.incident?.id, opened: decision.opened });
    }
    await book.save(tx);
    if (!isTold) log.info({ events: batch.length, reasons: countsOf(outcomes) }, 'incidents.decided');
    return outcomes;
  }

  /** The channels that subscribed to the pipeline, each once, with the first of their subscriptions that fits. */
  function placesFor(profile: Pipeline, subscriptions: Subscription[], now: Date): SubscribedPlace[] {
    const places = new Map<string, SubscribedPlace>();
    for (const { channel, channelName, filter, by } of subscriptions) {
      if (places.has(channel) || !fitsFilter(profile, filter, settings())) continue;
      const routedBy = by ? `${bySubscription} of @${by.name}` : bySubscription;
      places.set(channel, { channel, channelName, routedBy, threads: true, createdAt: now });
    }
    return [...places.values()];
  }

  function onCallOf(profile: Pipeline): string | undefined {
    const group = teamOf(profile.facts, settings())?.onCall;
    return group ? `<!subteam^${group.usergroup}>` : undefined;
  }

  /** What the batch touches, read once, changed in memory, saved once. */
  async function openBook(tx: Tx, batch: Taken[], there: ReadonlySet<string>, now: Date) {
    const windowMs = settings().noise.sameCauseWindowMinutes * 60_000;
    const refs = batch.map(({ event }) => ({ connection: event.connection, key: event.pipeline }));
    const keys = [...new Map(batch.map(({ event }) => [keyTextOf(event), memberKeyOf(event)])).values()];
    const problems = batch.filter(({ event }) => isProblem(event));
    const inTrouble = new Set(problems.map(({ event }) => keyTextOf(event)));
    const mayHangOn = there.has('edges') ? problems.map(({ event }) => event) : [];
    const upstream = await upstreamOf(tx, mayHangOn);
    const oldest = Math.min(...batch.map(({ event }) => happenedAt(event).getTime()));
    const { ids, feeding } = await incidentRows.findCandidates(tx, {
      members: keys.map((key) => ({
        ...key,
        // Only a new trouble looks further back: whether it flaps.
        closedSince: new Date(oldest - (inTrouble.has(keyTextOf(key)) ? flappingWindowMs : reopenWithinMs)),
      })),
      fingerprints: problems.flatMap(({ cause }) => (cause ? [cause.fingerprint] : [])),
      causeSince: new Date(oldest - windowMs),
      upstream: [...new Set([...upstream.values()].flatMap((nodes) => [...nodes]))].map(refOfNode),
    });
    const loaded = await incidentRows.load(tx, ids, true, [...keys, ...feeding]);
    const incidents = new Map<string, Known>();
    /** In the order of `incidents`. */
    const orderOf = new Map<string, number>();
    const placeOf = ({ incident }: Known): number => orderOf.get(incident.id) ?? 0;
    const byMember = new Map<string, Set<string>>();
    const byCause = new Map<string, Set<string>>();
    const put = (known: Known, members: StoredMember[]): void => {
      const { id, fingerprint } = known.incident;
      if (!orderOf.has(id)) orderOf.set(id, orderOf.size);
      incidents.set(id, known);
      for (const member of members) addTo(byMember, keyTextOf(member), id);
      if (fingerprint !== undefined) addTo(byCause, fingerprint, id);
    };
    const those = (ids: Set<string> | undefined): Known[] => {
      const found: Known[] = [];
      for (const id of ids ?? []) {
        const known = incidents.get(id);
        if (known) found.push(known);
      }
      return found.length < 2 ? found : found.sort((a, b) => placeOf(a) - placeOf(b));
    };
    for (const incident of loaded)
      put({ incident, membership: createMembership(incident.members, incident.rest) }, incident.members);
    const storedAs = new Map(loaded.map(({ id, cause, places }) => [id, { cause, places }]));
    /** What is stored and stays as it is is not written again: of a large incident nearly all. */
    const withoutStored = (incident: StoredIncident): StoredIncident => {
      const before = storedAs.get(incident.id);
      if (!before) return incident;
      const stored = new Set(before.places.map(({ channel }) => channel));
      return {
        ...incident,
        cause: incident.cause === before.cause ? undefined : incident.cause,
        places: incident.places.filter(({ channel }) => !stored.has(channel)),
      };
    };
    const runs = await knownRunsOf(
      tx,
      batch.map(({ event }) => event),
      loaded.flatMap(({ members }) => members),
    );
    const changed = new Map<string, Change>();
    const mutes = there.has('mutes') ? await muteRows.ofPipelines(tx, refs, now) : [];
    const hidden = new Map<string, number>();
    /** The mute of the pipeline in a channel, by its id or its name. */
    const muteOf = (channel: string, { connection, pipeline }: MemberKey) =>
      mutes.find(
        (mute) =>
          (mute.channel === channel || `#${mute.channelName}` === channel) &&
          mute.connection === connection &&
          mute.pipeline === pipeline,
      );
    /** A window may end later than a person's mute of the same channel; the later one holds. */
    const quieted = (place: incidentRows.Place, member: MemberKey, window: Window | undefined): incidentRows.Place => {
      const mute = muteOf(place.channel, member);
      if (window && !(mute && mute.until >= window.until))
        return { ...place, mutedBy: mutedByWindow(window), mutedUntil: window.until };
      return mute ? { ...place, mutedBy: mute.by, mutedUntil: mute.until } : place;
    };
    const freed: { incidentId: string; channel: string }[] = [];
    /** What fails outside of planned silence is told at once, though it shares its alert with what fails in it. */
    const withoutWindow = (incidentId: string, place: incidentRows.Place): incidentRows.Place => {
      if (windowOf(place.mutedBy) === undefined) return place;
      freed.push({ incidentId, channel: place.channel });
      return { ...place, mutedBy: undefined, mutedUntil: undefined };
    };

    return {
      /** All that is known of the runs of its pipeline and partition, with this event. */
      learn(event: PipelineEvent): KnownRun[] {
        const known = runs.get(keyTextOf(event)) ?? [];
        const [fact] = runFact(event, undefined);
        if (!fact) return known;
        const { run, attempt, status, startedAt, occurredAt } = fact;
        const after = learn(known, { run, attempt, status, startedAt, at: occurredAt });
        runs.set(keyTextOf(event), after);
        return after;
      },

      candidates(event: PipelineEvent, fingerprint: string | undefined): Candidates {
        const at = happenedAt(event).getTime();
        const key = keyTextOf(event);
        const isOpen = ({ incident }: Known) => incident.state === 'open';
        const isLiveIn = ({ membership }: Known) => {
          const own = membership.of(key);
          return own !== undefined && isLive(own);
        };
        /** With the one member that the event can be about. */
        const narrowed = (known: Known | undefined): Incident | undefined => {
          if (!known) return undefined;
          const own = known.membership.of(key);
          return { ...known.incident, members: own ? [own] : [], rest: known.membership.butFor(key) };
        };
        const holding = those(byMember.get(key));
        const feeds = upstream.get(nodeOf(event));
        const isFeeding = (member: StoredMember) =>
          isLive(member) && !!feeds?.has(pipelineNode({ connection: member.connection, key: member.pipeline }));
        return {
          // An open incident that this pipeline has left already (recovered while others are still down) takes it in again.
          same: narrowed(holding.find(isLiveIn) ?? holding.find(isOpen)),
          upstream: narrowed(
            feeds && [...incidents.values()].find((each) => isOpen(each) && [...each.membership.all()].some(isFeeding)),
          ),
          cause: narrowed(
            fingerprint === undefined
              ? undefined
              : those(byCause.get(fingerprint)).find(
                  (known) =>
                    isOpen(known) &&
                    at >= known.incident.openedAt.getTime() - windowMs &&
                    at <= known.incident.lastFailedAt.getTime() + windowMs,
                ),
          ),
          lately: narrowed(closedWithin(holding, at, reopenWithinMs)),
          earlier: narrowed(closedWithin(holding, at, flappingWindowMs)),
        };
      },

      apply(
        { incident, member, reason, notices }: Decision,
        leads: { routed: incidentRows.Place; subscribed: SubscribedPlace[]; isProblem: boolean; window?: Window },
        cause: Diagnosis | undefined,
        platform: string | undefined,
      ) {
        if (!incident || !member) return;
        const inBook = incidents.get(incident.id);
        const before = inBook?.incident;
        const known = inBook?.membership.of(keyTextOf(member));
        // It stays in its channel, wherever it would be routed to by now.
        const channel = known?.channel ?? leads.routed.channel;
        // A channel to which it is routed anyway, by id or by name, gets no second post.
        const subscribed = leads.subscribed.filter(
          (place) => place.channel !== channel && `#${place.channelName}` !== channel,
        );
        const { window } = leads;
        const hears = new Set([channel, ...subscribed.map((place) => place.channel)]);
        const isHeardIn = (place: incidentRows.Place) => hears.has(place.channel) || place.routedBy === crossTeam;
        const places = (before?.places ?? []).map((place) =>
          leads.isProblem && !window && isHeardIn(place) ? withoutWindow(incident.id, place) : place,
        );
        const wanted = [{ ...leads.routed, channel }, ...(leads.isProblem ? subscribed.map(withoutName) : [])];
        const fresh = wanted
          .filter((place) => !places.some((each) => each.channel === place.channel))
          .map((place) => quieted(place, member, window));
        const shown: StoredMember = { ...member, channel };
        const stored: StoredIncident = {
          ...incident,
          fingerprint: before?.fingerprint ?? cause?.fingerprint,
          cause: before?.cause ?? cause,
          reason: before?.reason ?? reason,
          places: withPlatform([...places, ...fresh], platform, now),
        };
        const membership = inBook?.membership ?? createMembership([], undefined);
        membership.put(shown);
        put({ incident: stored, membership }, known ? [] : [shown]);
        const change: Change = changed.get(incident.id) ?? { members: new Map(), stories: [], subscribed: [] };
        change.members.set(keyTextOf(member), shown);
        if (leads.isProblem) change.subscribed.push(...subscribed.map((place) => ({ channel: place.channel, member })));
        changed.set(incident.id, change);
        for (const notice of notices) {
          const isOfAll = notice.kind === 'recovered' || stored.state === 'skipped';
          // A channel that this very event brought in, or freed from planned silence, reads it all in its new parent.
          for (const place of places) {
            if (!place.threads || !(isOfAll || isHeardIn(place))) continue;
            if (window && !isOfAll && !place.mutedUntil) continue;
            if (!before?.places.includes(place)) continue;
            const mute = isOfAll || place.mutedUntil ? undefined : muteOf(place.channel, member);
            if (mute) hidden.set(mute.id, (hidden.get(mute.id) ?? 0) + 1);
            else change.stories.push({ incidentId: incident.id, channel: place.channel, notice });
          }
        }
      },

      async save(saving: Tx) {
        const saved = [...changed].flatMap(([id, { members }]) => {
          const known = incidents.get(id);
          return known ? [{ ...known.incident, members: [...members.values()] }] : [];
        });
        await incidentRows.save(saving, saved.map(withoutStored), now);
        for (const place of freed) await quietRows.clearMute(saving, place);
        await postRows.wantParents(
          saving,
          saved.flatMap(({ id, state, places }) =>
            places.map(({ channel }) => ({
              id: randomUUID(),
              incidentId: id,
              channel,
              urgency: state === 'open' ? ('change' as const) : ('final' as const),
            })),
          ),
          now,
        );
        await subscriptionRows.showMembers(saving, [...changed].flatMap(shownIn));
        await muteRows.hide(
          saving,
          [...hidden].map(([id, count]) => ({ id, count })),
        );
        const over = [...changed].flatMap(([incidentId, { members }]) =>
          [...members.values()].filter((member) => !isLive(member)).map((member) => ({ incidentId, member })),
        );
        await tellFollowers(saving, over, now);
        const stories = [...changed.values()].flatMap((change) => withTotals(change.stories));
        await tell(saving, await withActions(saving, await withoutEchoes(saving, stories)), now);
      },
    };
  }

  /** Whoever follows a pipeline that is over its trouble in every partition is told, once. */
  async function tellFollowers(
    saving: Tx,
    over: { incidentId: string; member: StoredMember }[],
    now: Date,
  ): Promise<void> {
    const ended = await followRows.endOfThoseBack(
      saving,
      over.map(({ member: { connection, pipeline } }) => ({ connection, pipeline })),
      now,
    );
    const directs = ended.flatMap(({ slackId, connection, pipeline }) => {
      const of = over.filter(({ member }) => member.connection === connection && member.pipeline === pipeline);
      const last = of.find(({ member }) => member.state === 'recovered') ?? of[0];
      if (!last) return [];
      const { incidentId, member } = last;
      const at = member.endedAt ?? now;
      const name = nameOf({ key: pipeline, facts: catalogueFacts({ connection, key: pipeline }, settings()) });
      const outcome = member.state === 'skipped' ? ('skipped' as const) : ('recovered' as const);
      const tookMs = Math.max(0, at.getTime() - member.firstFailedAt.getTime());
      const notice: Notice = { kind: 'followed-ended', at, pipeline: name, outcome, tookMs };
      return [{ slackId, incidentId, notice }];
    });
    await followRows.addDirects(saving, directs, now);
  }

  /** The nodes of the pipelines that feed the pipeline of each event, by its node. */
  async function upstreamOf(tx: Tx, events: PipelineEvent[]): Promise<Map<string, Set<string>>> {
    const found = new Map<string, Set<string>>();
    for (const { node, upstream } of await edgeRows.upstreamPipelines(tx, events.map(nodeOf), upstreamDepth)) {
      const nodes = found.get(node) ?? new Set();
      found.set(node, nodes.add(upstream));
    }
    return found;
  }

  /** The runs, as known before the batch, by which its events and the members that they are about are judged. */
  async function knownRunsOf(
    tx: Tx,
    events: PipelineEvent[],
    members: StoredMember[],
  ): Promise<Map<string, KnownRun[]>> {
    const inQuestion = new Set([...events.filter(isProblem), ...members].map(keyTextOf));
    const rows = await runRows.knownRuns(tx, [
      ...events
        .filter((event) => inQuestion.has(keyTextOf(event)))
        .map((event) => ({
          ...memberKeyOf(event),
          run: event.run,
          since: earlier(event.startedAt, happenedAt(event)) ?? event.occurredAt,
        })),
      ...members.map((member) => ({
        ...memberKeyOf(member),
        run: member.run,
        since: earlier(member.startedAt, member.lastFailedAt) ?? member.lastFailedAt,
      })),
    ]);
    // Where there was trouble before, what came between two of them tells whether it flaps.
    const between = await runRows.firstGoodAfter(
      tx,
      members
        .filter(({ troubles }) => troubles.length > 1)
        .map((member) => ({ ...memberKeyOf(member), troubles: member.troubles })),
    );
    const byKey = new Map<string, KnownRun[]>();
    for (const row of [...rows, ...between]) {
      const known = byKey.get(keyTextOf(row));
      if (!known) byKey.set(keyTextOf(row), [row]);
      else if (!known.some(({ run, attempt }) => run === row.run && attempt === row.attempt)) known.push(row);
    }
    return byKey;
  }

  /** That a run goes on is not told again where a person's action, told already, has brought it about. */
  async function withoutEchoes(tx: Tx, stories: Story[]): Promise<Story[]> {
    const ids = stories.filter(({ notice }) => notice.kind === 'running-again').map(({ incidentId }) => incidentId);
    const acting = await actionRows.underWay(tx, ids);
    return stories.filter(({ notice, incidentId }) => notice.kind !== 'running-again' || !acting.has(incidentId));
  }

  /**
   * A recovery names who brought it about: the last person whose retry was under way or went through. A failure that a person's retry
   * came to names that retry; one that a person brought about names that person.
   */
  async function withActions(tx: Tx, stories: Story[]): Promise<Story[]> {
    const idsOf = (kind: Notice['kind']) =>
      stories.filter(({ notice }) => notice.kind === kind).map(({ incidentId }) => incidentId);
    const rescuers = await actionRows.rescuers(tx, idsOf('recovered'));
    const lately = new Date(clock.now().getTime() - settledLatelyMs);
    const tried = await actionRows.triedLately(tx, idsOf('failed-again'), lately);
    const ended = await actionRows.endedLately(tx, idsOf('failed-again'), lately);
    return stories.map((story) => {
      if (story.notice.kind === 'failed-again') {
        const { pipeline, run } = story.notice;
        const end = ended.find((e) => e.incidentId === story.incidentId && e.pipeline === pipeline && e.run === run);
        if (end) return { ...story, notice: { ...story.notice, ended: { by: end.by, kind: end.kind } } };
        const retry = tried.get(story.incidentId);
        return retry ? { ...story, notice: { ...story.notice, actionId: retry } } : story;
      }
      const rescuer = rescuers.get(story.incidentId);
      if (story.notice.kind !== 'recovered' || !rescuer) return story;
      const { by, auto, actionId, kind } = rescuer;
      const action = kind === 'retry' ? {} : { action: kind };
      return {
        ...story,
        notice: { ...story.notice, by, how: 'retry' as const, actionId, ...action, ...(auto ? { auto } : {}) },
      };
    });
  }

  /** The members of the channel that are meant get this closing, or lose theirs; with a line in the audit trail. */
  async function settleBy(
    tx: Tx,
    { incidentId, channel, personId }: ClosingWish,
    closing: Closing | undefined,
    isMeant: (member: StoredMember) => boolean,
  ): Promise<Settled | { outcome: 'not-found' | 'over' }> {
    const now = clock.now();
    const [incident] = await incidentRows.load(tx, [incidentId], true);
    if (!incident?.places.some((place) => place.channel === channel)) return { outcome: 'not-found' };
    const chosen = incident.members.filter((member) => member.channel === channel && isMeant(member));
    const held = closing ? [] : await incidentRows.heldElsewhere(tx, incidentId, chosen);
    const meant = chosen.filter((member) => !held.some((key) => isOf(member, key)));
    const [lead] = meant;
    if (!lead) return { outcome: 'over' };
    const runs = await knownRunsOf(tx, [], meant);
    const settled = closedBy(incident, meant, closing, (member) => runs.get(keyTextOf(member)) ?? []);
    const after = { ...incident, ...settled.incident, places: incident.places };
    await incidentRows.save(tx, [{ ...incident, ...settled.incident, members: settled.members }], now);
    await auditRows.append(tx, {
      at: now,
      personId,
      what: 'succeeded',
      kind: closing ? 'close' : 'reopen',
      connection: lead.connection,
      pipeline: lead.pipeline,
      run: lead.run,
      detail: { incidentId, pipelines: meant.length, ...(closing ? { why: closing.why } : {}) },
    });
    await refresh(tx, incidentId, undefined, 'press');
    return { outcome: 'done', incident: after, members: settled.members };
  }

  interface Settled {
    outcome: 'done';
    incident: Pick<StoredIncident, 'state' | 'places'>;
    members: StoredMember[];
  }

  return {
    receive,

    /** Someone takes it on: the alert stays, quiet, with their name. Says whose it was before, if anyone's. */
    async acknowledge(tx: Tx, input: { incidentId: string; channel: string; by: string }): Promise<AcknowledgeOutcome> {
      const [incident] = await incidentRows.load(tx, [input.incidentId], true, []);
      if (!incident) return { outcome: 'not-found' };
      if (incident.state !== 'open') return { outcome: 'over' };
      const place = incident.places.find(({ channel }) => channel === input.channel);
      if (!place) return { outcome: 'not-found' };
      if (place.acknowledgedBy && place.acknowledgedAt) {
        return { outcome: 'already', by: place.acknowledgedBy, at: place.acknowledgedAt };
      }
      const now = clock.now();
      await incidentRows.savePlace(tx, incident.id, { ...place, acknowledgedBy: input.by, acknowledgedAt: now });
      await refresh(tx, incident.id, [input.channel], 'press');
      await tell(
        tx,
        [{ incidentId: incident.id, channel: input.channel, notice: { kind: 'acknowledged', at: now, by: input.by } }],
        now,
      );
      return { outcome: 'done' };
    },

    async unacknowledge(tx: Tx, input: { incidentId: string; channel: string }): Promise<AcknowledgeOutcome> {
      const [incident] = await incidentRows.load(tx, [input.incidentId], true, []);
      const place = incident?.places.find(({ channel }) => channel === input.channel);
      if (!incident || !place) return { outcome: 'not-found' };
      if (incident.state !== 'open') return { outcome: 'over' };
      await incidentRows.savePlace(tx, incident.id, { ...place, acknowledgedBy: undefined, acknowledgedAt: undefined });
      await refresh(tx, incident.id, [input.channel], 'press');
      return { outcome: 'done' };
    },

    /** Skipped on purpose: what fails in this channel is over until it fails anew. */
    async close(tx: Tx, input: ClosingWish & { why: ClosingReason }): Promise<AcknowledgeOutcome> {
      const { incidentId, channel, by, why } = input;
      const at = clock.now();
      const done = await settleBy(tx, input, { at, by, why }, isLive);
      if (done.outcome !== 'done') return done;
      await tellFollowers(
        tx,
        done.members.map((member) => ({ incidentId, member })),
        at,
      );
      const isOver = done.incident.state !== 'open';
      const places = done.incident.places.filter((place) => place.threads && (isOver || place.channel === channel));
      const notice = { kind: 'skipped' as const, at, by, why };
      await tell(
        tx,
        places.map((place) => ({ incidentId, channel: place.channel, notice })),
        at,
      );
      return { outcome: 'done' };
    },

    /** Takes that back: it stands as its runs say. What has failed anew meanwhile in another alert stays there. */
    async undoClose(tx: Tx, input: ClosingWish): Promise<AcknowledgeOutcome> {
      const { incidentId, channel, by } = input;
      const done = await settleBy(tx, input, undefined, ({ state, closing }) => state === 'skipped' && !!closing);
      if (done.outcome !== 'done') return done;
      const at = clock.now();
      await tell(tx, [{ incidentId, channel, notice: { kind: 'closing-undone', at, by } }], at);
      return { outcome: 'done' };
    },

    /** What the log said, once it was read: changes the line on the parents, never which incident it is. */
    async explain(tx: Tx, incidentId: string, cause: Diagnosis): Promise<void> {
      const [incident] = await incidentRows.load(tx, [incidentId], true, []);
      if (!incident || !saysMore(cause, incident.cause)) return;
      const fingerprint = incident.fingerprint ?? cause.fingerprint;
      await incidentRows.save(tx, [{ ...incident, cause, fingerprint }], clock.now());
      await refresh(tx, incidentId, undefined, 'change');
    },

    /** What the orchestrator knows of the failed run and the event did not say. */
    async complete(tx: Tx, incidentId: string, run: Run): Promise<void> {
      const [incident] = await incidentRows.load(tx, [incidentId], true, []);
      if (!incident) return;
      const { connection, key } = run.pipeline;
      const isFilled = await incidentRows.fillMembers(tx, incidentId, { ...run, connection, pipeline: key });
      if (isFilled) await refresh(tx, incidentId, undefined, 'change');
    },

    refresh,
    tell: (tx: Tx, stories: Story[]) => tell(tx, stories, clock.now()),
  };

  /** Makes the parents of an incident stale, so that they are rendered anew. No channels = all of its places. */
  async function refresh(tx: Tx, incidentId: string, channels: string[] | undefined, urgency: Urgency): Promise<void> {
    const wanted =
      channels ??
      (await incidentRows.load(tx, [incidentId], false, [])).flatMap(({ places }) =>
        places.map(({ channel }) => channel),
      );
    await postRows.wantParents(
      tx,
      wanted.map((channel) => ({ id: randomUUID(), incidentId, channel, urgency })),
      clock.now(),
    );
  }
}

/** Who says what about the members of an incident that are shown in this channel. */
interface ClosingWish {
  incidentId: string;
  channel: string;
  /** Slack's id. */
  by: string;
  personId: string;
}

export type Incidents = ReturnType<typeof createIncidents>;

export type AcknowledgeOutcome =
  | { outcome: 'done' | 'not-found' | 'over' }
  | { outcome: 'already'; by: string; at: Date };

/** Adds stories to their threads; those that only grow (joined, recovered one by one) are merged while unsent. */
async function tell(tx: Tx, stories: Story[], at: Date): Promise<void> {
  const merged: Story[] = [];
  /** Where the first of its kind in its thread stands in `merged`. */
  const firstAt = new Map<string, number>();
  for (const story of await quietRows.withoutHidden(tx, stories, at)) {
    const index = firstAt.get(threadKindOf(story)) ?? merged.length;
    const known = merged[index];
    const grown = known && grow(known.notice, story.notice);
    if (known && grown) merged[index] = { ...known, notice: grown };
    else {
      if (!known) firstAt.set(threadKindOf(story), index);
      merged.push(story);
    }
  }
  const growing = merged.flatMap(({ incidentId, channel, notice }) =>
    notice.kind === 'joined' || notice.kind === 'member-recovered' ? [{ incidentId, channel, kind: notice.kind }] : [],
  );
  const unsent = new Map((await postRows.findUnsentGrowth(tx, growing)).map((each) => [threadKindOf(each), each]));
  const told = merged.map((story) => {
    const waiting = unsent.get(threadKindOf(story));
    const notice = waiting && grow(waiting.notice, story.notice);
    return { story, grown: waiting && notice && { id: waiting.id, notice } };
  });
  const replaced = await postRows.replaceNotices(
    tx,
    told.flatMap(({ grown }) => grown ?? []),
  );
  const fresh = told.flatMap(({ story, grown }) => (grown && replaced.has(grown.id) ? [] : [story]));
  await postRows.addStories(
    tx,
    fresh.map((story) => ({ ...story, id: randomUUID(), urgency: 'change' as const })),
    at,
  );
}

/** What kind of story it is of which thread. */
const threadKindOf = ({ incidentId, channel, notice }: Story): string => `${incidentId}\0${channel}\0${notice.kind}`;

/** How many are hit in all is said as it is after the batch, in every channel. */
function withTotals(stories: Story[]): Story[] {
  const total = Math.max(0, ...stories.map(({ notice }) => (notice.kind === 'joined' ? notice.total : 0)));
  return stories.map((story) =>
    story.notice.kind === 'joined' ? { ...story, notice: { ...story.notice, total } } : story,
  );
}

/** Two tellings of the same growth as one; `undefined` if they are not of that kind. */
function grow(first: Notice, second: Notice): Notice | undefined {
  if (first.kind === 'joined' && second.kind === 'joined' && first.why === second.why) {
    const pipelines = namesOf(first.pipelines, second.pipelines);
    return { ...second, pipelines, count: first.count + second.count, total: Math.max(first.total, second.total) };
  }
  if (first.kind === 'member-recovered' && second.kind === 'member-recovered') {
    const pipelines = namesOf(first.pipelines, second.pipelines);
    return { ...second, pipelines, count: first.count + second.count };
  }
  return undefined;
}

const namesOf = (first: string[], second: string[]): string[] =>
  first.length >= namesInStory ? first : [...new Set([...first, ...second])].slice(0, namesInStory);

/** A diagnosis of the whole log replaces the guess from the error text only if it knows something. */
function saysMore(cause: Diagnosis, before: Diagnosis | undefined): boolean {
  if (!before) return true;
  if (cause.category === 'unknown') return before.category === 'unknown' && cause.causeLine !== before.causeLine;
  return cause.category !== before.category || cause.causeLine !== before.causeLine;
}

/** What hits more than one channel is shown in the platform channel as well, over all of them. */
function withPlatform(places: incidentRows.Place[], platform: string | undefined, at: Date): incidentRows.Place[] {
  const hit = places.filter(({ routedBy }) => !routedBy.startsWith(bySubscription));
  if (!platform || hit.length < 2 || places.some(({ channel }) => channel === platform)) return places;
  const [first] = hit.sort((a, b) => (a.mutedUntil?.getTime() ?? 0) - (b.mutedUntil?.getTime() ?? 0));
  const isPlanned = hit.every(({ mutedBy }) => windowOf(mutedBy) !== undefined);
  const quiet = isPlanned ? { mutedBy: first?.mutedBy, mutedUntil: first?.mutedUntil } : {};
  return [...places, { channel: platform, routedBy: crossTeam, threads: true, createdAt: at, ...quiet }];
}

/** The last one to close, if that was no longer than `ms` before `at`. */
function closedWithin(known: Known[], at: number, ms: number): Known | undefined {
  return known
    .filter(({ incident: { closedAt } }) => closedAt && at <= closedAt.getTime() + ms)
    .sort((a, b) => (b.incident.closedAt?.getTime() ?? 0) - (a.incident.closedAt?.getTime() ?? 0))[0];
}

const nodeOf = (event: PipelineEvent): string => pipelineNode({ connection: event.connection, key: event.pipeline });

function refOfNode(node: string): { connection: string; pipeline: string } {
  const [connection = '', ...rest] = node.slice('pipeline:'.length).split('/');
  return { connection, pipeline: rest.join('/') };
}

function addTo(sets: Map<string, Set<string>>, key: string, id: string): void {
  const known = sets.get(key);
  if (known) known.add(id);
  else sets.set(key, new Set([id]));
}

function countsOf(outcomes: Outcome[]): Partial<Record<Reason, number>> {
  const counts: Partial<Record<Reason, number>> = {};
  for (const { reason } of outcomes) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** What two deciders must not work on at the same time. */
function keysOf({ event, cause }: Taken): string[] {
  return isProblem(event) && cause ? [nodeOf(event), `cause:${cause.fingerprint}`] : [nodeOf(event)];
}

/** A place that a channel has by its subscription. */
type SubscribedPlace = incidentRows.Place & { channelName: string };

function withoutName({ channelName: _channelName, ...place }: SubscribedPlace): incidentRows.Place {
  return place;
}

function shownIn([incidentId, { subscribed }]: [string, Change]) {
  return subscribed.map(({ channel, member: { connection, pipeline, partition } }) => ({
    incidentId,
    channel,
    connection,
    pipeline,
    partition,
  }));
}

function memberKeyOf(of: Pick<PipelineEvent, 'connection' | 'pipeline' | 'partition'>): MemberKey {
  return { connection: of.connection, pipeline: of.pipeline, partition: of.partition ?? '' };
}

function factsIn(event: PipelineEvent): Pipeline['facts'] {
  const { owner, team, tags, tier, environment } = event;
  return {
    ...(owner === undefined ? undefined : { owner }),
    ...(team === undefined ? undefined : { team }),
    ...(tags === undefined ? undefined : { tags }),
    ...(tier === undefined ? undefined : { tier }),
    ...(environment === undefined ? undefined : { environment }),
  };
}

/** None for what is not about a run's life. */
function runFact(event: PipelineEvent, cause: Diagnosis | undefined): runRows.RunFact[] {
  const status = statusOf[event.kind];
  if (!status) return [];
  // A failure that the orchestrator mends itself is not the end of the run, unless another run does it.
  const ends = status !== 'running' && (event.kind !== 'failed' || event.final || event.isReplaced === true);
  return [
    {
      connection: event.connection,
      pipeline: event.pipeline,
      run: event.run,
      attempt: event.attempt,
      partition: event.partition ?? '',
      status: ends ? status : 'running',
      isReplaced: event.isReplaced,
      step: event.step,
      error: event.error,
      fingerprint: cause?.fingerprint,
      startedAt: event.startedAt ?? (event.kind === 'started' ? event.occurredAt : undefined),
      endedAt: ends ? happenedAt(event) : undefined,
      url: event.url,
      logUrl: event.logUrl,
      occurredAt: happenedAt(event),
    },
  ];
}

function edgesIn(event: PipelineEvent) {
  const node = nodeOf(event);
  const edge = (from: string, to: string) => ({ from, to, source: 'events', knownSince: event.occurredAt });
  return [
    ...(event.inputs ?? []).map((table) => edge(`table:${table}`, node)),
    ...(event.outputs ?? []).map((table) => edge(node, `table:${table}`)),
  ];
}
