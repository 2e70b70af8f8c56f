import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { Failure, type FailureKind } from '../domain/failure';
import { errorCode } from '../lib/error-code';
import { plain } from './mrkdwn';

/**
 * What a call does, so that a lost answer gets its right name: after a `post` nobody knows whether it is there; an `edit` may be made
 * again; a `read` changes nothing.
 */
export type Effect = 'post' | 'edit' | 'read';

const askedToSlowDown = new Set(['ratelimited', 'rate_limited']);
const withoutRights = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'missing_scope',
  'no_permission',
  'access_denied',
  'ekm_access_denied',
  'team_access_not_granted',
  'org_login_required',
]);
/** Slack's own words for "nothing was done, come again". */
const notNow = new Set(['service_unavailable', 'request_timeout', 'team_added_to_org', 'accesslimited']);
/** Slack's own words for "something broke on our side, perhaps half way". */
const halfWay = new Set(['fatal_error', 'internal_error']);
const nobodyThere = new Set(['user_not_found', 'users_not_found', 'no_such_subteam', 'subteam_not_found']);

/** Before a connection stands, or while its certificate is checked, nothing of ours has been sent. */
const nothingSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT)/;

/** Any error of the SDK as a Failure. `detail` starts with Slack's own word (`invalid_blocks: …`) and never holds a token. */
export function toFailure(error: unknown, effect: Effect): Failure {
  if (error instanceof Failure) return error;
  const inner = innerFailure(error);
  if (inner) return inner;
  if (error instanceof WebAPIRateLimitedError) {
    return failure('rate-limited', { retryAfterMs: error.retryAfter * 1000, cause: error });
  }
  if (error instanceof WebAPIPlatformError) return refused(error, effect);
  if (error instanceof WebAPIHTTPError) {
    const detail = `HTTP ${error.statusCode}`;
    if (error.statusCode >= 500) return failure(lost(effect), { detail, cause: error });
    return failure(error.statusCode === 401 || error.statusCode === 403 ? 'not-allowed' : 'rejected', {
      detail,
      cause: error,
    });
  }
  const code = codeWithin(error);
  return failure(code !== undefined && nothingSent.test(code) ? 'unavailable' : lost(effect), {
    detail: code,
    cause: error,
  });
}

function refused(error: WebAPIPlatformError, effect: Effect): Failure {
  const { data } = error;
  const code = data.error;
  // The SDK hands on an answer that is not JSON as if its text were the word.
  if (!/^[a-z0-9_]{1,80}$/.test(code)) {
    return failure(effect === 'post' ? 'unsure' : 'bad-response', { detail: 'not an answer of Slack', cause: error });
  }
  const retryAfter = data.response_metadata?.retryAfter;
  const more = 'needed' in data && typeof data.needed === 'string' ? [`needs ${data.needed}`] : [];
  const said = [...more, ...(data.response_metadata?.messages ?? [])].map((each) => withoutTokens(plain(each)));
  const detail = said.length > 0 ? `${code}: ${said.join('; ').slice(0, 400)}` : code;
  return failure(kindOf(code, effect), {
    detail,
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1000 }),
    cause: error,
  });
}

function kindOf(code: string, effect: Effect): FailureKind {
  if (askedToSlowDown.has(code)) return 'rate-limited';
  if (withoutRights.has(code)) return 'not-allowed';
  if (notNow.has(code)) return 'unavailable';
  if (halfWay.has(code)) return lost(effect);
  if (effect === 'read' && nobodyThere.has(code)) return 'not-found';
  return 'rejected';
}

function lost(effect: Effect): FailureKind {
  return effect === 'post' ? 'unsure' : 'unavailable';
}

function failure(
  kind: FailureKind,
  options: { detail?: string | undefined; retryAfterMs?: number; cause?: unknown },
): Failure {
  return new Failure(kind, 'Slack', options);
}

function withoutTokens(text: string): string {
  return text.replace(/\bx(?:ox[a-z]|app)-[\w-]+/g, '[token]');
}

/** A Failure that our own fetch threw, which the SDK has wrapped. */
function innerFailure(error: unknown): Failure | undefined {
  return chainOf(error).find((each): each is Failure => each instanceof Failure);
}

function codeWithin(error: unknown): string | undefined {
  return chainOf(error)
    .map((each) => errorCode(each) ?? ('name' in each && each.name === 'TimeoutError' ? 'timeout' : undefined))
    .find((code) => code !== undefined && !code.startsWith('slack_webapi'));
}

function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  for (let each = error; typeof each === 'object' && each !== null && chain.length < 8; ) {
    chain.push(each);
    each = 'original' in each ? each.original : 'cause' in each ? each.cause : undefined;
  }
  return chain;
}
