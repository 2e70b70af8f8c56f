import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Fault } from '../lib/configuration-fault';
import type { YamlFile } from './yaml-file';

/** What a schema found, in words for whoever wrote the file. Never quotes a value. */
export function faultsOf(
  issues: readonly z.core.$ZodIssue[],
  at: { file: Pick<YamlFile, 'placeOf' | 'placeOfKey'>; value: unknown; schema?: z.ZodType; path?: PropertyKey[] },
): Fault[] {
  const base = at.path ?? [];
  return issues.flatMap((issue): Fault[] => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const known = at.schema ? keysAt(at.schema, issue.path) : [];
      return issue.keys.map((key) => ({ where: at.file.placeOfKey([...path, key]), say: sayUnknown(key, known) }));
    }
    return [
      { where: at.file.placeOf(path), say: `${sayIssue(issue, valueAt(at.value, issue.path))}${sayNear(issue)}` },
    ];
  });
}

function sayUnknown(key: string, known: string[]): string {
  const near = nearest(key, known);
  if (near) return `unknown key \`${key}\`, did you mean \`${near}\`?`;
  return known.length > 0 ? `unknown key \`${key}\`; known here: ${known.join(', ')}` : `unknown key \`${key}\``;
}

/** A name that nothing bears may be a slip of the pen. */
function sayNear(issue: z.core.$ZodIssue): string {
  const slip = issue.code === 'custom' ? Slip.safeParse(issue.params).data : undefined;
  const near = slip && nearest(slip.word, slip.known);
  return near === undefined ? '' : `; did you mean \`${near}\`?`;
}

const Slip = z.object({ word: z.string(), known: z.array(z.string()) });

/** The known word that is at most a third of its letters away, or undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const byDistance = known
    .map((candidate) => ({ candidate, steps: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const best = byDistance[0];
  return best && best.steps <= Math.max(1, Math.floor(Math.max(word.length, best.candidate.length) / 3))
    ? best.candidate
    : undefined;
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

function sayIssue(issue: z.core.$ZodIssue, found: unknown): string {
  if (!issue.message.startsWith('Invalid') && !issue.message.startsWith('Too')) return issue.message;
  if (issue.code === 'invalid_type') {
    const wanted = kinds[issue.expected] ?? issue.expected;
    if (found === undefined) return `is missing: must be ${wanted}`;
    if (found === null) return `is empty: give it ${wanted}, or leave the key out`;
    return `must be ${wanted}${issue.expected === 'string' && typeof found !== 'object' ? ': put it in quotes' : ''}`;
  }
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}${issue.origin === 'array' ? ' long' : ''}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'has a key that cannot be one';
  return issue.message;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((found: unknown, step) => {
    if (typeof found !== 'object' || found === null) return undefined;
    return Object.entries(found).find(([key]) => key === String(step))?.[1];
  }, value);
}

/** The keys that a schema knows at a path; none where it is no object. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrap(schema);
  const [step, ...rest] = path;
  if (inner instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(inner.shape);
    const next: unknown = inner.shape[String(step)];
    return next instanceof z.core.$ZodType ? keysAt(next, rest) : [];
  }
  if (inner instanceof z.ZodArray && step !== undefined) return keysAt(inner.element, rest);
  if (inner instanceof z.ZodRecord && step !== undefined) return keysAt(inner.valueType, rest);
  return [];
}

/** What is inside defaults and transforms. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
}
