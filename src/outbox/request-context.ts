import { nameOf } from '../domain/pipeline';
import { catalogueFacts, teamOf } from '../domain/settings';
import type { RequestContext } from '../slack/request-context';
import * as incidentRows from '../store/incident-rows';
import { findRun } from '../store/pipeline-reads';
import * as postRows from '../store/post-rows';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';
import type { ViewDeps } from './incident-view';
import { changedIn, factsOf } from './pipeline-context';

export type ContextDeps = Pick<ViewDeps, 'db' | 'clock' | 'settings' | 'upstreamOf' | 'messageUrl' | 'ownerName'>;

/** What the team would look up first: the run and why it failed, whose it is, what changed before, and what solved the like. */
export async function readRequestContext(deps: ContextDeps, request: StoredRequest): Promise<RequestContext> {
  const { db, messageUrl } = deps;
  const similar = await requestRows.offeredTo(db, request.id);
  return {
    ...(await aboutIncident(deps, request)),
    ...(await aboutPipeline(deps, request)),
    similar: similar.map(({ number, question, channel, ts }) => ({
      number,
      question,
      ...(channel && ts ? { url: messageUrl(channel, ts) } : {}),
    })),
  };
}

async function aboutIncident(
  { db, messageUrl }: ContextDeps,
  { incidentId, connection, pipeline, run }: StoredRequest,
): Promise<Omit<RequestContext, 'similar'>> {
  if (!incidentId) return {};
  const [incident] = await incidentRows.load(db, [incidentId], false, []);
  if (!incident) return {};
  const members = await incidentRows.heaviestMembers(db, incidentId, undefined, membersRead);
  const isIt = (each: (typeof members)[number]) =>
    each.connection === connection && each.pipeline === pipeline && (run === undefined || each.run === run);
  const member = members.find(isIt) ?? (pipeline === undefined ? members[0] : undefined);
  const alert = await postRows.alertOf(db, incidentId);
  return {
    trouble: { state: incident.state, since: incident.openedAt, closedAt: incident.closedAt },
    ...(incident.cause && member?.via !== 'downstream'
      ? { cause: { title: incident.cause.title, line: incident.cause.causeLine } }
      : {}),
    ...(member?.error ? { error: member.error } : {}),
    ...(member?.url ? { runUrl: member.url } : {}),
    ...(alert ? { alertUrl: messageUrl(alert.channelId, alert.ts) } : {}),
  };
}

/** Of an incident that has hit many, the one in question is among the heaviest as a rule. */
const membersRead = 50;

async function aboutPipeline(deps: ContextDeps, request: StoredRequest): Promise<Omit<RequestContext, 'similar'>> {
  const { db, settings } = deps;
  const { connection, pipeline: key, run, incidentId } = request;
  if (!connection || !key) return {};
  const ref = { connection, key };
  const facts = await factsOf(deps, ref);
  const stored = run ? await findRun(db, { pipeline: ref, run }) : undefined;
  const failedAt = incidentId ? await incidentRows.failedAt(db, incidentId, ref) : undefined;
  const changed = await changedIn(deps, ref, failedAt ?? request.askedAt);
  const team = teamOf(facts, settings())?.name ?? facts.team;
  return {
    title: nameOf({ key, facts: catalogueFacts(ref, settings()) }),
    ...(stored?.url ? { runUrl: stored.url } : {}),
    ...(facts.owner ? { owner: await deps.ownerName(facts.owner) } : {}),
    ...(team ? { team } : {}),
    ...(facts.runbook ? { runbook: facts.runbook } : {}),
    ...(changed ? { changed } : {}),
  };
}
