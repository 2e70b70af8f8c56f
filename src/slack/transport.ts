import { type FetchFunction, LogLevel, type WebClientOptions } from '@slack/web-api';
import { Agent, type Dispatcher, EnvHttpProxyAgent, FormData, request, fetch as undiciFetch } from 'undici';
import { Failure } from '../domain/failure';
import type { Logger } from '../lib/logger';

export interface TransportDeps {
  /** Base of the Web API. @default 'https://slack.com/api/' */
  apiUrl?: string;
  log: Logger;
  /** @default undici through the proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY; this machine itself is always reached directly */
  fetch?: FetchFunction;
  /** For one call, in ms. @default 10,000 */
  timeoutMs?: number;
}

/** What Slack is waited for when it says "slow down" without saying how long. */
const unsaidRetryAfterMs = 30_000;

/**
 * Options for every WebClient of ours, Bolt's included: one call is one try, with a time limit. Who may try again, and when, is
 * decided above (outbox, circuit of the caller), never by the SDK's queue of half an hour.
 */
export function slackClientOptions(deps: TransportDeps): WebClientOptions {
  return {
    ...(deps.apiUrl ? { slackApiUrl: deps.apiUrl } : {}),
    fetch: sayingHowLong(inTime(deps.fetch ?? throughProxies(), deps.timeoutMs ?? 10_000)),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: sdkLogger(deps.log),
    // An answer of Slack's never decides where a call with our token goes.
    allowAbsoluteUrls: false,
  };
}

/**
 * A limit for one call, however slowly the answer comes. The SDK's own, as `AbortSignal.timeout`, goes off also when nobody waits any
 * more, and to wake up for nothing costs a good part of what a call does.
 */
function inTime(fetch: FetchFunction, ms: number): FetchFunction {
  return async (url, init) => {
    const limit = new AbortController();
    const goOff = () => limit.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'));
    const timer = setTimeout(goOff, ms);
    try {
      return await fetch(url, { ...init, signal: limit.signal });
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Node's own fetch knows no proxies in Node 20. NODE_EXTRA_CA_CERTS is read by Node itself. The answer comes when all of it is there. */
function throughProxies(): FetchFunction {
  const proxied = new EnvHttpProxyAgent();
  const direct = new Agent();
  return async (url, init) => {
    const { hostname } = new URL(url);
    const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
    const { body, ...rest } = init ?? {};
    const dispatcher = isLocal ? direct : proxied;
    if (typeof body === 'string') return postText(url, { ...rest, body }, dispatcher);
    // Node's forms are of another class than undici's.
    const form = new FormData();
    for (const [name, value] of body ?? []) {
      if (typeof value === 'string') form.append(name, value);
      else form.append(name, value, value.name);
    }
    const answer = await undiciFetch(url, { ...rest, body: body && form, dispatcher });
    return answerOf(answer.status, [...answer.headers], await answer.text());
  };
}

/** As `fetch` would, for what nearly every call asks of it, and for three quarters of the processor time. It follows nowhere. */
async function postText(
  url: string | URL,
  { headers, body, signal }: { headers?: Record<string, string>; body: string; signal?: AbortSignal },
  dispatcher: Dispatcher,
): Promise<Response> {
  const answer = await request(url, { method: 'POST', headers, body, signal, dispatcher });
  const text = await answer.body.text();
  const { statusCode: status } = answer;
  if (status >= 300 && status < 400) throw new Error(`led elsewhere (HTTP ${status})`);
  const said = Object.entries(answer.headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, string] => [name, value]),
  );
  return answerOf(status, said, text);
}

const answerOf = (status: number, headers: [string, string][], text: string): Response =>
  new Response(text === '' ? null : text, { status, headers });

/** The SDK gives up with a nameless error on a 429 without a time; ours has a kind. What went wrong below stays as the cause. */
function sayingHowLong(fetch: FetchFunction): FetchFunction {
  return async (url, init) => {
    const response = await fetch(url, init).catch((error: unknown) => {
      throw new Error('no answer', { cause: error });
    });
    if (response.status === 429 && !/^\d+$/.test(response.headers.get('retry-after') ?? '')) {
      throw new Failure('rate-limited', 'Slack', { retryAfterMs: unsaidRetryAfterMs });
    }
    return response;
  };
}

/** The SDK's words as log lines. Its debug lines hold whole messages of people, so they are left out. */
export function sdkLogger(log: Logger): NonNullable<WebClientOptions['logger']> {
  const text = (words: unknown[]): string => words.map(String).join(' ').slice(0, 500);
  // Keeps the SDK from building debug lines at all.
  let level = LogLevel.INFO;
  return {
    debug: () => undefined,
    info: (...words) => log.debug({ said: text(words) }, 'slack.sdk'),
    warn: (...words) => log.info({ said: text(words) }, 'slack.sdk'),
    error: (...words) => log.warn({ said: text(words) }, 'slack.sdk'),
    setLevel: (wanted) => {
      level = wanted;
    },
    getLevel: () => level,
    setName: () => undefined,
  };
}
