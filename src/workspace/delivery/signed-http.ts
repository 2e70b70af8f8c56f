import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../../lib/clock';
import type { Delivery } from '../store';
import { type JsonObject, parseJson } from '../wire';
import type { AttemptResult, Transport } from './transport';

export interface SignedHttpDeps {
  clock: Clock;
  signingSecret: string;
  requestUrl: () => string;
  ackDeadlineMs: number;
}

/** Slack's `v0` signature of a raw body. */
const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

/** Events travel as JSON, commands as plain form fields, interactions as one form field named `payload`. */
function bodyOf(delivery: Pick<Delivery, 'kind' | 'payload'>): { type: string; body: string } {
  if (delivery.kind === 'events_api') return { type: 'application/json', body: JSON.stringify(delivery.payload) };
  const fields: JsonObject =
    delivery.kind === 'interactive' ? { payload: JSON.stringify(delivery.payload) } : delivery.payload;
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(fields)) form.set(key, String(value));
  return { type: 'application/x-www-form-urlencoded', body: form.toString() };
}

/** Signed HTTP delivery to the app's request address. */
export function createSignedHttp({ clock, signingSecret, requestUrl, ackDeadlineMs }: SignedHttpDeps): Transport & {
  verify(challenge: string): Promise<boolean>;
} {
  function send(
    type: string,
    body: string,
    extraHeaders: Record<string, string>,
    onLate: (body: unknown) => void,
  ): Promise<AttemptResult> {
    return new Promise((resolve) => {
      const url = new URL(requestUrl());
      const timestamp = String(Math.floor(clock.now().getTime() / 1000));
      let overdue = false;
      const request = (url.protocol === 'https:' ? https : http).request(
        url,
        {
          method: 'POST',
          agent: false,
          headers: {
            'content-type': type,
            'content-length': Buffer.byteLength(body),
            'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
            'x-slack-request-timestamp': timestamp,
            'x-slack-signature': signatureOf(signingSecret, timestamp, body),
            ...extraHeaders,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => done({ outcome: 'unreachable', reason: 'connection_failed' }));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const status = response.statusCode ?? 0;
            const noRetry = response.headers['x-slack-no-retry'] === '1';
            if (status < 200 || status > 299) return done({ outcome: 'refused', reason: 'http_error', noRetry });
            const answer = text === '' ? undefined : (parseJson(text) ?? { text });
            return done({ outcome: 'acked', body: answer, noRetry });
          });
        },
      );
      const deadline = setTimeout(() => {
        overdue = true;
        resolve({ outcome: 'timeout', reason: 'http_timeout' });
      }, ackDeadlineMs);
      function done(result: AttemptResult): void {
        clearTimeout(deadline);
        if (!overdue) resolve(result);
        else if (result.outcome === 'acked') onLate(result.body);
      }
      request.on('error', () => done({ outcome: 'unreachable', reason: 'connection_failed' }));
      // A late answer is still taken note of, but not for ever.
      request.setTimeout(ackDeadlineMs + 30_000, () => request.destroy());
      request.end(body);
    });
  }

  return {
    via: 'http',
    attempt(delivery, retry, onLate) {
      const { type, body } = bodyOf(delivery);
      const headers: Record<string, string> =
        retry.number === 0
          ? {}
          : { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason || 'unknown_error' };
      return send(type, body, headers, onLate);
    },
    /** The handshake of a request address: the app must echo the challenge. */
    async verify(challenge) {
      const body = JSON.stringify({ type: 'url_verification', challenge });
      const result = await send('application/json', body, {}, () => undefined);
      if (result.outcome !== 'acked') return false;
      const echoed = result.body;
      return (
        typeof echoed === 'object' &&
        echoed !== null &&
        (('challenge' in echoed && echoed.challenge === challenge) || ('text' in echoed && echoed.text === challenge))
      );
    },
  };
}
