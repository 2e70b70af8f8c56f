/**
 * Owns the incidents: what an event means, who is told where, and what a person's acknowledge does.
 * In: PipelineEvents with their fingerprints, presses. Out: incidents, members, places and posts, saved in one transaction.
 */
import { randomUUID } from 'node:crypto';
import type { Diagnosis } from '../domain/diagnosis';
import { pipelineNode } from '../domain/edge';
import { decide, type Incident, type KnownRun, type Reason } from '../domain/incident';
import type { Notice, Story } from '../domain/notice';
import { mergeFacts, type Pipeline } from '../domain/pipeline';
import { isProblem, type PipelineEvent } from '../domain/pipeline-event';
import type { Urgency } from '../domain/post';
import type { Run, RunStatus } from '../domain/run';
import { catalogueFacts, routeFor, type Settings, teamOf } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import * as actionRows from '../store/action-rows';
import type { Tx } from '../store/db';
import * as edgeRows from '../store/edge-rows';
import type { StoredIncident } from '../store/incident-rows';
import * as incidentRows from '../store/incident-rows';
import * as postRows from '../store/post-rows';
import * as runRows from '../store/run-rows';

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
/** How far up the graph a failure looks for a failed pipeline that explains it. */
const upstreamDepth = 6;
/** Names kept in a growing story; its count tells the rest. */
const namesInStory = 20;

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
    await runRows.save(
      tx,
      events.flatMap((event, index) => runFact(event, batch[index]?.cause)),
      now,
    );
    await runRows.seePipelines(
      tx,
      events.map((event) => ({ connection: event.connection, key: event.pipeline, facts: factsIn(event) })),
      now,
    );
    await edgeRows.save(tx, events.flatMap(edgesIn), now);
    const book = await openBook(tx, batch, now);

    const outcomes: Outcome[] = [];
    for (const { event, cause } of batch) {
      const profile = profileOf(event, book.factsOf(event));
      const route = routeFor(profile, settings());
      const channel = await deps.channelId(route.channel);
      const found = book.candidates(event, cause?.fingerprint, now);
      const decision = decide(event, found, book.knownRuns(event), randomUUID);
      deps.decided(decision.reason);
      if (decision.incident) {
        const place = {
          channel,
          routedBy: route.reason,
          threads: route.threads,
          mention: route.mention === 'onCall' ? onCallOf(profile) : undefined,
          createdAt: now,
        };
        book.apply(decision.incident, { event, cause, place, reason: decision.reason, notices: decision.notices });
      }
      log.info(
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
    return outcomes;
  }

  function onCallOf(profile: Pipeline): string | undefined {
    const group = teamOf(profile.facts, settings())?.onCall;
    return group ? `<!subteam^${group.usergroup}>` : undefined;
  }

  /** What the batch touches, read once, changed in memory, saved once. */
  async function openBook(tx: Tx, batch: Taken[], now: Date) {
    const noise = settings().noise;
    const windowMs = noise.sameCauseWindowMinutes * 60_000;
    const refs = batch.map(({ event }) => ({ connection: event.connection, key: event.pipeline }));
    const facts = new Map((await runRows.factsOf(tx, refs)).map((row) => [pipelineNode(row), row.facts]));
    const problems = batch.filter(({ event }) => isProblem(event));
    const upstream = new Map<string, string[]>();
    for (const { node, upstream: up } of await edgeRows.upstreamPipelines(
      tx,
      problems.map(({ event }) => nodeOf(event)),
      upstreamDepth,
    )) {
      upstream.set(node, [...(upstream.get(node) ?? []), up]);
    }
    const oldest = Math.min(now.getTime(), ...batch.map(({ event }) => event.occurredAt.getTime()));
    const ids = await incidentRows.findCandidates(tx, {
      members: batch.map(({ event }) => ({
        connection: event.connection,
        pipeline: event.pipeline,
        partition: event.partition ?? '',
      })),
      closedSince: new Date(oldest - reopenWithinMs),
      fingerprints: problems.flatMap(({ cause }) => (cause ? [cause.fingerprint] : [])),
      causeSince: new Date(oldest - windowMs),
      upstream: [...upstream.values()].flat().map(refOfNode),
    });
    const incidents = new Map((await incidentRows.load(tx, ids, true)).map((incident) => [incident.id, incident]));
    const successes = await runRows.successesSince(
      tx,
      problems.map(({ event }) => ({
        connection: event.connection,
        pipeline: event.pipeline,
        partition: event.partition ?? '',
        since: event.startedAt ?? event.occurredAt,
      })),
    );
    const changed = new Map<string, { urgency: Urgency; stories: { channel: string; notice: Notice }[] }>();

    const isOver = (incident: Incident) => incident.state !== 'open';
    const hasMember = (incident: Incident, event: PipelineEvent, live: boolean) =>
      incident.members.some(
        (member) =>
          member.connection === event.connection &&
          member.pipeline === event.pipeline &&
          member.partition === (event.partition ?? '') &&
          (!live || member.state === 'failed' || member.state === 'running'),
      );

    return {
      factsOf: (event: PipelineEvent) => facts.get(nodeOf(event)),

      knownRuns: (event: PipelineEvent): KnownRun[] =>
        successes.filter(
          (run) =>
            run.connection === event.connection &&
            run.pipeline === event.pipeline &&
            run.partition === (event.partition ?? ''),
        ),

      candidates(event: PipelineEvent, fingerprint: string | undefined, at: Date) {
        const all = [...incidents.values()];
        const live = all.filter((incident) => !isOver(incident));
        const ups = new Set(upstream.get(nodeOf(event)) ?? []);
        return {
          // An open incident that this pipeline has left already (recovered while others are still down) takes it in again.
          same:
            all.find((incident) => hasMember(incident, event, true)) ??
            live.find((incident) => hasMember(incident, event, false)),
          upstream: live.find((incident) =>
            incident.members.some(
              (member) =>
                ups.has(pipelineNode({ connection: member.connection, key: member.pipeline })) &&
                (member.state === 'failed' || member.state === 'running'),
            ),
          ),
          cause: fingerprint
            ? live.find(
                (incident) =>
                  incident.fingerprint === fingerprint &&
                  incident.members.some(
                    (member) => Math.abs(event.occurredAt.getTime() - member.lastFailedAt.getTime()) <= windowMs,
                  ),
              )
            : undefined,
          lately: all.find(
            (incident) =>
              isOver(incident) &&
              hasMember(incident, event, false) &&
              at.getTime() - (incident.closedAt?.getTime() ?? 0) <= reopenWithinMs,
          ),
        };
      },

      apply(
        incident: Incident,
        by: { event: PipelineEvent; cause?: Diagnosis; place: incidentRows.Place; reason: Reason; notices: Notice[] },
      ) {
        const before = incidents.get(incident.id);
        const places = before?.places ?? [];
        const isProblemHere = isProblem(by.event);
        const stored: StoredIncident = {
          ...incident,
          fingerprint: before?.fingerprint ?? by.cause?.fingerprint,
          cause: before?.cause ?? by.cause,
          reason: before?.reason ?? by.reason,
          members: incident.members.map((member) => {
            const known = before?.members.find(
              (each) =>
                each.connection === member.connection &&
                each.pipeline === member.pipeline &&
                each.partition === member.partition,
            );
            return { ...member, channel: known?.channel ?? by.place.channel };
          }),
          places:
            isProblemHere && !places.some((place) => place.channel === by.place.channel)
              ? [...places, by.place]
              : places,
        };
        incidents.set(incident.id, stored);
        const change = changed.get(incident.id) ?? { urgency: 'change' as Urgency, stories: [] };
        change.urgency = isOver(stored) ? 'final' : 'change';
        for (const notice of by.notices) {
          const channels =
            notice.kind === 'recovered'
              ? stored.places
              : stored.places.filter((place) => place.channel === by.place.channel);
          // A channel that this very event brought in reads it all in its new parent.
          for (const { channel, threads } of channels) {
            if (threads && places.some((place) => place.channel === channel)) change.stories.push({ channel, notice });
          }
        }
        changed.set(incident.id, change);
      },

      async save(saving: Tx) {
        const saved = [...changed.keys()].flatMap((id) => incidents.get(id) ?? []);
        await incidentRows.save(saving, saved, now);
        await postRows.wantParents(
          saving,
          saved.flatMap((incident) =>
            incident.places.map((place) => ({
              id: randomUUID(),
              incidentId: incident.id,
              channel: place.channel,
              urgency: changed.get(incident.id)?.urgency ?? 'change',
            })),
          ),
          now,
        );
        const stories = saved.flatMap((incident) =>
          (changed.get(incident.id)?.stories ?? []).map((story) => ({ ...story, incidentId: incident.id })),
        );
        await tell(saving, await withRescuers(saving, stories), now);
      },
    };
  }

  /** A recovery names who brought it about: the last person whose retry was under way or went through. */
  async function withRescuers(tx: Tx, stories: Story[]): Promise<Story[]> {
    const ids = stories.filter(({ notice }) => notice.kind === 'recovered').map(({ incidentId }) => incidentId);
    const rescuers = await actionRows.rescuers(tx, ids);
    return stories.map((story) => {
      const by = rescuers.get(story.incidentId);
      return story.notice.kind === 'recovered' && by
        ? { ...story, notice: { ...story.notice, by, how: 'retry' as const } }
        : story;
    });
  }

  return {
    receive,

    /** Someone takes it on: the alert stays, quiet, with their name. Says whose it was before, if anyone's. */
    async acknowledge(tx: Tx, input: { incidentId: string; channel: string; by: string }): Promise<AcknowledgeOutcome> {
      const [incident] = await incidentRows.load(tx, [input.incidentId], true);
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
      const [incident] = await incidentRows.load(tx, [input.incidentId], true);
      const place = incident?.places.find(({ channel }) => channel === input.channel);
      if (!incident || !place) return { outcome: 'not-found' };
      if (incident.state !== 'open') return { outcome: 'over' };
      await incidentRows.savePlace(tx, incident.id, { ...place, acknowledgedBy: undefined, acknowledgedAt: undefined });
      await refresh(tx, incident.id, [input.channel], 'press');
      return { outcome: 'done' };
    },

    /** What the log said, once it was read: changes the line on the parents, never which incident it is. */
    async explain(tx: Tx, incidentId: string, cause: Diagnosis): Promise<void> {
      const [incident] = await incidentRows.load(tx, [incidentId], true);
      if (!incident || !saysMore(cause, incident.cause)) return;
      await incidentRows.save(tx, [{ ...incident, cause }], clock.now());
      await refresh(
        tx,
        incidentId,
        incident.places.map(({ channel }) => channel),
        'change',
      );
    },

    /** What the orchestrator knows of the failed run and the event did not say. */
    async complete(tx: Tx, incidentId: string, run: Run): Promise<void> {
      const [incident] = await incidentRows.load(tx, [incidentId], true);
      if (!incident) return;
      const members = incident.members.map((member) =>
        member.connection === run.pipeline.connection &&
        member.pipeline === run.pipeline.key &&
        member.run === run.run &&
        member.attempt === run.attempt
          ? {
              ...member,
              error: member.error ?? run.error,
              step: member.step ?? run.step,
              url: member.url ?? run.url,
              logUrl: member.logUrl ?? run.logUrl,
              owner: member.owner ?? run.owner,
              startedAt: member.startedAt ?? run.startedAt,
            }
          : member,
      );
      if (JSON.stringify(members) === JSON.stringify(incident.members)) return;
      await incidentRows.save(tx, [{ ...incident, members }], clock.now());
      await refresh(
        tx,
        incidentId,
        incident.places.map(({ channel }) => channel),
        'change',
      );
    },

    refresh,
    tell: (tx: Tx, stories: Story[]) => tell(tx, stories, clock.now()),
  };

  /** Makes the parents of an incident stale, so that they are rendered anew. No channels = all of its places. */
  async function refresh(tx: Tx, incidentId: string, channels: string[] | undefined, urgency: Urgency): Promise<void> {
    const wanted =
      channels ??
      (await incidentRows.load(tx, [incidentId], false)).flatMap(({ places }) => places.map(({ channel }) => channel));
    await postRows.wantParents(
      tx,
      wanted.map((channel) => ({ id: randomUUID(), incidentId, channel, urgency })),
      clock.now(),
    );
  }
}

