import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { ZodType } from 'zod';
import { Failure, failureKinds } from '../domain/failure';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { traced } from '../lib/tracing';
import { type Answer, detailOf, kindOfStatus, parseAnswer, retryAfterMs } from './answer';
import type { Authorise, Pass } from './authorise';
import { createCircuit } from './circuit';
import { createGate } from './gate';
import { createTheirClock } from './their-clock';

/** The one HTTP client of all adapters. Time-outs, retries, redirects, limits, proxies and redaction live here and nowhere else. */

const defaultTimeoutMs = 10_000;
/** All tries of one call and the pauses between them. */
const defaultDeadlineMs = 25_000;
const retriesOfReads = 2;
const firstRetryPauseMs = 400;
const callsAtATime = 8;
const defaultMaxBytes = 10 * 1024 * 1024;
const redirectsFollowed = 3;
/** An answer may hold an object or list for so many bytes that it may have: each takes some 60 bytes of memory, though it be `{}`. */
const bytesOfValue = 32;

export interface CallOptions {
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** For one try. Default: the connection's, 10 s. */
  timeoutMs?: number;
  /** For all tries and pauses together. Default 25 s. */
  deadlineMs?: number;
  /** Larger answers are refused. Default 10 MiB. */
  maxBytes?: number;
  /** Statuses of 4xx and 5xx whose JSON is the answer all the same: it says what went wrong in words of its own. */
  readAt?: readonly number[];
}

export interface ChangeOptions extends CallOptions {
  /** Sent as JSON. Left out = no body. */
  body?: unknown;
  /** Statuses of 5xx with which this product certainly has changed nothing; they are then `unavailable` instead of `unsure`. */
  unchangedAt?: readonly number[];
}

export interface StreamOptions extends CallOptions {
  onHeaders?(headers: Answer['headers']): void;
}

/**
 * Every method throws Failure and nothing else. Reads: `unavailable` after two retries. Changes are sent once: `unavailable` if nothing was
 * sent, `unsure` if the answer is missing or cannot be read. Both: `not-found`, `not-allowed`, `rejected`, `rate-limited`, `bad-response`.
 */
export interface Http {
  /** The other side's name, as people read it. */
  readonly where: string;
  /** What the clock of the other side shows now, as far as its answers tell (whole seconds); ours until the first answer. */
  serverNow(): Date;
  get<T>(path: string, schema: ZodType<T>, options?: CallOptions): Promise<T>;
  /** A POST that changes nothing (a search, a GraphQL query): treated as a read. */
  query<T>(path: string, schema: ZodType<T>, options?: ChangeOptions): Promise<T>;
  text(path: string, options?: CallOptions): Promise<string>;
  /**
   * A body of any size as it comes. `timeoutMs` is then the longest silence. Whoever reads may stop at any time.
   * `onHeaders` is told the headers of the answer, names in lower case, before the first bytes.
   */
  stream(path: string, options?: StreamOptions): AsyncIterable<Buffer>;
  post<T>(path: string, schema: ZodType<T>, options?: ChangeOptions): Promise<T>;
  put<T>(path: string, schema: ZodType<T>, options?: ChangeOptions): Promise<T>;
  patch<T>(path: string, schema: ZodType<T>, options?: ChangeOptions): Promise<T>;
  del<T>(path: string, schema: ZodType<T>, options?: ChangeOptions): Promise<T>;
  /** Reads a public document at another address, through the same proxy but without this connection's headers. */
  outside(url: string, options?: CallOptions): Promise<string>;
  /** Lets calls that are under way end. A dispatcher that was handed in stays open. */
  close(): Promise<void>;
}

export interface HttpDeps {
  /** The other side's name, as people read it. */
  name: string;
  /** May have a path, which is put before every path. */
  baseUrl: string;
  headers?: Record<string, string>;
  timeoutMs?: number;
  log: Logger;
  clock: Clock;
  random?: () => number;
  /** How calls are signed in, where headers that never change are not enough. */
  authorise?: Authorise;
  /** Takes secrets out of what the other side says. */
  redact?: (text: string) => string;
  /** Default: the proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY; this machine itself is always reached directly. */
  dispatcher?: Dispatcher;
}

interface Planned {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  body?: string;
  changing: boolean;
  unchangedAt: readonly number[];
  readAt: readonly number[];
  timeoutMs: number;
  deadlineMs: number;
  maxBytes: number;
  signal?: AbortSignal;
  /** A call that signs in is itself made without a pass. */
  isSignIn: boolean;
}

/** 401: what we showed is no longer taken, so nothing was done. */
class SignInRefused extends Failure {}

/** What undici carries through to our interceptor: called when the call is about to be written to a socket. */
interface Witness {
  onSent(): void;
}

