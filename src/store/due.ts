import type { Queryable } from './db';

/** Something that is true or not, in SQL, and cheap where it is not. `bind` puts a value in its place: `$1`, `$2`. */
export type Condition = (bind: (value: unknown) => string) => string;

/** Which of the conditions hold, by their names; one statement for all. */
export async function whichHold(
  db: Queryable,
  conditions: readonly { name: string; holds: Condition }[],
): Promise<Set<string>> {
  if (conditions.length === 0) return new Set();
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const columns = conditions.map(({ holds }, index) => `(${holds(bind)}) as "${index}"`);
  const [row] = await db.query<Record<string, boolean>>(`select ${columns.join(',\n')}`, values);
  return new Set(conditions.flatMap(({ name }, index) => (row?.[index] ? [name] : [])));
}
