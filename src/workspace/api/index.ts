// The Web API: method name and arguments in, Slack's answer out. It knows tokens, scopes and rate limits; what a method
// does is in the file of its family.
import type { Logger } from '../../lib/logger';
import type { Budgets } from '../budgets';
import type { Faults } from '../faults';
import { Refusal } from '../refusal';
import { type Call, keep } from '../store';
import { type JsonObject, textOf } from '../wire';
import { readArguments } from './arguments';
import { chatMethods } from './chat';
import { conversationMethods } from './conversations';
import { fileMethods } from './files';
import type { Method, Services } from './method';
import { reactionMethods } from './reactions';
import { userMethods } from './users';
import { viewMethods } from './views';
import { workspaceMethods } from './workspace';

const all: Method[] = [
  ...workspaceMethods,
  ...chatMethods,
  ...conversationMethods,
  ...userMethods,
  ...viewMethods,
  ...fileMethods,
  ...reactionMethods,
];
const methods = new Map(all.map((method) => [method.name, method]));

/** The methods this workspace answers, in alphabetical order. */
export const methodNames: string[] = [...methods.keys()].sort();

export interface ApiDeps {
  services: Services;
  budgets: Budgets;
  faults: Faults;
  log?: Logger | undefined;
}

export interface ApiAnswer {
  status: number;
  body: JsonObject;
  headers: Record<string, string>;
  /** Cut the connection instead of answering. */
  cut: boolean;
  delayMs: number;
}

export function createApi({ services, budgets, faults, log }: ApiDeps) {
  const { store, app, clock } = services;

  function checkToken(method: Method, token: string | undefined): void {
    if (method.token === 'none') return;
    if (!token) throw new Refusal('not_authed');
    const kind = token === app.botToken ? 'bot' : token === app.appToken ? 'app' : undefined;
    if (kind === undefined) throw new Refusal('invalid_auth');
    if (method.token !== 'any' && kind !== (method.token ?? 'bot')) throw new Refusal('not_allowed_token_type');
  }

  function answerTo(name: string, raw: JsonObject, token: string | undefined): Omit<ApiAnswer, 'cut' | 'delayMs'> {
    const method = methods.get(name);
    try {
      if (!method) throw new Refusal('unknown_method', { req_method: name });
      checkToken(method, token);
      const args = readArguments({ ...raw, token: token ?? '' });
      const scopes = typeof method.scopes === 'function' ? method.scopes(args, services) : method.scopes;
      if (scopes.length > 0 && !scopes.some((scope) => app.scopes.includes(scope)))
        throw new Refusal('missing_scope', { needed: scopes.join(','), provided: app.scopes.join(',') });
      const channelArg = args.text('channel');
      const channel = channelArg === undefined ? undefined : (store.findChannel(channelArg)?.id ?? channelArg);
      const waitSeconds = budgets.take(name, method.tier, channel);
      if (waitSeconds > 0)
        return {
          status: 429,
          body: { ok: false, error: 'ratelimited' },
          headers: { 'retry-after': String(waitSeconds) },
        };
      return {
        status: 200,
        body: { ok: true, ...method.run(args, services) },
        headers: { 'x-oauth-scopes': app.scopes.join(','), 'x-accepted-oauth-scopes': scopes.join(',') },
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: 200, body: { ok: false, error: error.code, ...error.extra }, headers: {} };
    }
  }

  return {
    call(name: string, raw: JsonObject, token: string | undefined): ApiAnswer {
      const fault = faults.take(name, textOf(raw.channel));
      const prevented: Record<string, Omit<ApiAnswer, 'cut' | 'delayMs'>> = {
        '5xx': { status: fault?.status ?? 503, body: { ok: false, error: 'service_unavailable' }, headers: {} },
        '429': {
          status: 429,
          body: { ok: false, error: 'ratelimited' },
          headers: { 'retry-after': String(fault?.retryAfterSeconds ?? 1) },
        },
        close: { status: 0, body: {}, headers: {} },
        refuse: { status: 200, body: { ok: false, error: fault?.errorCode ?? 'fatal_error' }, headers: {} },
      };
      const answer = (fault && prevented[fault.kind]) ?? answerTo(name, raw, token);
      const cut = fault?.kind === 'close' || fault?.kind === 'drop-answer';
      const { token: _, ...args } = raw;
      const call: Call = {
        method: name,
        args,
        answer: answer.body,
        status: cut ? 0 : answer.status,
        at: clock.now(),
        ...(fault ? { fault: fault.kind } : {}),
      };
      keep(store.calls, call);
      log?.debug({ method: name, status: call.status, error: textOf(answer.body.error) }, 'workspace.call');
      store.changed('calls');
      return { ...answer, cut, delayMs: fault?.kind === 'delay' ? fault.delayMs : 0 };
    },
  };
}

export type Api = ReturnType<typeof createApi>;
