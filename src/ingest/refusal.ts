import { z } from 'zod';

/** Why an event was refused: where in it (JSON pointer) and what is wrong, as the end of a sentence. */
export interface Refusal {
  pointer: string;
  message: string;
}

/** The first thing that is wrong. @param prefix pointer to what was read */
export function refusalOf(error: z.ZodError, prefix = ''): Refusal {
  const [issue] = error.issues;
  const path = issue?.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') ?? '';
  return { pointer: `${prefix}${path}`, message: issue?.message ?? 'is malformed' };
}

/** Longer names would not fit the keys of our tables: 800 bytes each, so that three of them fit one index entry of 2,704. */
const longestNameBytes = 800;
const longestName = 500;

/** What zod's own sentences say, as the end of "/data/run …". */
const wrong =
  (expected: string) =>
  (issue: { input?: unknown }): string =>
    issue.input === undefined || issue.input === null ? 'is missing' : `must be ${expected}`;

export const text = z.string({ error: wrong('text') });
export const object = <T extends z.ZodRawShape>(shape: T) => z.object(shape, { error: wrong('an object') });

export const name = text
  .trim()
  .min(1, 'is empty')
  .max(longestName, `is longer than ${longestName} characters`)
  .refine((value) => Buffer.byteLength(value) <= longestNameBytes, `is longer than ${longestNameBytes} bytes`);

/** Numbers are common as ids of runs; text is what we keep. */
export const id = z
  .union([z.string(), z.number().int()], { error: wrong('text or a whole number') })
  .transform(String)
  .pipe(name);

const sayTime = 'must be a time such as 2026-11-25T06:00:00Z';
export const time = (options: { local?: boolean } = {}) =>
  text.pipe(z.iso.datetime({ offset: true, error: sayTime, ...options }));
export const instant = time().transform((value) => new Date(value));

export const link = text
  .max(3_000, 'is longer than 3000 characters')
  .pipe(z.url({ protocol: /^https?$/, error: 'must be an http or https address' }));

export const count = (least: number) => {
  const expected = `must be a whole number from ${least}`;
  return z.coerce.number({ error: expected }).int(expected).min(least, expected);
};

export const flag = z.boolean({ error: 'must be true or false' });

export const list = <T extends z.ZodType>(of: T, most: number) =>
  z.array(of, { error: wrong('a list') }).max(most, `has more than ${most} entries`);

/** An object of what must be there and what may be: of the latter left out, null and blank are the same, for templates leave blanks. */
export function objectWith<N extends z.ZodRawShape, M extends z.ZodRawShape>(needed: N, maybe: M) {
  const names = Object.keys(maybe);
  return z.preprocess(
    (value) => withoutBlanks(value, names),
    object({ ...needed, ...z.object(maybe).partial().shape }),
  );
}

function withoutBlanks(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const given: Record<string, unknown> = { ...value };
  for (const name of names) if (isBlank(given[name])) delete given[name];
  return given;
}

const isBlank = (value: unknown): boolean => value === null || (typeof value === 'string' && value.trim() === '');
