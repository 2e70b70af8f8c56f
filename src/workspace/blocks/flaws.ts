import type { z } from 'zod';
import { isObject, type JsonObject } from '../wire';

export interface Flaw {
  /** JSON pointer to the place. */
  pointer: string;
  code: string;
  message: string;
  constraint?: JsonObject;
}

const pointerTo = (base: string, path: PropertyKey[]): string =>
  [base, ...path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');

function valueAt(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isObject(value) ? value[String(key)] : undefined;
  }, root);
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

/** One complaint of the schema, in the manner of Slack's own messages. */
export function flawsOf(issues: z.core.$ZodIssue[], value: unknown, base: string): Flaw[] {
  return issues.flatMap((issue): Flaw[] => {
    const pointer = pointerTo(base, issue.path);
    switch (issue.code) {
      case 'too_big': {
        const max = Number(issue.maximum);
        const message =
          issue.origin === 'string'
            ? `must be less than ${plural(max + 1, 'character')}`
            : issue.origin === 'array'
              ? `no more than ${plural(max, 'item')} allowed`
              : `must be at most ${max}`;
        return [{ pointer, code: 'too_long', message, constraint: { type: 'max', expected: [String(max)] } }];
      }
      case 'too_small': {
        const min = Number(issue.minimum);
        const message =
          issue.origin === 'string'
            ? `must be more than ${plural(min - 1, 'character')}`
            : issue.origin === 'array'
              ? `no fewer than ${plural(min, 'item')} allowed`
              : `must be at least ${min}`;
        return [{ pointer, code: 'too_short', message, constraint: { type: 'min', expected: [String(min)] } }];
      }
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          pointer,
          code: 'additional_property',
          message: `invalid additional property: ${key}`,
        }));
      case 'invalid_type': {
        const last = issue.path.at(-1);
        if (valueAt(value, issue.path) === undefined && last !== undefined)
          return [
            {
              pointer: pointerTo(base, issue.path.slice(0, -1)),
              code: 'missing_field',
              message: `missing required field: ${String(last)}`,
            },
          ];
        return [
          {
            pointer,
            code: 'invalid_type',
            message: `must be ${issue.expected === 'object' || issue.expected === 'array' ? 'an' : 'a'} ${issue.expected}`,
            constraint: { type: 'type', expected: [issue.expected] },
          },
        ];
      }
      case 'invalid_value': {
        const expected = issue.values.map(String);
        return [
          {
            pointer,
            code: 'invalid_value',
            message: `must be one of: ${expected.join(', ')}`,
            constraint: { type: 'enum', expected, got: String(valueAt(value, issue.path)) },
          },
        ];
      }
      case 'invalid_union': {
        const here = valueAt(value, issue.path);
        if (issue.path.at(-1) === 'type' && here === undefined)
          return [
            {
              pointer: pointerTo(base, issue.path.slice(0, -1)),
              code: 'missing_field',
              message: 'missing required field: type',
            },
          ];
        return [{ pointer, code: 'unsupported_type', message: `unsupported type: ${String(here)}` }];
      }
      default:
        return [{ pointer, code: issue.code, message: issue.message }];
    }
  });
}
