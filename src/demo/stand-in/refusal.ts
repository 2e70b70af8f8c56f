import type { z } from 'zod';
import { type JsonObject, javaClasses, present, RestartPolicy } from './wire';

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
/** What its validation refuses, field by field. */
export const invalid = (...errors: string[]) => badRequest('400 BAD_REQUEST "Validation failure"', errors);

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

/** A body that fails its schema: its JSON reader tells the first thing that it cannot read, its validation what is lacking. */
export function refusalOfBody(schema: z.ZodType, { issues }: z.ZodError): Refusal {
  const [first] = issues;
  if (!first) return badRequest('JSON parse error: the body is not readable');
  const where = first.path.join('.');
  if (first.code === 'invalid_type' && first.input === undefined) return invalid(`${camelCase(where)} may not be null`);
  if (first.code === 'custom' && first.params?.validation) return invalid(`${camelCase(where)} ${first.message}`);
  return badRequest(`JSON parse error: ${unreadable(schema, first, where)}`);
}

function unreadable(schema: z.ZodType, issue: z.core.$ZodIssue, where: string): string {
  const read = JSON.stringify(issue.input);
  if (issue.code === 'unrecognized_keys') {
    const java = javaClasses.get(schema)?.[where] ?? (where || 'body');
    return `Unrecognized field "${issue.keys[0]}" (class ${java}), not marked as ignorable`;
  }
  if (issue.code === 'invalid_format' && issue.format === 'uuid')
    return `Cannot deserialize value of type \`java.util.UUID\` from String ${read}: UUID has to be represented by standard 36-char representation`;
  if (issue.code === 'invalid_value' && where === 'restart_policy')
    return `Cannot deserialize value of type \`com.netflix.maestro.models.api.RestartPolicy\` from String ${read}: not one of the values accepted for Enum class: [${[...RestartPolicy.options].sort().join(', ')}]`;
  return `${where || 'body'}: ${issue.message}`;
}

const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
