import type { StepRef } from '../../domain/run';
import type { Answer } from '../answer';
import { parseJson } from '../answer';
import type { Http } from '../http';
import { linesOf } from '../lines';
import type { Api } from './api';
import type { Attempts } from './attempts';
import { LogEntry as Entry, type LogEntry, LogPart } from './schema';
import { taskOf } from './steps';

/** Pieces of one log that are read one after the other; a log that goes on for longer is being written now. */
const mostPieces = 500;
/** Reading a log may hang on a worker that is gone. */
const silenceMs = 8_000;
const largestPart = 20 * 1024 * 1024;

export interface LogDeps {
  api: Api;
  http: Http;
  attempts: Attempts;
}

/** The log of one try, oldest first, as readable lines, from piece to piece until the server has no more. */
export async function* readLog(deps: LogDeps, ref: StepRef): AsyncIterable<Buffer> {
  const { api, attempts } = deps;
  const { key: dag } = ref.pipeline;
  const place = taskOf(ref.step);
  const instance = await api.instance(dag, ref.run, place.task, place.mapIndex);
  const newest = Math.max(1, instance.try_number);
  const perAttempt = ref.attempt === undefined ? 1 : ((await attempts.retriesIn(dag)).get(place.task) ?? 0) + 1;
  const attempt = ref.stepAttempt ?? Math.min(newest, ref.attempt === undefined ? newest : ref.attempt * perAttempt);
  const path = await api.logPath(dag, ref.run, place, attempt);
  yield* (await api.isNew()) ? readModern(deps.http, path) : readClassic(deps.http, path);
}

/** Airflow 3: lines of JSON, and a token for the next piece in a header. The last line may be a plain sentence. */
async function* readModern(http: Http, path: string): AsyncIterable<Buffer> {
  let token: string | undefined;
  for (let piece = 0; piece < mostPieces; piece += 1) {
    let next: string | undefined;
    let lines = 0;
    const chunks = http.stream(path + tokenPart(token), {
      headers: { accept: 'application/x-ndjson' },
      timeoutMs: silenceMs,
      onHeaders: (headers) => {
        next = tokenIn(headers);
      },
    });
    for await (const line of linesOf(chunks)) {
      if (line.trim() === '') continue;
      lines += 1;
      yield Buffer.from(`${sayLine(line)}\n`);
    }
    // A piece without lines, or the same token again: there is no more for now.
    if (!next || next === token || !tellsPlace(next) || (lines === 0 && piece > 0)) return;
    token = next;
  }
}

/**
 * The server gives a token with every stream of lines, made before the log is read: one that tells no place in the log would only
 * give all of it once more. What a token tells can be read, though not changed: it is signed.
 */
function tellsPlace(token: string): boolean {
  if (token.startsWith('.')) return true; // compressed, so it tells more than that it has no place
  const told = parseJson(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
  return (
    typeof told === 'object' && told !== null && ['log_pos', 'offset', 'last_log_timestamp'].some((key) => key in told)
  );
}

function tokenIn(headers: Answer['headers']): string | undefined {
  const value = headers['airflow-continuation-token'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const tokenPart = (token: string | undefined) => (token === undefined ? '' : `&token=${encodeURIComponent(token)}`);

function sayLine(line: string): string {
  const entry = Entry.safeParse(parseJson(line));
  return entry.success ? sayEntry(entry.data) : line;
}

/** An entry as Python would have written it, with the traceback behind. */
export function sayEntry({ event, timestamp, level, logger, error_detail }: LogEntry): string {
  const text = typeof event === 'string' ? event : JSON.stringify(event ?? '');
  const head = [
    timestamp && `[${timestamp}]`,
    logger && logger !== 'task.stdout' && `{${logger}}`,
    level?.toUpperCase(),
  ]
    .filter(Boolean)
    .join(' ');
  // Causes come last, and are what happened first.
  const traces = [...(error_detail ?? [])].reverse().map(sayTrace);
  return [head === '' ? text : `${head} - ${text}`, ...traces].join('\n');
}

function sayTrace(detail: NonNullable<LogEntry['error_detail']>[number]): string {
  const frames = (detail.frames ?? []).map(
    ({ filename, lineno, name }) => `  File "${filename ?? '?'}", line ${lineno ?? 0}, in ${name ?? '?'}`,
  );
  return ['Traceback (most recent call last):', ...frames, sayException(detail)].join('\n');
}

function sayException({ exc_type, exc_value }: { exc_type?: string | null; exc_value?: string | null }): string {
  return exc_value ? `${exc_type ?? 'Exception'}: ${exc_value}` : (exc_type ?? 'Exception');
}

/** Airflow 2: one text in pieces. Asked for as JSON, since only that tells the token of the next piece. */
async function* readClassic(http: Http, path: string): AsyncIterable<Buffer> {
  let token: string | undefined;
  for (let piece = 0; piece < mostPieces; piece += 1) {
    const part = await http.get(path + tokenPart(token), LogPart, { timeoutMs: silenceMs, maxBytes: largestPart });
    const text = textOf(part.content);
    if (text !== '') yield Buffer.from(text.endsWith('\n') ? text : `${text}\n`);
    const next = part.continuation_token ?? undefined;
    if (!next || next === token || (text.trim() === '' && piece > 0)) return;
    token = next;
  }
}

/** The content is the printed form of a list of host and text in Python: `[('host', 'text\\nmore')]`. */
export function textOf(content: string): string {
  if (!/^\[\(/.test(content)) return content;
  const texts: string[] = [];
  const pair = /\(\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\)/gs;
  for (const [, single, double] of content.matchAll(pair)) texts.push(unescaped(single ?? double ?? ''));
  return texts.length > 0 ? texts.join('\n') : content;
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

function unescaped(text: string): string {
  return text.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs, (whole, x, u, long, one) => {
    const code = x ?? u ?? long;
    if (code === undefined) return escapes[one] ?? whole;
    const point = Number.parseInt(code, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
