import type { TaskRun } from './schema';

/** The code of the flow itself, outside its tasks. No function can be named so. */
export const flowStep = '(flow)';
/** So much of its dynamic key ends the name that Prefect gives a task run. */
const keyLetters = 3;

/** Task runs of one attempt under names that people know: the task's, with a number where there are several. */
export interface NamedTaskRun {
  step: string;
  taskRun: TaskRun;
}

/**
 * Prefect makes new task runs for each attempt, and names them with letters that mean nothing: `load-ae8`. Left out of the name,
 * and counted in the order in which they were to begin, they have the same names in each attempt.
 *
 * @param attempt  left out = the newest
 */
export function nameSteps(taskRuns: readonly TaskRun[], attempt?: number): NamedTaskRun[] {
  const newest = Math.max(0, ...taskRuns.map((one) => one.flow_run_run_count));
  // What stands for a flow that was called is used again.
  const own = taskRuns.filter((one) => [0, attempt ?? newest].includes(one.flow_run_run_count));
  const sizes = countBy(own.map(nameOf));
  const seen = new Map<string, number>();
  return own.map((taskRun) => {
    const name = nameOf(taskRun);
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    return { step: (sizes.get(name) ?? 0) > 1 ? `${name}[${nth}]` : name, taskRun };
  });
}

export function findStep(named: readonly NamedTaskRun[], step: string): TaskRun | undefined {
  // It was the only one of its name when it was told.
  return (named.find((one) => one.step === step) ?? named.find((one) => one.step === `${step}[0]`))?.taskRun;
}

function nameOf({ name, dynamic_key }: TaskRun): string {
  const ending = `-${dynamic_key.slice(0, keyLetters)}`;
  return name.endsWith(ending) && name.length > ending.length ? name.slice(0, -ending.length) : name;
}

function countBy(names: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
