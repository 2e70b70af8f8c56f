/** Pages of Airflow's own, for people. The two Airflows have theirs at different addresses. */
export function createLinks(base: string) {
  const root = base.replace(/\/+$/, '');
  const part = encodeURIComponent;
  return {
    page({ dag, run, task, isNew }: { dag: string; run?: string; task?: string; isNew: boolean }): string {
      if (isNew) {
        const below = run === undefined ? '' : `/runs/${part(run)}${task === undefined ? '' : `/tasks/${part(task)}`}`;
        return `${root}/dags/${part(dag)}${below}`;
      }
      const query = new URLSearchParams({
        ...(run === undefined ? {} : { dag_run_id: run }),
        ...(task === undefined ? {} : { task_id: task, tab: 'logs' }),
      });
      return `${root}/dags/${part(dag)}/grid${query.size > 0 ? `?${query}` : ''}`;
    },
  };
}
export type Links = ReturnType<typeof createLinks>;
