import type { Queryable } from './db';

/** A value in SQL; `bind` puts one of ours in its place: `$1`, `$2`. */
export type Expression = (bind: (value: unknown) => string) => string;

/** Something that is true or not, and cheap where it is not. */
export type Condition = Expression;

export const anyOf =
  (conditions: readonly Condition[]): Condition =>
  (bind) =>
    conditions.map((condition) => `(${condition(bind)})`).join(' or ') || 'false';

/** The values of all of these, by their names; in one statement. */
export async function valuesOf<Name extends string>(
  db: Queryable,
  expressions: Readonly<Record<Name, Expression>>,
): Promise<Partial<Record<Name, unknown>>> {
  const asked = Object.entries<Expression>(expressions);
  if (asked.length === 0) return {};
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const columns = asked.map(([, expression], index) => `(${expression(bind)}) as "${index}"`);
  const [row] = await db.query<Record<string, unknown>>(`select ${columns.join(',\n')}`, values);
  const named = asked.map(([name], index) => [name, row?.[index]]);
  return Object.fromEntries(named);
}

/** Which of the conditions hold, by their names; one statement for all. */
export async function whichHold(
  db: Queryable,
  conditions: readonly { name: string; holds: Condition }[],
): Promise<Set<string>> {
  const asked = conditions.map(({ name, holds }): [string, Condition] => [name, holds]);
  const values = await valuesOf(db, Object.fromEntries(asked));
  return new Set(conditions.flatMap(({ name }) => (values[name] === true ? [name] : [])));
}
