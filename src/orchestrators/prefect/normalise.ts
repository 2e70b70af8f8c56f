import { z } from 'zod';
import { Failure } from '../../domain/failure';
import { parseJson } from '../answer';
import type { Delivery, Normalised } from '../orchestrator';
import type { Events } from './events';
import { keyOf } from './names';
import type { Partitions } from './partitions';
import { StateChange, ToldRun } from './schema';
import { eventKindOf } from './status';

/** What an automation sends with `{{ {"event": event, "flow_run": flow_run} | tojson }}`, or with the event alone. */
const Delivered = z.union([
  z.object({ event: StateChange, flow_run: ToldRun.nullish() }),
  StateChange.transform((event) => ({ event, flow_run: undefined })),
]);

const runPrefix = 'prefect.flow-run.';

/** One change of state or a list of them. Other kinds of events are no fault, and tell us nothing. */
export function createNormalise(deps: { where: string; events: Events; partitions: Partitions }) {
  const { where, events, partitions } = deps;

  function one(value: unknown): Normalised['events'] {
    const parsed = Delivered.safeParse(value);
    if (!parsed.success)
      throw new Failure('bad-response', where, { detail: 'It is not an event of Prefect.', cause: parsed.error });
    const { event, flow_run: told } = parsed.data;
    const { resource } = event;
    const kind = eventKindOf(resource['prefect.state-type'] ?? '');
    const run = resource['prefect.resource.id']?.startsWith(runPrefix)
      ? resource['prefect.resource.id'].slice(runPrefix.length)
      : undefined;
    const related = (role: string) =>
      event.related.find((other) => other['prefect.resource.role'] === role)?.['prefect.resource.name'] ?? undefined;
    const [flow, deployment] = [related('flow'), related('deployment')];
    if (!kind || !run || !flow) return [];
    // A flow that another flow called is told by that one.
    if (!deployment && event.related.some((other) => other['prefect.resource.role'] === 'task-run')) return [];
    const attempt = Number(resource['prefect.run-count'] ?? 1) || 1;
    return [
      events({
        stateId: event.id,
        key: keyOf(flow, deployment),
        run,
        kind,
        attempt,
        occurredAt: event.occurred,
        // Of later attempts only the first start is told.
        startedAt: kind === 'started' ? event.occurred : attempt === 1 ? told?.start_time : undefined,
        partition: told ? partitions.of(told) : undefined,
        message: resource['prefect.state-message'],
      }),
    ];
  }

  return ({ body }: Delivery): Normalised => {
    const value = parseJson(body);
    if (value === undefined) throw new Failure('bad-response', where, { detail: 'The delivery is not JSON.' });
    return { events: (Array.isArray(value) ? value : [value]).flatMap(one) };
  };
}
