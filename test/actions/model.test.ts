import { Failure } from '../../src/domain/failure';
import type { Target } from '../../src/domain/target';
import { createTestDatabase, type TestDatabase } from '../support/database';
import fc, { times, tries } from '../support/fast-check';
import { allowed, Crashed, crashing, dana, denied, lee, olga, openStage, type Stage } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const pipeline = { connection: 'prod', key: 'orders_daily' };
const needsApproval = { ...allowed, verdict: 'needs-approval' as const, reason: 'This needs a yes from Lee.' };
/** orders_daily feeds report, which feeds board; so does orders_daily itself. */
const chain: Stage['downstream'] = {
  nodes: ['report', 'board'].map((name, nth) => ({
    node: `pipeline:prod/${name}`,
    name,
    kind: 'pipeline',
    depth: nth + 1,
  })),
  edges: [
    ['orders_daily', 'report'],
    ['report', 'board'],
    ['orders_daily', 'board'],
  ].map(([from, to]) => ({ from: `pipeline:prod/${from}`, to: `pipeline:prod/${to}` })),
  total: 2,
};
const target = (run: number): Target => ({ kind: 'run', run: { pipeline, run: String(run), attempt: 1 } });

interface Real {
  stage: Stage;
  plans: string[];
  turn: number;
  /** How the orchestrator meets the next words on a batch. */
  words: (Failure | undefined)[];
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

/** Most of what can go wrong goes wrong here, so these come oftener than the others. */
const working = fc.integer({ min: 1, max: 40 }).map((step) =>
  named(`work, end at step ${step}`, ({ stage }) =>
    crashAt(step, stage, async (worker) => {
      for (const id of await worker.due(20)) await worker.drive(id);
    }),
  ),
);
/** A nudge may come twice, and the second time to another worker, while the first one waits for its answer. */
const overlapping = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 20_000 })).map(([run, ms]) =>
  named(`retry ${run}, and ${ms} ms into the next try another worker`, async (real) => {
    const { stage } = real;
    const { orchestrator, clock } = stage;
    real.turn += 1;
    await stage.ask({ target: target(run), turn: `1.${real.turn}`, incidentId: undefined });
    orchestrator.meanwhile = async () => {
      orchestrator.meanwhile = async () => undefined;
      clock.pass(ms);
      const tried = await database.db.query<{ id: string }>(
        `select action_id as id from actions where settled_at is null and state = 'performing'`,
      );
      for (const { id } of tried) await stage.worker(database.db).drive(id);
    };
    for (const id of await stage.actions.due(20)) await stage.actions.drive(id);
    orchestrator.meanwhile = async () => undefined;
  }),
);
const losing = fc.constantFrom('lost-after' as const, 'lost-before' as const).map((meeting) =>
  named(`next try is ${meeting}`, async ({ stage }) => {
    stage.orchestrator.tries.push(meeting);
  }),
);
/** Long enough for the hold of a process that ended to run out. */
const passing = fc
  .integer({ min: 1, max: 40_000 })
  .map((ms) => named(`pass ${ms} ms`, async ({ stage }) => stage.clock.pass(ms)));

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
  fc
    .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }), fc.boolean(), fc.boolean())
    .map(([days, dependents, canary]) =>
      named(`plan a backfill of ${days}${dependents ? ' with dependents' : ''}`, async (real) => {
        const partitions = days.map((day) => `2026-11-0${day}`);
        const answer = await real.stage.actions.plan({
          kind: 'backfill',
          actor: dana,
          aim: { kind: 'partitions', pipeline, partitions, mode: 'all', dependents },
          pace: { canary, parallel: 3, stopAfter: 2 },
          channel: 'C0ORDERS',
        });
        if (answer.outcome === 'planned') real.plans.push(answer.actionId);
      }),
    ),
  fc.nat(5).map((nth) =>
    named(`plan what failed of ${nth} again`, async (real) => {
      const actionId = real.plans[nth % Math.max(1, real.plans.length)];
      if (!actionId) return;
      const [before] = await database.db.query<{ kind: 'retry' | 'backfill' }>(
        'select kind from actions where action_id = $1',
        [actionId],
      );
      const kind = before?.kind ?? 'retry';
      const aim = { kind: 'failed-items', actionId } as const;
      const answer = await real.stage.actions.plan({ kind, actor: dana, aim, channel: 'C0ORDERS' });
      if (answer.outcome === 'planned') real.plans.push(answer.actionId);
    }),
  ),
  fc.constantFrom(allowed, allowed, needsApproval, denied).map((verdict) =>
    named(`the policy says ${verdict.verdict}`, async ({ stage }) => {
      stage.policy.verdict = verdict;
      stage.policy.approvers = [lee.slackId];
    }),
  ),
  fc
    .tuple(
      fc.nat(5),
      fc.constantFrom('approve' as const, 'approve' as const, 'decline' as const, 'withdraw' as const),
      fc.integer({ min: 1, max: 12 }),
    )
    .map(([nth, word, step]) =>
      named(`${word} ${nth}, end at step ${step}, and again`, async ({ stage, plans }) => {
        const actionId = plans[nth % Math.max(1, plans.length)];
        if (!actionId) return;
        const speak = (worker: Stage['actions'], on: typeof database.db) =>
          on.transaction((tx) =>
            word === 'withdraw'
              ? worker.withdraw(tx, { actionId, actor: dana })
              : worker.answer(tx, { actionId, actor: lee, word }),
          );
        await crashAt(step, stage, async (worker, broken) => void (await speak(worker, broken.db)));
        await speak(stage.actions, database.db);
      }),
    ),
  fc.constantFrom('off' as const, 'on' as const).map((to) =>
    named(`all bulk work is switched ${to}`, async ({ stage }) => {
      await database.db.transaction((tx) => stage.actions.switchBulk(tx, { actor: olga, to }));
    }),
  ),
  fc.constantFrom('busy' as const, 'unavailable' as const, 'rejected' as const, 'rate-limited' as const).map((kind) =>
    named(`next try is ${kind}`, async ({ stage }) => {
      stage.orchestrator.tries.push(new Failure(kind, 'prod'));
    }),
  ),
  fc.constantFrom('unavailable' as const, 'rejected' as const, undefined).map((kind) =>
    named(`next word on a batch is ${kind ?? 'taken'}`, async ({ words }) => {
      words.push(kind && new Failure(kind, 'prod'));
    }),
  ),
  fc.boolean().map((isAway) =>
    named(`what became of calls can${isAway ? 'not' : ''} be read`, async ({ stage }) => {
      stage.orchestrator.blind = isAway ? new Failure('unavailable', 'prod') : undefined;
    }),
  ),
  fc.integer({ min: 1, max: 6 }).map((day) =>
    named(`partition ${day} fails`, async ({ stage }) => {
      stage.orchestrator.fates.set(`2026-11-0${day}`, 'failed');
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
  working,
  working,
  working,
  working,
  overlapping,
  passing,
  passing,
  fc.tuple(fc.nat(3), fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const)).map(([nth, word]) =>
    named(`${word} ${nth}`, async ({ stage, plans }) => {
      const actionId = plans[nth % Math.max(1, plans.length)];
      if (actionId) await database.db.transaction((tx) => stage.actions.say(tx, { actionId, actor: dana, word }));
    }),
  ),
  losing,
  losing,
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
  isBatch: boolean;
  itemNo: number | null;
  partOf: string | null;
  needs: number[] | null;
  progress: { total: number; succeeded: number; failed: number; left: number; waiting: number; running: number } | null;
  trail: string[];
}

describe('actions, large and small, with processes that end at any step', () => {
  it(
    'never have two effects, and never lose an outcome',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.boolean(), fc.commands(commands, { maxCommands: 30 }), async (isBatching, steps) => {
          const real: Real = { stage: await openStage(database.db), plans: [], turn: 0, words: [] };
          const { stage } = real;
          stage.downstream = chain;
          const { backfill } = stage.orchestrator.actions;
          if (isBatching && backfill) {
            const hear = async () => {
              const met = real.words.shift();
              if (met) throw met;
            };
            backfill.batch = { pause: hear, resume: hear, cancel: hear };
          }
          await fc.asyncModelRun(() => ({ model: {}, real }), steps);
          // In the end all processes live, the orchestrator answers, and people let go on what has stopped by itself.
          stage.orchestrator.blind = undefined;
          await database.db.transaction((tx) => stage.actions.switchBulk(tx, { actor: olga, to: 'on' }));
          for (let round = 0; round < 8; round += 1) {
            await stage.settle(60);
            for (const actionId of real.plans)
              await database.db.transaction((tx) => stage.actions.say(tx, { actionId, actor: dana, word: 'resume' }));
          }
          stage.clock.pass(3_600_000);
          await stage.settle(60);

          const ended = await database.db.query<Ended>(
            `select action_id as id, state, pace, subject = 'batch' as "isBatch", item_no as "itemNo", part_of as "partOf", needs, progress,
                  array(select what from audit a where a.action_id = actions.action_id order by seq) as trail from actions`,
          );
          const effects = stage.orchestrator.effects;
          expect(new Set(effects).size).toBe(effects.length);
          for (const { id, state, pace, partOf, needs, progress, trail } of ended) {
            expect(['succeeded', 'failed', 'refused', 'cancelled', 'expired']).toContain(state);
            if (pace !== null) {
              if (progress) expect(progress.succeeded + progress.failed + progress.left).toBe(progress.total);
              continue;
            }
            const wasTaken = effects.includes(id);
            if (wasTaken) expect(['succeeded', 'failed']).toContain(state);
            if (state === 'succeeded') expect(wasTaken).toBe(true);
            expect(trail.filter((what) => what === 'accepted')).toHaveLength(wasTaken ? 1 : 0);
            if (wasTaken) expect(trail.indexOf('trying')).toBeLessThan(trail.indexOf('accepted'));
            if (wasTaken) expect(trail.at(-1)).toBe(state);
            // Nothing runs on what was not done.
            const feeders = ended.filter((other) => other.partOf === partOf && needs?.includes(other.itemNo ?? -1));
            if (partOf && wasTaken)
              expect(feeders.map((feeder) => feeder.state)).toEqual(feeders.map(() => 'succeeded'));
          }
          const batches = new Set(ended.filter(({ isBatch }) => isBatch).map(({ id }) => id));
          const facts = await database.db.query<{ count: number }>('select count(*) from inbox');
          expect(facts).toEqual([{ count: effects.filter((id) => !batches.has(id)).length }]);
        }),
        { numRuns: tries(12), ...(times > 1 ? {} : { interruptAfterTimeLimit: 85_000 }) },
      );
    },
    times > 1 ? 3_600_000 : 90_000,
  );
});