export function createHttp(deps: HttpDeps): Http {
  const { name: where, log, clock, random = Math.random, redact = (text) => text } = deps;
  const base = new URL(deps.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const dispatcher = deps.dispatcher ?? defaultDispatcher(base);
  const witnessed = dispatcher.compose(tellWhenSent);
  const gate = createGate(callsAtATime);
  const circuit = createCircuit(clock);
  const pass: Pass | undefined = deps.authorise?.({
    where,
    clock,
    post: (path, schema, options = {}) => read({ ...plan('POST', path, false, options), isSignIn: true }, schema),
  });
  let closed: Promise<void> | undefined;
  const theirClock = createTheirClock(clock);

  function plan(method: Planned['method'], path: string, changing: boolean, options: ChangeOptions): Planned {
    const [pathname = '', search] = path.split('?', 2);
    const url = new URL(base.origin);
    url.pathname = prefix + (pathname.startsWith('/') ? pathname : `/${pathname}`);
    if (search) url.search = search;
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.append(key, String(value));
    }
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    return {
      method,
      url,
      headers: {
        accept: 'application/json',
        'user-agent': 'pitcrew',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...lowerCased(deps.headers),
        ...lowerCased(options.headers),
      },
      body,
      changing,
      unchangedAt: options.unchangedAt ?? [],
      readAt: options.readAt ?? [],
      timeoutMs: options.timeoutMs ?? deps.timeoutMs ?? defaultTimeoutMs,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      maxBytes: options.maxBytes ?? defaultMaxBytes,
      signal: options.signal,
      isSignIn: false,
    };
  }

  /**
   * Makes a call with a pass, and once more with a new one where the other side does not take the old one any more. Also safe for
   * changes: who is not let in has changed nothing.
   */
  async function signedIn<T>(planned: Planned, make: (planned: Planned) => Promise<T>): Promise<T> {
    if (!pass || planned.isSignIn) return make(planned);
    const shown = await pass.headers();
    try {
      return await make({ ...planned, headers: { ...planned.headers, ...shown } });
    } catch (error) {
      if (!(error instanceof SignInRefused) || !pass.renew(shown)) throw error;
      return make({ ...planned, headers: { ...planned.headers, ...(await pass.headers()) } });
    }
  }

  /** One whole call: waits for its turn, tries, and for reads tries again. */
  async function call(planned: Planned): Promise<Answer> {
    const ended = new AbortController();
    const end = () => ended.abort();
    const timer = setTimeout(end, planned.deadlineMs);
    if (planned.signal?.aborted) end();
    planned.signal?.addEventListener('abort', end, { once: true });
    try {
      const endsAtMs = performance.now() + planned.deadlineMs;
      return await signedIn(planned, (signed) => tryUntil(signed, endsAtMs, ended.signal));
    } finally {
      clearTimeout(timer);
      planned.signal?.removeEventListener('abort', end);
    }
  }

  async function tryUntil(planned: Planned, endsAtMs: number, signal: AbortSignal): Promise<Answer> {
    for (let retries = 0; ; retries += 1) {
      if (!planned.changing) {
        const blockedForMs = circuit.blockedForMs() && (await circuit.whenTried(signal).then(circuit.blockedForMs));
        if (blockedForMs > 0) {
          const detail = 'It has not answered several times in a row.';
          throw new Failure('unavailable', where, { detail, retryAfterMs: blockedForMs });
        }
      }
      try {
        return await takeTurn(planned, signal);
      } catch (error) {
        const failure = error instanceof Failure ? error : unreachable(error);
        const pauseMs = Math.max(failure.retryAfterMs ?? 0, pauseBefore(retries, random));
        const late = performance.now() + pauseMs >= endsAtMs || signal.aborted;
        if (planned.changing || !failureKinds[failure.kind].retry || retries >= retriesOfReads || late) throw failure;
        await sleep(pauseMs, undefined, { signal }).catch(() => {
          throw failure;
        });
      }
    }
  }

  async function takeTurn(planned: Planned, signal: AbortSignal): Promise<Answer> {
    const leave = await gate.enter(signal).catch((cause) => {
      circuit.undecided();
      throw new Failure('unavailable', where, { detail: 'Too many calls were waiting.', cause });
    });
    const startedAtMs = performance.now();
    let outcome = 'answered';
    const about = {
      'peer.service': where,
      'http.request.method': planned.method,
      'server.address': planned.url.hostname,
    };
    try {
      return await traced(planned.method, about, () => tryOnce(planned, signal), 'calls');
    } catch (error) {
      outcome = error instanceof Failure ? error.kind : 'fault';
      throw error;
    } finally {
      leave();
      const tookMs = Math.round(performance.now() - startedAtMs);
      log.debug({ where, method: planned.method, path: planned.url.pathname, outcome, tookMs }, 'orchestrator.called');
    }
  }

  /** One try, following redirects of reads on the same host. */
  async function tryOnce(planned: Planned, signal: AbortSignal): Promise<Answer> {
    let url = planned.url;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await exchange({ ...planned, url }, signal, (opened) => readWhole(opened, planned.maxBytes));
      const isAnswer = planned.readAt.includes(answer.status) && isJson(answer);
      if ((answer.status >= 200 && answer.status < 300) || isAnswer) return answer;
      const next = planned.changing ? undefined : redirectOf(answer, url);
      if (!next) throw failureOf(answer, planned);
      if (!mayFollow(url, next) || redirects >= redirectsFollowed) {
        throw new Failure('bad-response', where, { detail: `It sends us to ${next.host} instead of answering.` });
      }
      url = next;
    }
  }

  /** Sends and hands the open answer to `read`; turns every fault into a Failure and tells the circuit. */
  async function exchange<T>(
    planned: Planned,
    signal: AbortSignal,
    read: (opened: Dispatcher.ResponseData<Witness>) => Promise<T>,
  ): Promise<T> {
    let sent = false;
    let timedOut = false;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      timedOut = true;
      abort.abort();
    }, planned.timeoutMs);
    const giveUp = () => abort.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    const askedAt = clock.now();
    try {
      const witness: Witness = { onSent: () => (sent = true) };
      const opened = await witnessed.request<Witness>({
        origin: planned.url.origin,
        path: planned.url.pathname + planned.url.search,
        method: planned.method,
        headers: planned.headers,
        body: planned.body,
        signal: abort.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
        opaque: witness,
      });
      theirClock.heard(opened.headers.date, askedAt);
      const answered = await read(opened);
      // 500 is one faulty page; these three say that nobody is at home.
      if (opened.statusCode >= 502 && opened.statusCode <= 504) circuit.failed();
      else circuit.succeeded();
      return answered;
    } catch (cause) {
      if (cause instanceof Failure) {
        circuit.succeeded();
        throw planned.changing ? unsure(cause) : cause;
      }
      if (timedOut || !signal.aborted) circuit.failed();
      else circuit.undecided();
      const detail = timedOut
        ? `No answer within ${planned.timeoutMs / 1_000} s.`
        : signal.aborted
          ? planned.signal?.aborted
            ? undefined
            : `No whole answer within ${planned.deadlineMs / 1_000} s.`
          : faultOf(cause);
      throw new Failure(planned.changing && sent ? 'unsure' : 'unavailable', where, { detail, cause });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  async function readWhole(opened: Dispatcher.ResponseData<Witness>, maxBytes: number): Promise<Answer> {
    const chunks: Buffer[] = [];
    const announced = Number(opened.headers['content-length'] ?? 0);
    let bytes = 0;
    for await (const chunk of opened.body) {
      const part = bytesOf(chunk);
      bytes += part.length;
      // Leaving the loop destroys the stream, and with it the connection.
      if (bytes > maxBytes || announced > maxBytes) {
        throw new Failure('bad-response', where, { detail: `More than ${Math.round(maxBytes / 1024)} KiB.` });
      }
      chunks.push(part);
    }
    const body = Buffer.concat(chunks);
    const mostValues = Math.floor(maxBytes / bytesOfValue);
    if (bytes > mostValues && valuesIn(body) > mostValues)
      throw new Failure('bad-response', where, { detail: `More than ${mostValues} objects and lists.` });
    return { status: opened.statusCode, headers: opened.headers, body };
  }

  function failureOf(answer: Answer, planned: Planned): Failure {
    const unchanged = planned.unchangedAt.includes(answer.status);
    const said = detailOf(answer.body.toString('utf8'), redact);
    const Kind = answer.status === 401 ? SignInRefused : Failure;
    return new Kind(kindOfStatus(answer.status, planned.changing && !unchanged), where, {
      detail: said ?? `Status ${answer.status}.`,
      retryAfterMs: retryAfterMs(answer.headers, clock.now()),
      status: answer.status,
    });
  }

  function unsure(failure: Failure): Failure {
    return new Failure('unsure', where, { detail: failure.detail, cause: failure });
  }

  function unreachable(cause: unknown): Failure {
    return new Failure('unavailable', where, { detail: faultOf(cause), cause });
  }

  async function read<T>(planned: Planned, schema: ZodType<T>): Promise<T> {
    return parseAnswer(await call(planned), schema, where);
  }

  async function change<T>(planned: Planned, schema: ZodType<T>): Promise<T> {
    const answer = await call(planned);
    try {
      return parseAnswer(answer, schema, where);
    } catch (error) {
      // It said yes in words that we cannot read: what it did is not known.
      throw error instanceof Failure ? unsure(error) : error;
    }
  }

  async function* stream(path: string, options: StreamOptions = {}): AsyncIterable<Buffer> {
    const planned = plan('GET', path, false, options);
    const signal = options.signal ?? new AbortController().signal;
    await pass?.headers(); // signing in takes a place inside the gate of its own
    const leave = await gate.enter(signal).catch(unreachable);
    if (leave instanceof Failure) throw leave;
    try {
      const opened = await signedIn(planned, async (signed) => {
        const response = await exchange(signed, signal, async (answered) => answered);
        if (response.statusCode >= 200 && response.statusCode < 300) return response;
        throw failureOf(await readWhole(response, planned.maxBytes), planned);
      });
      options.onHeaders?.(opened.headers);
      opened.body.on('error', () => {}); // told to the reader below
      const chunks = opened.body[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await withinSilence(chunks.next(), planned.timeoutMs, signal);
          if (next.done) return;
          yield bytesOf(next.value);
        }
      } finally {
        opened.body.destroy();
      }
    } catch (error) {
      throw error instanceof Failure ? error : unreachable(error);
    } finally {
      leave();
    }
  }

  return {
    where,
    serverNow: theirClock.now,
    get: (path, schema, options = {}) => read(plan('GET', path, false, options), schema),
    query: (path, schema, options = {}) => read(plan('POST', path, false, options), schema),
    text: async (path, options = {}) => (await call(plan('GET', path, false, options))).body.toString('utf8'),
    stream,
    post: (path, schema, options = {}) => change(plan('POST', path, true, options), schema),
    put: (path, schema, options = {}) => change(plan('PUT', path, true, options), schema),
    patch: (path, schema, options = {}) => change(plan('PATCH', path, true, options), schema),
    del: (path, schema, options = {}) => change(plan('DELETE', path, true, options), schema),
    outside: async (url, options = {}) => {
      const planned = { ...plan('GET', '/', false, options), url: new URL(url), headers: { 'user-agent': 'pitcrew' } };
      return (await call(planned)).body.toString('utf8');
    },
    close: () => {
      closed ??= deps.dispatcher ? Promise.resolve() : dispatcher.close();
      return closed;
    },
  };
}

