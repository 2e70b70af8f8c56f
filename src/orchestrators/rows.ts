import { randomInt } from 'node:crypto';
import { z } from 'zod';

/** What stands in a row in place of what cannot be read, as the product would write it. */
export interface StandIn {
  /** Keys without which it is not known which run it is: then all of the row is replaced. `n`: a number that no other row has. */
  identity(n: number): Record<string, unknown>;
  /** The rest that a row must have: a status that the product does not know, and what else is never left out. */
  rest: Record<string, unknown>;
}

/**
 * A list in which a row may be off in a part: what of it can be read counts, the rest is as if it were not said, and a status that
 * cannot be read is an unknown word. One faulty row keeps nobody from the others; where none is as it should be, it is no such list.
 */
export function rowsOf<Row extends z.ZodType>(row: Row, standIn: StandIn): z.ZodType<z.output<Row>[]> {
  function readOff(value: unknown, issues: readonly z.core.$ZodIssue[]) {
    const said = z.record(z.string(), z.unknown()).catch({}).parse(value);
    const broken = issues.map(({ path }) => String(path[0]));
    const identity = standIn.identity(randomInt(1, 2 ** 31));
    const isKnown = broken.every((key) => key !== 'undefined' && !Object.hasOwn(identity, key));
    const kept = Object.entries(said).filter(([key]) => !broken.includes(key));
    const salvaged = isKnown ? row.safeParse({ ...standIn.rest, ...Object.fromEntries(kept) }) : undefined;
    return salvaged?.success ? salvaged : row.safeParse({ ...standIn.rest, ...identity });
  }

  return z.array(z.unknown()).transform((values, context) => {
    const strictly = values.map((value) => row.safeParse(value));
    const first = strictly.findIndex(({ success }) => !success);
    if (first < 0) return strictly.flatMap(({ data }) => data as z.output<Row>);
    const rows = strictly.map((read, nth) => (read.success ? read : readOff(values[nth], read.error.issues)));
    if (strictly.some(({ success }) => success) && rows.every(({ success }) => success))
      return rows.map(({ data }) => data as z.output<Row>);
    for (const { path, message } of strictly[first]?.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [first, ...path], message });
    return z.NEVER;
  });
}
