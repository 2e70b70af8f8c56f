import { Failure } from '../../src/domain/failure';
import type { Run, RunStatus } from '../../src/domain/run';
import type { Target } from '../../src/domain/target';
import type { Call, Orchestrator, Progress, Receipt } from '../../src/orchestrators/orchestrator';

/**
 * What a try meets. `lost-after`: it takes effect and the answer is lost; `lost-before`: the request itself is. A Failure: nothing
 * was taken, and this is said.
 */
export type Meeting = 'accept' | 'lost-after' | 'lost-before' | Failure;

export interface ScriptedOrchestrator extends Orchestrator {
  /** Next meetings, in order; when used up, every try is accepted. */
  tries: Meeting[];
  /** Next answers about progress, in order; the last one stays. */
  course: (Progress | Failure)[];
  /** What `lookUp` throws instead of looking. */
  blind: Failure | undefined;
  run: Run | Failure;
  /** How runs end, by their id, or by the partition that they are for; the others go by `course`. */
  fates: Map<string, RunStatus>;
  performed: Call[];
  /** Keys of the changes that took effect, one for each time: this product would do the same thing twice. */
  effects: string[];
  /** Called around every call that changes something; what it throws stands for the end of our process there. */
  crash: (point: string) => void;
  /** What goes on elsewhere while a change is on its way to the orchestrator. */
  meanwhile: () => Promise<void>;
}

/** An orchestrator of our own at the other side of the port, which does as it is told. It knows nothing of idempotency keys. */
export function createScriptedOrchestrator(able: { lookUp?: boolean; progress?: boolean } = {}): ScriptedOrchestrator {
  const { lookUp = true, progress = true } = able;
  const receipts = new Map<string, Receipt>();
  const ability = {
    async plan(target: Target) {
      return target.kind === 'run' ? [{ run: target.run, steps: ['load'] }] : [];
    },
    async perform(target: Target, call: Call): Promise<Receipt> {
      fake.performed.push(call);
      const meeting = fake.tries.shift() ?? 'accept';
      await fake.meanwhile();
      if (meeting instanceof Failure) throw meeting;
      fake.crash('before effect');
      if (meeting === 'lost-before') throw new Failure('unsure', 'prod');
      const receipt = receiptOf(target);
      fake.effects.push(call.idempotencyKey);
      receipts.set(call.idempotencyKey, receipt);
      fake.crash('after effect');
      if (meeting === 'lost-after') throw new Failure('unsure', 'prod');
      return receipt;
    },
  };
  const fake: ScriptedOrchestrator = {
    tries: [],
    course: [{ status: 'succeeded', endedAt: new Date('2026-11-25T09:05:00Z') }],
    blind: undefined,
    run: {
      pipeline: { connection: 'prod', key: 'orders_daily' },
      run: '118',
      attempt: 1,
      status: 'failed',
      endedAt: new Date('2026-11-25T08:55:00Z'),
    },
    fates: new Map(),
    performed: [],
    effects: [],
    crash: () => undefined,
    meanwhile: async () => undefined,
    normalise: () => ({ events: [] }),
    check: async () => [],
    actions: {
      retry: ability,
      stop: ability,
      backfill: { perform: ability.perform },
      redeploy: { perform: ability.perform },
    },
    async fetchRun() {
      if (fake.run instanceof Failure) throw fake.run;
      return fake.run;
    },
  };
  if (progress) {
    fake.progress = async ({ run, batch }) => {
      const fate = fake.fates.get(run?.run ?? batch ?? '');
      if (fate) return { status: fate, ...(run ? { run } : {}), endedAt: new Date('2026-11-25T09:05:00Z') };
      const now = (fake.course.length > 1 ? fake.course.shift() : fake.course[0]) ?? { status: 'unknown' };
      if (now instanceof Failure) throw now;
      return now;
    };
  }
  if (lookUp) {
    fake.lookUp = async (call) => {
      if (fake.blind) throw fake.blind;
      return receipts.get(call.idempotencyKey);
    };
  }
  return fake;
}

function receiptOf(target: Target): Receipt {
  switch (target.kind) {
    case 'run':
      return { run: { ...target.run, attempt: (target.run.attempt ?? 1) + 1 } };
    case 'partitions':
      return target.partitions.length === 1
        ? { run: { pipeline: target.pipeline, run: target.partitions[0] ?? '', attempt: 1 } }
        : { batch: 'batch-1' };
    default:
      return {};
  }
}