/** Full jitter, doubling from 400 ms. @returns ms, an integer ≥ 0 */
function pauseBefore(retries: number, random: () => number): number {
  return Math.round(firstRetryPauseMs * 2 ** retries * random());
}

function defaultDispatcher(base: URL): Dispatcher {
  const options = { connections: callsAtATime, connect: { timeout: 5_000 } };
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(base.hostname);
  return isHere ? new Agent(options) : new EnvHttpProxyAgent(options);
}

/** Calls the witness when a call is about to be written: before that, nothing can have taken effect. */
function tellWhenSent(dispatch: Dispatcher['dispatch']): Dispatcher['dispatch'] {
  return (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        witnessOf(options)?.onSent();
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
}

function witnessOf(options: object): Witness | undefined {
  const opaque = 'opaque' in options ? options.opaque : undefined;
  const isWitness = (value: unknown): value is Witness =>
    typeof value === 'object' && value !== null && 'onSent' in value;
  return isWitness(opaque) ? opaque : undefined;
}

/** Where objects and lists begin in JSON; in its texts as well, which hardly matters. */
function valuesIn(body: Buffer): number {
  let count = 0;
  // By index: to iterate costs ten times as much.
  for (let at = 0; at < body.length; at += 1) if (body[at] === 0x7b || body[at] === 0x5b) count += 1;
  return count;
}

function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}

function redirectOf(answer: Answer, from: URL): URL | undefined {
  const location = answer.headers.location;
  if (![301, 302, 303, 307, 308].includes(answer.status) || typeof location !== 'string') return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

/** The same host only, and never from https to http: the connection's headers go along. */
function mayFollow(from: URL, to: URL): boolean {
  return (
    to.origin === from.origin ||
    (to.hostname === from.hostname && from.protocol === 'http:' && to.protocol === 'https:')
  );
}

function bytesOf(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.from(String(chunk));
}

/** The network's own word for what went wrong, such as ECONNREFUSED or CERT_HAS_EXPIRED. */
function faultOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined;
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  if ('errors' in cause && Array.isArray(cause.errors)) return faultOf(cause.errors[0]);
  return 'cause' in cause ? faultOf(cause.cause) : undefined;
}

async function withinSilence<T>(next: Promise<T>, silenceMs: number, signal: AbortSignal): Promise<T> {
  const stop = new AbortController();
  const silence = sleep(silenceMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }).then(() => {
    throw new Error(`Silent for ${silenceMs} ms.`);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    stop.abort();
    silence.catch(() => {});
    next.catch(() => {});
  }
}

function isJson({ headers }: Answer): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
}
