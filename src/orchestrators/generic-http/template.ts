import { z } from 'zod';
import { Failure } from '../../domain/failure';

/** What the configuration can put into an address or a body. */
export type Values = Record<string, string | number | Record<string, unknown> | undefined>;

const placeholder = /\{(\w+)\}/g;

function strays(text: string, known: readonly string[]): string[] {
  return [...text.matchAll(placeholder)].flatMap(([, name = '']) => (known.includes(name) ? [] : [name]));
}

/** A path below `url`, with `{names}` that stand for values. */
export const PathTemplate = (known: readonly string[]) =>
  z
    .string()
    .trim()
    .startsWith('/', 'must begin with a slash: it is a path below `url`')
    .superRefine((text, context) => {
      for (const name of strays(text, known))
        context.addIssue({
          code: 'custom',
          message: `names {${name}}; known here: ${known.map((one) => `{${one}}`).join(' ')}`,
        });
    });

/** What is sent: JSON whose texts may hold `{names}`. */
export const BodyTemplate = (known: readonly string[]) =>
  z.json().superRefine((body, context) => {
    for (const name of strays(JSON.stringify(body), known))
      context.addIssue({
        code: 'custom',
        message: `names {${name}}; known here: ${known.map((one) => `{${one}}`).join(' ')}`,
      });
  });

/** @throws Failure `not-found` for a value that would turn the path into another one */
export function fillPath(where: string, template: string, values: Values): string {
  return template.replace(placeholder, (_, name: string) => {
    const value = String(values[name] ?? '');
    if (value === '.' || value === '..') throw new Failure('not-found', where, { detail: `"${value}" is not an id.` });
    return encodeURIComponent(value);
  });
}

/** A text that is one name alone becomes the value itself, of whatever kind. */
export function fillBody(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const [, only] = /^\{(\w+)\}$/.exec(template) ?? [];
    if (only !== undefined) return values[only];
    return template.replace(placeholder, (_, name: string) => String(values[name] ?? ''));
  }
  if (Array.isArray(template)) return template.map((each) => fillBody(each, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, each]) => [key, fillBody(each, values)]));
}
