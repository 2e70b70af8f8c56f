import type { z } from 'zod';
import type { Engine } from '../engine';
import { pageOf, pageQueryOf } from '../paging';
import { badRequest, notFound, refusalOfBody } from '../refusal';
import type { Call } from '../router';
import { type Attempt, type Instance, latestAttempt, type Run, type StepRun } from '../run-state';
import type { JsonObject } from '../wire';

/** What the routes read from a call, and what they find by it. */

export const base = '/api/v3/workflows';

export const slot = (call: Call, name: string) => call.slots[name] ?? '';
export const numberIn = (call: Call, name: string) => Number(slot(call, name));
export const flag = (call: Call, name: string, otherwise: boolean) => {
  const text = call.query.get(name);
  return text === null || text === '' ? otherwise : text.toLowerCase() === 'true';
};

export const instanceIn = (engine: Engine, call: Call): Instance =>
  engine.instance(slot(call, 'workflowId'), numberIn(call, 'instanceId'));

export function runIn(engine: Engine, call: Call, text: string): Run {
  const workflowId = slot(call, 'workflowId');
  const instance = engine.instanceAt(workflowId, numberIn(call, 'instanceId'));
  if (text !== 'latest' && !/^\d+$/.test(text)) throw badRequest(`For input string: "${text}"`);
  const run =
    text === 'latest' ? instance?.runs.at(-1) : instance?.runs.find((candidate) => candidate.id === Number(text));
  if (!run) {
    throw notFound(
      `workflow instance [${workflowId}][${slot(call, 'instanceId')}][${text === 'latest' ? 0 : text}] not found (either not created or deleted)`,
    );
  }
  return run;
}

export interface Place {
  run: Run;
  step: StepRun;
  attempt: Attempt;
}
export const createdSteps = (run: Run): Place[] =>
  [...run.steps.values()].flatMap((step) => {
    const attempt = latestAttempt(step);
    return attempt ? [{ run, step, attempt }] : [];
  });
/** Newest attempt of each step over all runs. */
export function newestSteps(instance: Instance): Place[] {
  const newest = new Map<string, Place>();
  for (const run of instance.runs) for (const place of createdSteps(run)) newest.set(place.step.body.id, place);
  return [...newest.values()];
}
export const noSteps = (call: Call) =>
  notFound(
    `Step instances of workflow instance [${slot(call, 'workflowId')}][${slot(call, 'instanceId')}][${slot(call, 'runId')}] not found (either empty, not created, or deleted)`,
  );
export const noStepView = (call: Call) =>
  notFound(
    `step instance view for [${slot(call, 'workflowId')}][${slot(call, 'instanceId')}][${slot(call, 'stepId')}] not found (either not created or deleted)`,
  );
export const noStep = (call: Call, run: string | number, attempt: string) =>
  notFound(
    `workflow instance [${slot(call, 'workflowId')}][${slot(call, 'instanceId')}][${run}]'s step instance [${slot(call, 'stepId')}][${attempt}] not found (either not created or deleted)`,
  );

export const page = (call: Call, ids: number[], render: (id: number) => JsonObject) => ({
  body: pageOf(pageQueryOf(call.query), ids, render),
});

/** A body by its schema, or Maestro's 400. */
export function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  if (body === undefined) throw badRequest('Required request body is missing');
  const parsed = schema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw refusalOfBody(schema, parsed.error);
  return parsed.data;
}
