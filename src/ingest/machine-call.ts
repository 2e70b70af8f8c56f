import { Problem } from '../lib/problem';

/** One call as the HTTP server read it. Header names in lower case; the body is unpacked already. */
export interface MachineCall {
  headers: Record<string, string | undefined>;
  rawBody: Buffer;
  body: Buffer;
}

/** One call whose body is too large to be held. Header names in lower case. */
export interface StreamedCall {
  headers: Record<string, string | undefined>;
  query: URLSearchParams;
  /** The body, unpacked, once. `onRaw` is told what travelled, for signatures. @throws Problem 400, 408, 413 while it is read */
  read(onRaw: (chunk: Buffer) => void): AsyncIterable<Buffer>;
}

export interface MachineAnswer {
  status: number;
  body: unknown;
}

const maxEvents = 1_000;

/**
 * The events of a call, not yet checked.
 *
 * @param isSigned  only the body is vouched for: attributes in headers could have been changed on the way
 * @throws Problem
 */
export function cloudEventsIn(call: MachineCall, isSigned: boolean): unknown[] {
  const type = (call.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/cloudevents-batch+json') {
    const batch = json(call.body);
    if (!Array.isArray(batch)) throw new Problem(400, 'Not a batch', 'A batch is a JSON list of CloudEvents.');
    return atMost(batch);
  }
  if (type === 'application/cloudevents+json') return [json(call.body)];
  if (isSigned)
    throw new Problem(
      415,
      'Not in the signed part',
      'A signature covers the body alone: send application/cloudevents+json or application/cloudevents-batch+json, not ce- headers.',
    );
  const binary: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(call.headers)) {
    if (name.startsWith('ce-') && value !== undefined) binary[name.slice(3)] = decoded(value);
  }
  if (Object.keys(binary).length > 0) return [{ ...binary, data: call.body.length > 0 ? json(call.body) : undefined }];
  throw new Problem(
    415,
    'Not CloudEvents',
    'Send application/cloudevents+json, application/cloudevents-batch+json, or the binary form with ce- headers.',
  );
}

/** One event, or a list of them. @throws Problem */
export function lineageEventsIn(call: MachineCall): unknown[] {
  const body = json(call.body);
  return atMost(Array.isArray(body) ? body : [body]);
}

function atMost(events: unknown[]): unknown[] {
  if (events.length > maxEvents)
    throw new Problem(413, 'Too many events', `At most ${maxEvents} events a call; this one has ${events.length}.`);
  return events;
}

/** A header of the binary form: first the quotes are taken off, then what is percent-encoded is decoded (CloudEvents HTTP binding, 3.1.3.2). */
function decoded(value: string): string {
  const quoted = /^"(.*)"$/s.exec(value)?.[1];
  const plain = quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Problem(400, 'Malformed JSON', 'The body is not JSON.');
  }
}
