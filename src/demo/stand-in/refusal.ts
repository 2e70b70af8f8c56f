import type { z } from 'zod';
import { type JsonObject, present } from './wire';

const httpOf = {
  BAD_REQUEST: 400,
  NOT_FOUND: 404,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  UNPROCESSABLE_ENTITY: 422,
  INTERNAL_ERROR: 500,
} as const;
export type RefusalStatus = keyof typeof httpOf;

/** What the application itself refuses, in its own error shape. */
export class Refusal extends Error {
  readonly http: number;
  constructor(
    readonly status: RefusalStatus,
    message: string,
    readonly errors: string[] = [],
  ) {
    super(message);
    this.name = 'Refusal';
    this.http = httpOf[status];
  }
  body(): JsonObject {
    return present({
      status: this.status,
      message: this.message,
      errors: this.errors.length > 0 ? this.errors : undefined,
    });
  }
}

export const badRequest = (message: string, errors: string[] = []) => new Refusal('BAD_REQUEST', message, errors);
export const notFound = (message: string) => new Refusal('NOT_FOUND', message);

const problemTitles: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  415: 'Unsupported Media Type',
};

/** What the web framework refuses before the application sees it: RFC 9457, `status` a number. */
export class Problem extends Error {
  constructor(
    readonly http: number,
    readonly detail: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(detail);
    this.name = 'Problem';
  }
  body(instance: string): JsonObject {
    return {
      type: 'about:blank',
      title: problemTitles[this.http] ?? 'Error',
      status: this.http,
      detail: this.detail,
      instance,
    };
  }
}

/** A body that fails its schema: unknown fields and wrong values are told as Maestro's JSON reader tells them. */
export function refusalOfBody(error: z.ZodError): Refusal {
  const told = error.issues.map((issue) => {
    const where = issue.path.join('.') || 'body';
    return issue.code === 'unrecognized_keys'
      ? `Unrecognized field "${issue.keys.join('", "')}" at ${where}`
      : `${where}: ${issue.message}`;
  });
  return badRequest(`JSON parse error: ${told[0] ?? 'the body is not readable'}`, told.slice(1));
}
