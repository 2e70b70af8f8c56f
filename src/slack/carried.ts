import type { z } from 'zod';

/** How a value rides along in a message or a dialog, as text, and comes back. */
export interface Carried<T> {
  /** `undefined` when it is longer than Slack takes there. */
  encode(value: T): string | undefined;
  /** Never throws: the text may be from an old release, or not ours at all. */
  decode(text: unknown): { ok: true; value: T } | { ok: false; why: 'missing' | 'garbage' };
}

/** @param max characters */
export function carriedAs<T>(schema: z.ZodType<T>, max: number): Carried<T> {
  return {
    encode(value) {
      const text = JSON.stringify(value);
      return text.length <= max ? text : undefined;
    },
    decode(text) {
      if (typeof text !== 'string' || text === '') return { ok: false, why: 'missing' };
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        return { ok: false, why: 'garbage' };
      }
      const read = schema.safeParse(json);
      return read.success ? { ok: true, value: read.data } : { ok: false, why: 'garbage' };
    },
  };
}
