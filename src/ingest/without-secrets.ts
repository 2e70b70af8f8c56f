import type { Change } from '../domain/change';
import type { Edge } from '../domain/edge';
import { isAddress } from '../domain/ownership';
import type { PipelineEvent } from '../domain/pipeline-event';
import type { Run } from '../domain/run';
import { storable } from '../lib/storable';
import type { UsageFact } from './cloud-events';

export type Redact = (text: string) => string;

/**
 * Error texts are kept up to this many characters, head and tail: the cause stands at either end. What was left out is said.
 * Whole logs are read from the orchestrator, not from events.
 */
const errorMax = 20_000;

function shorten(text: string): string {
  if (text.length <= errorMax) return text;
  const half = errorMax / 2;
  return storable(`${text.slice(0, half)}\n… ${text.length - errorMax} characters left out …\n${text.slice(-half)}`);
}

/** Redacted before it is cut: half a secret is not known as one any more. */
const safeError = (text: string, redact: Redact): string => shorten(redact(storable(text)));

/** An address that can be shown: user and password are never kept, whatever they look like. */
function safeLink(address: string, redact: Redact): string {
  const at = address.indexOf('@');
  if (at < 0 || !URL.canParse(address)) return redact(address);
  const url = new URL(address);
  if (!url.username && !url.password) return redact(address);
  url.username = '';
  url.password = '';
  return redact(url.href);
}

/** The address of a person is the name under which they own something: it is looked up by it, and shown to nobody. */
export const safePerson = (text: string, redact: Redact): string =>
  isAddress(text.trim()) ? text.trim() : redact(text);

const maybe = <T>(value: T | undefined, make: (value: T) => T): T | undefined =>
  value === undefined ? undefined : make(value);

/**
 * All that is free text in it, without secrets. Identity (source, id, connection, pipeline, run, partition) stays as it is: two
 * runs must not become one.
 */
export function eventWithoutSecrets(event: PipelineEvent, redact: Redact): PipelineEvent {
  const each = (texts: string[]) => texts.map(redact);
  return {
    ...event,
    error: maybe(event.error, (text) => safeError(text, redact)),
    url: maybe(event.url, (text) => safeLink(text, redact)),
    logUrl: maybe(event.logUrl, (text) => safeLink(text, redact)),
    step: maybe(event.step, redact),
    owner: maybe(event.owner, (text) => safePerson(text, redact)),
    team: maybe(event.team, redact),
    environment: maybe(event.environment, redact),
    tags: maybe(event.tags, each),
    inputs: maybe(event.inputs, each),
    outputs: maybe(event.outputs, each),
  };
}

/** The same for what an orchestrator says of a run when it is read. */
export function runWithoutSecrets(run: Run, redact: Redact): Run {
  const safe = (text: string) => redact(storable(text));
  return {
    ...run,
    error: maybe(run.error, (text) => safeError(text, redact)),
    url: maybe(run.url, (text) => safeLink(text, redact)),
    logUrl: maybe(run.logUrl, (text) => safeLink(text, redact)),
    step: maybe(run.step, safe),
    owner: maybe(run.owner, (text) => safePerson(storable(text), redact)),
    partition: maybe(run.partition, storable),
    tags: maybe(run.tags, (texts) => texts.map(safe)),
  };
}

export function changeWithoutSecrets(change: Change, redact: Redact): Change {
  return {
    ...change,
    by: maybe(change.by, (text) => safePerson(text, redact)),
    note: maybe(change.note, redact),
    branch: maybe(change.branch, redact),
    url: maybe(change.url, (text) => safeLink(text, redact)),
  };
}

export function usageWithoutSecrets(usage: UsageFact, redact: Redact): UsageFact {
  return {
    ...usage,
    tool: redact(usage.tool),
    action: redact(usage.action),
    team: maybe(usage.team, redact),
    repository: maybe(usage.repository, (text) => safeLink(text, redact)),
  };
}

export function edgeWithoutSecrets(edge: Edge, redact: Redact): Edge {
  const safe = (node: string) => (node.startsWith('pipeline:') ? node : redact(node));
  return { ...edge, from: safe(edge.from), to: safe(edge.to) };
}
