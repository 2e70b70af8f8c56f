import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ActionKind } from '../../../src/domain/action';
import type { RunRef } from '../../../src/domain/run';
import type { Delivery } from '../../../src/orchestrators/orchestrator';
import type { Aim, Bench } from '../../contracts/orchestrator';
import { apiKey, type Execution, type Flow, startScheduler } from './scheduler';

/** The connection that docs/generic-http.md shows, for a server at this address. */
export function exampleAt(url: string): Record<string, unknown> {
  const paper = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'generic-http.md'), 'utf8');
  const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(paper) ?? [];
  const { orchestrators } = parse(block) as { orchestrators: Record<string, unknown>[] };
  const { name: _, kind: __, ...keys } = orchestrators[0] ?? {};
  return { ...keys, url, headers: { 'X-Api-Key': apiKey } };
}

const flows: Flow[] = [
  { code: 'smooth', label: 'Smooth', goes: () => 'OK', wakes: ['bumpy', 'table:shop.orders'] },
  { code: 'idle', label: 'Idle', goes: () => 'OK', isAsleep: true },
  { code: 'bumpy', label: 'Bumpy', goes: (nth) => (nth === 1 ? 'KO' : 'OK') },
  { code: 'patient', label: 'Patient', goes: () => 'wait' },
];

export const deliveryOf = (body: unknown): Delivery => ({
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
  receivedAt: new Date(),
});

export async function openBench(): Promise<Bench> {
  const server = await startScheduler(flows);
  const pushed: Delivery[] = [];
  server.onChange((execution) => {
    pushed.push(deliveryOf({ what: 'execution.changed', executions: [server.shown(execution)] }));
  });
  const ref = (key: string) => ({ connection: 'works', key });
  const refOf = (execution: Execution): RunRef => ({ pipeline: ref(execution.flow.code), run: String(execution.no) });
  const executionOf = ({ run }: RunRef): Execution => {
    const found = server.executions.find(({ no }) => String(no) === run);
    if (!found) throw new Error(`no execution ${run}`);
    return found;
  };
  const letGo = (run: RunRef) => {
    if (executionOf(run).word === 'RUN') server.settle(executionOf(run), 'OK');
  };

  let day = 0;
  /** The flow stands the other way round first; `idle` sleeps always, and `bumpy` never does. */
  function pausing(isAsleep: boolean): Aim {
    const flow = flows.find(({ code }) => code === 'patient');
    if (flow) flow.isAsleep = !isAsleep;
    return {
      target: { kind: 'pipeline', pipeline: ref('patient') },
      effects: async () => (flow?.isAsleep === isAsleep ? 1 : 0),
      illegal: {
        target: { kind: 'pipeline', pipeline: ref(isAsleep ? 'idle' : 'bumpy') },
        because: isAsleep ? /is paused already.* Resume it/ : /is not paused/,
      },
    };
  }

  function ending(word: string): Aim {
    const run = refOf(server.make('patient'));
    return {
      target: { kind: 'run', run },
      effects: async () => (executionOf(run).word === word ? 1 : 0),
      illegal: { target: { kind: 'run', run: refOf(server.make('smooth')) }, because: /has ended already/ },
      finish: () => letGo(run),
    };
  }

  const aims: Partial<Record<ActionKind, () => Promise<Aim>>> = {
    retry: async () => {
      const run = refOf(server.make('bumpy'));
      return {
        target: { kind: 'run', run },
        effects: async () => executionOf(run).nth - 1,
        illegal: { target: { kind: 'run', run: refOf(server.make('smooth')) }, because: /has succeeded/ },
      };
    },
    stop: async () => ending('HALTED'),
    kill: async () => ending('AXED'),
    pause: async () => pausing(true),
    resume: async () => pausing(false),
    backfill: async () => {
      const before = server.executions.length;
      day += 1;
      return {
        target: { kind: 'partitions', pipeline: ref('smooth'), partitions: [`2026-03-0${day}`] },
        effects: async () => server.executions.length - before,
        illegal: {
          target: { kind: 'partitions', pipeline: ref('smooth'), partitions: ['2026-03-01', '2026-03-02'] },
          because: /One partition at a time/,
        },
      };
    },
    start: async () => {
      const before = server.executions.length;
      return {
        target: { kind: 'pipeline', pipeline: ref('smooth') },
        effects: async () => server.executions.length - before,
        illegal: {
          target: { kind: 'pipeline', pipeline: ref('smooth'), parameters: { day: '2026-01-01' } },
          because: /Parameters cannot be given/,
        },
      };
    },
  };

  return {
    aims,
    settings: exampleAt(server.url),
    settingsAt: exampleAt,
    succeeded: async () => refOf(server.make('smooth')),
    failed: async () => ({ run: refOf(server.make('bumpy')), step: 'load', error: /3 rows without a customer/ }),
    running: async () => {
      const run = refOf(server.make('patient'));
      return { run, finish: () => letGo(run) };
    },
    missing: { pipeline: ref('smooth'), run: '1' },
    pushed: () => pushed,
    loseNextAnswer: server.loseNextAnswer,
    attempts: async (run) => executionOf(run).nth,
    lastCaller: () => {
      const bodies = server.heard.filter(({ method }) => method !== 'GET').map(({ body }) => body);
      return (JSON.parse(bodies.at(-1) ?? '{}') as { by?: string }).by;
    },
    close: server.close,
  };
}