export type Incidents = ReturnType<typeof createIncidents>;

export type AcknowledgeOutcome =
  | { outcome: 'done' | 'not-found' | 'over' }
  | { outcome: 'already'; by: string; at: Date };

/** Adds stories to their threads; those that only grow (joined, recovered one by one) are merged while unsent. */
async function tell(tx: Tx, stories: Story[], at: Date): Promise<void> {
  const merged: Story[] = [];
  for (const story of stories) {
    const index = merged.findIndex(
      (each) =>
        each.incidentId === story.incidentId &&
        each.channel === story.channel &&
        each.notice.kind === story.notice.kind,
    );
    const known = merged[index];
    const grown = known && grow(known.notice, story.notice);
    if (known && grown) merged[index] = { ...known, notice: grown };
    else merged.push(story);
  }
  const growing = merged.flatMap(({ incidentId, channel, notice }) =>
    notice.kind === 'joined' || notice.kind === 'member-recovered' ? [{ incidentId, channel, kind: notice.kind }] : [],
  );
  const unsent = await postRows.findUnsentGrowth(tx, growing);
  const fresh: Story[] = [];
  for (const story of merged) {
    const waiting = unsent.find(
      (each) =>
        each.incidentId === story.incidentId &&
        each.channel === story.channel &&
        each.notice.kind === story.notice.kind,
    );
    const grown = waiting && grow(waiting.notice, story.notice);
    if (!waiting || !grown || !(await postRows.replaceNotice(tx, waiting.id, grown))) fresh.push(story);
  }
  await postRows.addStories(
    tx,
    fresh.map((story) => ({ ...story, id: randomUUID(), urgency: 'change' as const })),
    at,
  );
}

