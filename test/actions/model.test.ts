import fc from 'fast-check';
import type { Target } from '../../src/domain/target';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { Crashed, crashing, dana, openStage, type Stage } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const pipeline = { connection: 'prod', key: 'orders_daily' };
const target = (run: number): Target => ({ kind: 'run', run: { pipeline, run: String(run), attempt: 1 } });

interface Real {
  stage: Stage;
  plans: string[];
  turn: number;
}
/** What is asked for is in the database; nothing else is known beforehand. */
type Model = Record<string, never>;
type Command = fc.AsyncCommand<Model, Real>;

const always = { check: () => true };
const named = (name: string, run: (real: Real) => Promise<void>): Command => ({
  ...always,
  run: (_model, real) => run(real),
  toString: () => name,
});

/** Whatever a process was doing: it ends at one of its statements, commits or calls. What it had committed stands. */
async function crashAt(
  step: number,
  stage: Stage,
  work: (worker: Stage['actions'], broken: ReturnType<typeof crashing>) => Promise<void>,
) {
  const broken = crashing(database.db, step);
  stage.orchestrator.crash = broken.step;
  try {
    await work(stage.worker(broken.db), broken);
  } catch (error) {
    if (!(error instanceof Crashed)) throw error;
  } finally {
    stage.orchestrator.crash = () => undefined;
  }
}

const commands = [
  fc.integer({ min: 1, max: 4 }).map((run) =>
    named(`retry ${run}`, async (real) => {
      real.turn += 1;
      await real.stage.ask({ target: target(run), turn: `1.${real.turn}`, incidentId: undefined });
    }),
  ),
  fc
    .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 }), fc.boolean())
    .map(([runs, canary]) =>
      named(`plan ${runs}`, async (real) => {
        const answer = await real.stage.actions.plan({
          kind: 'retry',
          actor: dana,
          aim: { kind: 'targets', targets: runs.map((run) => ({ target: target(run) })) },
          pace: { canary, parallel: 2, stopAfter: 2 },
          channel: 'C0ORDERS',
        });
        if (answer.outcome === 'planned') real.plans.push(answer.actionId);
      }),
    ),
  fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 12 })).map(([nth, step]) =>
    named(`confirm plan ${nth}, end at step ${step}, confirm again`, async ({ stage, plans }) => {
      const actionId = plans[nth % Math.max(1, plans.length)];
      if (!actionId) return;
      await crashAt(step, stage, async (worker, broken) => {
        await broken.db.transaction((tx) => worker.confirm(tx, { actionId, actor: dana }));
      });
      await database.db.transaction((tx) => stage.actions.confirm(tx, { actionId, actor: dana }));
    }),
  ),
  fc.integer({ min: 1, max: 40 }).map((step) =>
    named(`work, end at step ${step}`, ({ stage }) =>
      crashAt(step, stage, async (worker) => {
        for (const id of await worker.due(20)) await worker.drive(id);
      }),
    ),
  ),
  fc.integer({ min: 1, max: 40_000 }).map((ms) => named(`pass ${ms} ms`, async ({ stage }) => stage.clock.pass(ms))),
  fc.tuple(fc.nat(3), fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const)).map(([nth, word]) =>
    named(`${word} ${nth}`, async ({ stage, plans }) => {
      const actionId = plans[nth % Math.max(1, plans.length)];
      if (actionId) await database.db.transaction((tx) => stage.actions.say(tx, { actionId, actor: dana, word }));
    }),
  ),
  fc.constantFrom('lost-after' as const, 'lost-before' as const).map((meeting) =>
    named(`next try is ${meeting}`, async ({ stage }) => {
      stage.orchestrator.tries.push(meeting);
    }),
  ),
  fc.integer({ min: 1, max: 6 }).map((run) =>
    named(`run ${run} fails`, async ({ stage }) => {
      stage.orchestrator.fates.set(String(run), 'failed');
    }),
  ),
];

interface Ended {
  id: string;
  state: string;
  pace: unknown;
  progress: { total: number; succeeded: number; failed: number; left: number; waiting: number; running: number } | null;
  trail: string[];
}

describe('actions, large and small, with processes that end at any step', () => {
  it('never have two effects, and never lose an outcome', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), async (steps) => {
        const real: Real = { stage: await openStage(database.db), plans: [], turn: 0 };
        await fc.asyncModelRun(() => ({ model: {}, real }), steps);
        const { stage } = real;
        // In the end all processes live, and people let go on what has stopped by itself.
        for (let round = 0; round < 6; round += 1) {
          await stage.settle(60);
          for (const actionId of real.plans)
            await database.db.transaction((tx) => stage.actions.say(tx, { actionId, actor: dana, word: 'resume' }));
        }
        stage.clock.pass(3_600_000);
        await stage.settle(60);

        const ended = await database.db.query<Ended>(
          `select action_id as id, state, pace, progress,
                  array(select what from audit a where a.action_id = actions.action_id order by seq) as trail from actions`,
        );
        const effects = stage.orchestrator.effects;
        expect(new Set(effects).size).toBe(effects.length);
        for (const { id, state, pace, progress, trail } of ended) {
          expect(['succeeded', 'failed', 'cancelled', 'expired']).toContain(state);
          if (pace !== null) {
            if (progress) expect(progress.succeeded + progress.failed + progress.left).toBe(progress.total);
            continue;
          }
          const wasTaken = effects.includes(id);
          expect(wasTaken).toBe(state === 'succeeded' || state === 'failed');
          expect(trail.filter((what) => what === 'accepted')).toHaveLength(wasTaken ? 1 : 0);
          if (wasTaken) expect(trail.indexOf('trying')).toBeLessThan(trail.indexOf('accepted'));
          if (wasTaken) expect(trail.at(-1)).toBe(state);
        }
        const facts = await database.db.query<{ count: number }>('select count(*) from inbox');
        expect(facts).toEqual([{ count: effects.length }]);
      }),
      { numRuns: Number(process.env.PITCREW_MODEL_RUNS ?? 12), interruptAfterTimeLimit: 85_000 },
    );
  }, 90_000);
});
