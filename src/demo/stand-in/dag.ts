import { badRequest, invalid } from './refusal';
import type { Step, StepBody, Workflow } from './wire';

export interface Transition {
  predecessors: string[];
  /** Step id to condition. */
  successors: Record<string, string>;
}
export type Dag = Map<string, Transition>;

export const bodyOf = (step: Step): StepBody => ('step' in step ? step.step : step.subworkflow);

/**
 * The steps to run with their transitions. With `from`, only those steps and what follows them; nothing to start from gives an
 * empty DAG. Throws a 400 for a step that is named twice or missing, and for a cycle.
 */
export function dagOf(workflow: Workflow, from?: string[]): Dag {
  const bodies = new Map<string, StepBody>();
  for (const step of workflow.steps) {
    const body = bodyOf(step);
    if (bodies.has(body.id)) {
      throw badRequest(
        `Invalid definition of workflow [${workflow.id}], where two steps have the same id [${body.id}]`,
      );
    }
    bodies.set(body.id, body);
  }
  const successorsOf = (id: string) => bodies.get(id)?.transition?.successors ?? {};
  for (const [id] of bodies) {
    for (const successor of Object.keys(successorsOf(id))) {
      if (!bodies.has(successor)) {
        throw invalid(
          `workflow.steps [workflow step transition] is invalid for step [${id}]'s successor step id [${successor}], which does not exist in steps`,
        );
      }
    }
  }

  const chosen = new Set(from ?? bodies.keys());
  for (const id of chosen) for (const successor of Object.keys(successorsOf(id))) chosen.add(successor);

  const dag: Dag = new Map();
  for (const id of bodies.keys()) {
    if (!chosen.has(id)) continue;
    const predecessors = [...chosen].filter((other) => id in successorsOf(other));
    dag.set(id, { predecessors, successors: successorsOf(id) });
  }
  refuseCycle(workflow.id, dag);
  return dag;
}

function refuseCycle(workflowId: string, dag: Dag): void {
  const left = new Map([...dag].map(([id, transition]) => [id, new Set(transition.predecessors)]));
  for (;;) {
    const free = [...left].filter(([, waitsFor]) => waitsFor.size === 0).map(([id]) => id);
    if (free.length === 0) break;
    for (const id of free) left.delete(id);
    for (const waitsFor of left.values()) for (const id of free) waitsFor.delete(id);
  }
  if (left.size === 0) return;
  const fault = `Invalid workflow definition [${workflowId}], where DAG contains cycle`;
  throw badRequest(
    `BAD_REQUEST - Exception during dry run validation for workflow ${workflowId} Error=[${fault}] Type=[class java.lang.IllegalArgumentException]`,
    [`IllegalArgumentException: ${fault}`],
  );
}