/** Two tellings of the same growth as one; `undefined` if they are not of that kind. */
function grow(first: Notice, second: Notice): Notice | undefined {
  if (first.kind === 'joined' && second.kind === 'joined' && first.why === second.why) {
    const pipelines = [...new Set([...first.pipelines, ...second.pipelines])].slice(0, namesInStory);
    return { ...second, pipelines, count: first.count + second.count, total: Math.max(first.total, second.total) };
  }
  if (first.kind === 'member-recovered' && second.kind === 'member-recovered') {
    const pipelines = [...new Set([...first.pipelines, ...second.pipelines])].slice(0, namesInStory);
    return { ...second, pipelines, count: first.count + second.count };
  }
  return undefined;
}

/** A diagnosis of the whole log replaces the guess from the error text only if it knows something. */
function saysMore(cause: Diagnosis, before: Diagnosis | undefined): boolean {
  if (!before) return true;
  if (cause.category === 'unknown') return before.category === 'unknown' && cause.causeLine !== before.causeLine;
  return cause.category !== before.category || cause.causeLine !== before.causeLine;
}

const nodeOf = (event: PipelineEvent): string => pipelineNode({ connection: event.connection, key: event.pipeline });

function refOfNode(node: string): { connection: string; pipeline: string } {
  const [connection = '', ...rest] = node.slice('pipeline:'.length).split('/');
  return { connection, pipeline: rest.join('/') };
}

