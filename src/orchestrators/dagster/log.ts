import { Failure } from '../../domain/failure';
import type { StepRef } from '../../domain/run';
import type { Api } from './api';
import type { ErrorWords, Event } from './schema';
import { causeOf } from './why';

const eventsPerPage = 1_000;
/** A log that goes on for longer is being written now. */
const mostPages = 1_000;
/** Bytes of captured output that are asked for at a time. */
const pieceBytes = 1024 * 1024;

/**
 * The log of a step, oldest first: what Dagster and the step's own logger told, one line each, and in its place what the process of the
 * step wrote by itself. One process may run several steps, whose output is then told with each of them.
 */
export async function* readLog(api: Api, { run, step }: StepRef): AsyncIterable<Buffer> {
  const { stepKeysToExecute, stepStats } = await api.runWithSteps(run);
  const known = new Set([...(stepKeysToExecute ?? []), ...stepStats.map(({ stepKey }) => stepKey)]);
  if (!known.has(step))
    throw new Failure('not-found', api.where, { detail: `There is no step ${step} in run ${run}.` });
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { events, cursor: next, hasMore } = await api.events(run, 'all', eventsPerPage, cursor);
    for (const event of events) {
      if (isOutputOf(event, step)) yield* readOutput(api, run, event);
      else if (isOf(event, step)) yield Buffer.from(`${sayEvent(event)}\n`);
    }
    if (!hasMore || next === cursor) return;
    cursor = next;
  }
}

function isOutputOf({ __typename, fileKey, stepKeys }: Event, step: string): boolean {
  return __typename === 'LogsCapturedEvent' && Boolean(fileKey) && (stepKeys ?? [step]).includes(step);
}

/** Of what belongs to no step, only that the run itself failed or was ended says something about this one. */
function isOf({ stepKey, __typename }: Event, step: string): boolean {
  return stepKey ? stepKey === step : /^Run(?:Failure|Canceling|Canceled)Event$/.test(__typename);
}

function sayEvent({ timestamp, level, stepKey, eventType, message, error }: Event): string {
  const at = Number(timestamp);
  const time = Number.isFinite(at) && at > 0 ? new Date(at).toISOString() : '';
  const head = [time, level, stepKey, eventType].filter(Boolean).join(' ');
  return [`${head} - ${message.trimEnd()}`, ...(error && stepKey ? [sayError(error)] : [])].join('\n');
}

/** The outermost words, then the cause as Python prints it: its words come last. */
function sayError(error: ErrorWords): string {
  const cause = causeOf(error);
  const outer = cause === error ? [] : [error.message.trim()];
  const stack = (cause.stack ?? []).map((frame) => frame.trimEnd());
  return [
    ...outer,
    ...(stack.length > 0 ? ['Traceback (most recent call last):', ...stack] : []),
    cause.message.trim(),
  ].join('\n');
}

async function* readOutput(api: Api, run: string, event: Event): AsyncIterable<Buffer> {
  const outside = [event.externalStdoutUrl, event.externalStderrUrl].filter((url) => url);
  for (const url of outside) yield Buffer.from(`Its output is kept at ${url}\n`);
  const ownLines = createOwnLines();
  let cursor: string | undefined;
  for (let piece = 0; piece < mostPages && event.fileKey; piece += 1) {
    const { stdout, stderr, cursor: next } = await api.captured(run, event.fileKey, pieceBytes, cursor);
    if (stdout) yield Buffer.from(ended(stdout));
    const others = stderr ? ownLines.without(stderr) : '';
    if (others !== '') yield Buffer.from(ended(others));
    if ((!stdout && !stderr) || !next || next === cursor) return;
    cursor = next;
  }
}

const ended = (text: string) => (text.endsWith('\n') ? text : `${text}\n`);

/** `2026-11-29 20:44:32 +0000 - dagster - ERROR - …`: what Dagster writes there is in the log of the run already. */
const ownLine = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \S+ - dagster - (\w+) - /;

function createOwnLines() {
  let isInside = false;
  return {
    without(text: string): string {
      const kept: string[] = [];
      for (const line of text.split('\n')) {
        const [, level] = ownLine.exec(line) ?? [];
        // An error goes on over many lines, until the next word.
        if (level !== undefined) isInside = level === 'ERROR' || level === 'CRITICAL';
        else if (!isInside && line.trim() !== '') kept.push(line);
      }
      return kept.join('\n');
    },
  };
}
