/** A step of ours is a task; one of a mapped task is named with its index: `load[3]`. */
export interface TaskRef {
  task: string;
  /** -1 = the task is not mapped. */
  mapIndex: number;
}

export function stepOf({ task_id, map_index }: { task_id: string; map_index?: number | null }): string {
  return (map_index ?? -1) < 0 ? task_id : `${task_id}[${map_index}]`;
}

export function taskOf(step: string): TaskRef {
  const [, task, index] = /^(.+)\[(\d{1,9})\]$/.exec(step) ?? [];
  return task === undefined ? { task: step, mapIndex: -1 } : { task, mapIndex: Number(index) };
}
