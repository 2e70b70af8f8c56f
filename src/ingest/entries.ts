import type { Change } from '../domain/change';
import type { Edge } from '../domain/edge';
import type { PipelineEvent } from '../domain/pipeline-event';
import type { Start } from '../domain/run';
import type { InboxEntry } from '../store/inbox-rows';
import type { UsageFact } from './cloud-events';
import {
  changeWithoutSecrets,
  edgeWithoutSecrets,
  eventWithoutSecrets,
  type Redact,
  safePerson,
  usageWithoutSecrets,
} from './without-secrets';

// Facts as rows of the inbox. The one way in, and so the one place where secrets are taken out.

export function runEntry(event: PipelineEvent, redact: Redact): InboxEntry {
  const { source, id, connection, occurredAt } = event;
  return { source, id, kind: 'run', connection, payload: eventWithoutSecrets(event, redact), occurredAt };
}

export function changeEntry(identity: { source: string; id: string }, change: Change, redact: Redact): InboxEntry {
  return {
    ...identity,
    kind: 'change',
    connection: change.pipeline.connection,
    payload: changeWithoutSecrets(change, redact),
    occurredAt: change.at,
  };
}

export function usageEntry(identity: { source: string; id: string }, usage: UsageFact, redact: Redact): InboxEntry {
  return { ...identity, kind: 'usage', payload: usageWithoutSecrets(usage, redact), occurredAt: usage.at };
}

/** Whoever runs something with an orchestrator uses it. A run that is told again, pushed and polled, was started once. */
export function startEntry({ pipeline, run, attempt, by, at }: Start, redact: Redact): InboxEntry {
  const { connection, key } = pipeline;
  const identity = { source: `starts:${connection}`, id: `${key}/${run}/${attempt}` };
  const use = { tool: connection, person: safePerson(by, redact), action: 'run', at };
  return usageEntry(identity, { ...use, count: undefined, team: undefined, repository: undefined }, redact);
}

/** @param whole  the source of the edges, where these are all that it knows: what it told before and does not tell now is forgotten */
export function lineageEntry(
  identity: { source: string; id: string },
  { edges, occurredAt, whole }: { edges: Edge[]; occurredAt: Date; whole?: string },
  redact: Redact,
): InboxEntry {
  const payload = { edges: edges.map((edge) => edgeWithoutSecrets(edge, redact)), whole };
  return { ...identity, kind: 'lineage', payload, occurredAt };
}

/** The identity of a change that an orchestrator tells of: it has no id of its own. A version is made once, whenever it was heard of. */
export function identityOfChange(connection: string, change: Change): { source: string; id: string } {
  const when = change.kind === 'version' && change.version !== undefined ? '' : `:${change.at.getTime()}`;
  const id = `change:${change.pipeline.key}:${change.kind}:${change.version ?? ''}${when}`;
  return { source: `changes:${connection}`, id };
}