function keysOf({ event, cause }: Taken): string[] {
  const member = `member:${event.connection}/${event.pipeline}/${event.partition ?? ''}`;
  return isProblem(event) && cause ? [member, `cause:${cause.fingerprint}`] : [member];
}

function factsIn(event: PipelineEvent): Pipeline['facts'] {
  const { owner, team, tags, tier, environment } = event;
  return Object.fromEntries(
    Object.entries({ owner, team, tags, tier, environment }).filter(([, value]) => value !== undefined),
  );
}

function runFact(event: PipelineEvent, cause: Diagnosis | undefined): runRows.RunFact[] {
  const status = statusOf[event.kind];
  if (!status) return [];
  const ends = status !== 'running';
  return [
    {
      connection: event.connection,
      pipeline: event.pipeline,
      run: event.run,
      attempt: event.attempt,
      partition: event.partition ?? '',
      // A failure that the orchestrator mends itself is not the end of the run.
      status: event.kind === 'failed' && !event.final ? 'running' : status,
      step: event.step,
      error: event.error,
      fingerprint: cause?.fingerprint,
      startedAt: event.startedAt ?? (event.kind === 'started' ? event.occurredAt : undefined),
      endedAt: ends && event.final ? (event.endedAt ?? event.occurredAt) : undefined,
      url: event.url,
      logUrl: event.logUrl,
      occurredAt: event.occurredAt,
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
