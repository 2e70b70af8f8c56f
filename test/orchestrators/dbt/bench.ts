import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import {
  account,
  type CloudRun,
  type DbtCloud,
  deliveryOf,
  type JobDefinition,
  startDbtCloud,
  token,
  webhookSecret,
} from './server';

const build = '`dbt build`';
export const jobs: JobDefinition[] = [
  { id: 101, name: 'Daily build', commands: ['dbt build'], cron: '0 6 * * *', goes: () => 'well' },
  { id: 102, name: 'Bumpy', commands: ['dbt seed', 'dbt build'], goes: (nth) => (nth === 1 ? 'wrong' : 'well') },
  { id: 103, name: 'Patient', commands: ['dbt build'], goes: () => 'wait' },
];

export const settingsAt = (url: string) => ({
  url,
  account: Number(account),
  token,
  webhookSecret,
  poll: { everySeconds: 30 },
});

export async function openBench(): Promise<Bench & { server: DbtCloud }> {
  const server = await startDbtCloud(jobs);
  const pushed: Delivery[] = [];
  server.changes.on('run', (run: CloudRun) => {
    if (run.status === 3) pushed.push(deliveryOf(run, 'job.run.started'));
    else pushed.push(deliveryOf(run, 'job.run.completed'));
    if (run.status === 20) pushed.push(deliveryOf(run, 'job.run.errored'));
  });
  const ref = (key: string) => ({ connection: 'works', key });
  const refOf = (run: CloudRun): RunRef => ({ pipeline: ref(String(run.job.id)), run: String(run.id) });
  const runOf = ({ run }: RunRef): CloudRun => {
    const found = server.runs.find(({ id }) => String(id) === run);
    if (!found) throw new Error(`no run ${run}`);
    return found;
  };
  const retriesOf = (run: RunRef) => server.runs.filter(({ retrying }) => String(retrying) === run.run).length;
  const letGo = (run: RunRef) => {
    if (runOf(run).status === 3) server.settle(runOf(run), 10);
  };
  const since = (job: number) => {
    const before = server.runs.filter((run) => run.job.id === job).length;
    return async () => server.runs.filter((run) => run.job.id === job).length - before;
  };

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = refOf(server.make(102));
      return {
        target: { kind: 'run', run },
        effects: async () => retriesOf(run),
        illegal: { target: { kind: 'run', run: refOf(server.make(101)) }, because: /has succeeded/ },
        namesNobody: true,
      };
    },
    stop: async () => {
      const run = refOf(server.make(103));
      return {
        target: { kind: 'run', run },
        effects: async () => (runOf(run).status === 30 ? 1 : 0),
        illegal: { target: { kind: 'run', run: refOf(server.make(101)) }, because: /has ended already/ },
        finish: () => letGo(run),
        namesNobody: true,
      };
    },
    start: async () => ({
      target: { kind: 'pipeline', pipeline: ref('101') },
      effects: since(101),
      illegal: {
        target: { kind: 'pipeline', pipeline: ref('101'), parameters: { day: '2026-01-01' } },
        because: /takes no parameters .* Change its commands/,
      },
    }),
  };

  return {
    server,
    aims,
    settings: settingsAt(server.url),
    settingsAt,
    succeeded: async () => refOf(server.make(101)),
    failed: async () => ({
      run: refOf(server.make(102)),
      step: `Invoke dbt with ${build}`,
      error: /Database Error in model orders[\s\S]*column "total" does not exist/,
    }),
    running: async () => {
      const run = refOf(server.make(103));
      return { run, finish: () => letGo(run) };
    },
    missing: { pipeline: ref('101'), run: '1' },
    pushed: () => pushed,
    loseNextAnswer: () => server.loseAnswer(/^POST /),
    attempts: async (run) => 1 + retriesOf(run),
    retriesNameNobody: true,
    lastCaller: () => /^(\S+) asked/.exec(server.lastCause() ?? '')?.[1],
    close: server.close,
  };
}
