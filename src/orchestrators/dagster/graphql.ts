import { z } from 'zod';
import { Failure, type FailureKind } from '../../domain/failure';
import type { Http } from '../http';

/**
 * Dagster's one door. What went wrong is told with a status of 200, in the place of what was asked for, by a type such as
 * `UnauthorizedError`; a fault of the server's own code also with 500, and a question that it does not understand with 400.
 */

const place = '/graphql';
/** Statuses whose answer says in the same form what went wrong. */
const readAt = [400, 500];
/** A launch loads code and makes a plan before it is answered. */
const changeMs = 30_000;

const GraphError = z.object({ message: z.string(), path: z.array(z.unknown()).nullish() });
const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(GraphError).nullish(),
});
type Answer = z.output<typeof Answer>;

const Said = z.object({
  __typename: z.string(),
  message: z.string().nullish(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
  invalidStepKey: z.string().nullish(),
  errorChain: z.array(z.object({ error: z.object({ message: z.string() }) })).nullish(),
});
type Said = z.output<typeof Said>;

/** To be spread into every answer that may be a fault. */
export const faults = `
  __typename
  ... on Error { message }
  ... on PythonError { errorChain { error { message } } }`;

/** The server's own code broke off: what it had done until then has to be looked up. */
export class Crashed extends Failure {}

export interface GraphQl {
  /** @throws Failure: `not-allowed`, `not-found`, `rejected`, `unavailable` where the server's own code failed, and those of `Http` */
  ask<T>(query: string, variables: Record<string, unknown>, schema: z.ZodType<T>): Promise<T>;
  /** @throws Failure as `ask`; Crashed (`unsure`) where the server's own code failed */
  change<T>(query: string, variables: Record<string, unknown>, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
}

export function createGraphQl(http: Http): GraphQl {
  const { where } = http;

  function read<T>({ data, errors }: Answer, schema: z.ZodType<T>, isChange: boolean): T {
    const [error] = errors ?? [];
    if (error) throw failureOfError(error, isChange);
    for (const answer of Object.values(data ?? {})) {
      const said = Said.safeParse(answer);
      if (said.success && isFault(said.data)) throw failureOf(said.data, isChange);
    }
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const detail = `"${issue?.path.join('.') || 'the whole'}": ${issue?.message}`;
    throw new Failure(isChange ? 'unsure' : 'bad-response', where, { detail, cause: parsed.error });
  }

  function crashed(detail: string | undefined, isChange: boolean): Failure {
    return isChange ? new Crashed('unsure', where, { detail }) : new Failure('unavailable', where, { detail });
  }

  /** One without a path was found before anything was done. */
  function failureOfError({ message, path }: z.output<typeof GraphError>, isChange: boolean): Failure {
    const detail = oneLine(message);
    if (/unauthori[sz]ed|forbidden|permission|not allowed/i.test(message))
      return new Failure('not-allowed', where, { detail });
    return path && path.length > 0 ? crashed(detail, isChange) : new Failure('rejected', where, { detail });
  }

  function failureOf(said: Said, isChange: boolean): Failure {
    const detail = wordsOf(said);
    if (said.__typename === 'PythonError') return crashed(detail, isChange);
    return new Failure(kindOf(said.__typename), where, { detail });
  }

  return {
    ask: async (query, variables, schema) =>
      read(await http.query(place, Answer, { body: { query, variables }, readAt }), schema, false),
    change: async (query, variables, schema, signal) => {
      const options = { body: { query, variables }, readAt, signal, timeoutMs: changeMs, deadlineMs: changeMs };
      return read(await http.post(place, Answer, options), schema, true);
    },
  };
}

function isFault({ __typename: type }: Said): boolean {
  return /(?:Error|Conflict|Invalid|NotFound|NotSupported|RunFailure)$/.test(type);
}

function kindOf(type: string): FailureKind {
  if (type === 'UnauthorizedError') return 'not-allowed';
  // What a change names of its own making may be missing too; that is a refusal.
  if (/^Partition/.test(type)) return 'rejected';
  return /NotFound(?:Error)?$/.test(type) ? 'not-found' : 'rejected';
}

function wordsOf({ message, errors, errorChain, invalidStepKey }: Said): string | undefined {
  const words = errorChain?.at(-1)?.error.message || message || errors?.[0]?.message;
  if (words) return oneLine(words);
  return invalidStepKey ? `There is no step ${invalidStepKey}.` : undefined;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 300 ? line : `${line.slice(0, 299)}…`;
}
