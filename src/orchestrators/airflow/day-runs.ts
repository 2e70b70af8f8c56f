import { orGone } from '../gone';
import type { Call, Receipt } from '../orchestrator';
import { byOffset } from '../paging';
import type { ChangeDeps } from './change-deps';
import { backfillPrefix } from './days';
import type { DagRun } from './schema';
import { isTaken, noteOf } from './start';
import { isGoing } from './status';

/** One run for one partition, for Airflow 2: cleared where there is one, else triggered with the logical date of its schedule. */
export function createDayRuns({ api, runs, days, refusals, marks }: ChangeDeps) {
  const idOf = (partition: string, { idempotencyKey }: Call) => `${backfillPrefix}${partition}__${idempotencyKey}`;

  /** The run whose logical date is in this partition; of several the one that began last. */
  async function runFor(dag: string, partition: string): Promise<DagRun | undefined> {
    const span = days.spanOf(partition);
    if (!span) return undefined;
    const wish = { logicalFrom: span.from, logicalUntil: span.until };
    let newest: DagRun | undefined;
    for await (const run of byOffset((offset, limit) => api.runs(dag, wish, offset, limit))) {
      const isLater = (run.start_date?.getTime() ?? Number.POSITIVE_INFINITY) >= (newest?.start_date?.getTime() ?? 0);
      if ((await days.of(run)) === days.canonical(partition) && isLater) newest = run;
    }
    return newest;
  }

  async function find(dag: string, partition: string, call: Call): Promise<Receipt | undefined> {
    const own = await orGone(api.run(dag, idOf(partition, call)));
    if (own) return { run: runs.refOf(own), duplicate: true };
    const existing = await runFor(dag, partition);
    return existing && marks.madeBegin(existing, call);
  }

  async function runAgain(run: DagRun, call: Call): Promise<Receipt> {
    if (isGoing(run.state))
      throw refusals.notYet(`Run ${run.dag_run_id} of this day is going. It is looked at again when that has ended.`);
    await marks.write(run, call);
    await api.clear(run.dag_id, { run: run.dag_run_id, onlyFailed: false, isDry: false }, call.signal);
    return { run: runs.refOf(run), note: 'cleared' };
  }

  return {
    find,
    async make(dag: string, partition: string, conf: Record<string, unknown>, call: Call): Promise<Receipt> {
      const earlier = await find(dag, partition, call);
      if (earlier) return earlier;
      const existing = await runFor(dag, partition);
      if (existing) return runAgain(existing, call);
      const logicalDate = days.logicalDateOf(partition, await days.scheduleIn(dag));
      const run = { id: idOf(partition, call), logicalDate, conf, note: noteOf(call) };
      try {
        return { run: runs.refOf(await api.trigger(dag, run, call.signal)) };
      } catch (error) {
        if (!isTaken(error)) throw error;
        const found = await find(dag, partition, call);
        if (found) return found;
        throw refusals.notYet(`Another run has the logical date of ${partition}. It is looked at again.`);
      }
    },
  };
}
