import type { RunRef } from '../../domain/run';
import type { Call, Receipt } from '../orchestrator';
import type { Refusals } from '../refusals';
import { clockSlackMs } from '../since';
import type { Api } from './api';
import type { RunId } from './run-id';
import type { Instance, Started } from './schema';

/** Runs of an instance that are searched for a call of ours. */
const runsSearched = 50;
const instancesPerPage = 100;
/** Instances of a workflow that are searched for a call of ours, newest first, as far as they may be from its time. */
const instancesSearched = 2_000;

export interface OwnRunDeps {
  api: Api;
  connection: string;
  refusals: Refusals;
}

/** Runs that calls of ours brought about: a run carries the request id of the call that made it. */
export function createOwnRuns({ api, connection, refusals }: OwnRunDeps) {
  const refOf = (workflow: string, instance: number, attempt?: number): RunRef => ({
    pipeline: { connection, key: workflow },
    run: String(instance),
    attempt,
  });

  const isOf =
    ({ idempotencyKey }: Call) =>
    (instance: Instance): boolean =>
      instance.workflow_uuid?.toLowerCase() === idempotencyKey.toLowerCase();

  const receiptFor = (instance: Instance): Receipt => ({
    run: refOf(instance.workflow_id, instance.workflow_instance_id, instance.workflow_run_id),
    duplicate: true,
  });

  /** Of a restart: among the runs of the instance, and of those above it, through which a run that they started is restarted. */
  async function ofInstance(id: Pick<RunId, 'workflow' | 'instance'>, call: Call): Promise<Receipt | undefined> {
    const { elements } = await api.runs(id.workflow, id.instance, runsSearched);
    const own = elements.find(isOf(call));
    if (own) return receiptFor(own);
    for (const parent of [...(elements[0]?.initiator?.ancestors ?? [])].reverse()) {
      const found = (await api.runs(parent.workflow_id, parent.instance_id, runsSearched)).elements.find(isOf(call));
      if (found) return receiptFor(found);
    }
    return undefined;
  }

  /** Of a start: among the instances made since the call was first tried. One that was restarted since is found by its first run. */
  async function ofWorkflow(workflow: string, call: Call): Promise<Receipt | undefined> {
    const earliest = call.since.getTime() - clockSlackMs;
    let cursor: string | undefined;
    for (let seen = 0; seen < instancesSearched; seen += instancesPerPage) {
      const page = await api.instances(workflow, instancesPerPage, cursor);
      const newestFirst = [...page.elements].sort((a, b) => b.workflow_instance_id - a.workflow_instance_id);
      for (const instance of newestFirst) {
        if (isOf(call)(instance)) return receiptFor(instance);
        if (instance.workflow_run_id > 1) {
          const first = await api.run(workflow, instance.workflow_instance_id, 1);
          if (isOf(call)(first)) return { ...receiptFor(first), run: refOf(workflow, first.workflow_instance_id) };
        }
      }
      const oldest = newestFirst.at(-1)?.create_time;
      cursor = page.page_info.has_next_page ? (page.page_info.end_cursor ?? undefined) : undefined;
      if (!cursor || (oldest && oldest.getTime() < earliest)) return undefined;
    }
    return undefined;
  }

  /**
   * What the answer to a start or a restart comes to.
   *
   * @param find      looks for the run of a call that the server had already
   * @param otherwise the run to follow where the answer names none
   */
  async function receiptOf(
    answer: Started,
    find: () => Promise<Receipt | undefined>,
    otherwise?: RunRef,
  ): Promise<Receipt> {
    const note = answer.timeline_event?.message ?? undefined;
    switch (answer.status) {
      case 'DUPLICATED': {
        const own = (await find()) ?? (otherwise && { run: otherwise, note, duplicate: true });
        if (own) return own;
        throw refusals.unsure('It has this request already, but its run cannot be found.');
      }
      case 'STOPPED':
        throw refusals.no(
          'Its run strategy dropped the run, since another one was going. Ask again when that one has ended.',
        );
      case 'INTERNAL_ERROR':
        throw refusals.unsure(note);
      default: {
        // May be a parent of the run that was asked for, where a parent had started that one.
        const { workflow_id: workflow, workflow_instance_id: instance, workflow_run_id: run } = answer;
        return { run: instance === 0 ? otherwise : refOf(workflow, instance, run || undefined), note };
      }
    }
  }

  return { refOf, isOf, receiptFor, ofInstance, ofWorkflow, receiptOf };
}
export type OwnRuns = ReturnType<typeof createOwnRuns>;
