import { z } from 'zod';
import { Failure } from '../domain/failure';
import type { EventKind } from '../domain/pipeline-event';
import { parseJson } from './answer';
import type { Delivery, Normalised } from './orchestrator';

const Delivered = z.object({ specversion: z.literal('1.0'), type: z.string().min(1), data: z.unknown() });

/**
 * Reads what our small files beside an orchestrator send: one CloudEvent about a run or a list of them, whose data is theirs.
 * Other kinds of events are no fault, and tell us nothing.
 */
export function toldEvents<Data>(given: {
  where: string;
  kinds: ReadonlyMap<string, EventKind>;
  data: z.ZodType<Data>;
  event(kind: EventKind, data: Data, receivedAt: Date): Normalised['events'][number];
}): (delivery: Delivery) => Normalised {
  const { where, kinds } = given;

  function read<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const place = [prefix, ...(issue?.path ?? [])].filter((part) => part !== '').join('.') || 'the whole';
    throw new Failure('bad-response', where, { detail: `"${place}": ${issue?.message}`, cause: parsed.error });
  }

  return ({ body, receivedAt }) => {
    const value = parseJson(body);
    if (value === undefined) throw new Failure('bad-response', where, { detail: 'The delivery is not JSON.' });
    const list = Array.isArray(value) ? value : [value];
    return {
      events: list.flatMap((entry) => {
        const { type, data } = read(Delivered, entry);
        const kind = kinds.get(type);
        return kind ? [given.event(kind, read(given.data, data, 'data'), receivedAt)] : [];
      }),
    };
  };
}
