import type { PlanAnswer, PlanWish } from '../../src/actions/planner';
import { Failure } from '../../src/domain/failure';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import type { ActionAbility } from '../../src/orchestrators/orchestrator';
import { readActionCard } from '../../src/outbox/action-view';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { dana, openStage, type Stage, stored, trail } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const pipeline = { connection: 'prod', key: 'orders_daily' };
const days = (count: number) =>
  Array.from({ length: count }, (_, nth) => `2026-11-${String(nth + 1).padStart(2, '0')}`);

type PartitionAim = Extract<PlanWish['aim'], { kind: 'partitions' }>;

const wish = (aim: Partial<PartitionAim> = {}, pace: PlanWish['pace'] = {}): PlanWish => ({
  kind: 'backfill',
  actor: dana,
  aim: { kind: 'partitions', pipeline, partitions: days(3), mode: 'all', ...aim } as PartitionAim,
  pace,
  channel: 'C0ORDERS',
});

function planned(answer: PlanAnswer): Extract<PlanAnswer, { outcome: 'planned' }> {
  if (answer.outcome !== 'planned') throw new Error(JSON.stringify(answer));
  return answer;
}

async function begun(stage: Stage, of: PlanWish): Promise<string> {
  const { actionId } = planned(await stage.actions.plan(of));
  await database.db.transaction((tx) => stage.actions.confirm(tx, { actionId, actor: dana }));
  return actionId;
}

const say = (stage: Stage, actionId: string, word: 'pause' | 'resume' | 'cancel') =>
  database.db.transaction((tx) => stage.actions.say(tx, { actionId, actor: dana, word }));

function abilityOf(stage: Stage): ActionAbility {
  const { backfill } = stage.orchestrator.actions;
  if (!backfill) throw new Error('it cannot backfill');
  return backfill;
}

async function items(id: string): Promise<string[]> {
  const rows = await database.db.query<{ pipeline: string; partition: string; state: string; say: string | null }>(
    `select pipeline, target #>> '{partitions,0}' as partition, state, say from actions where part_of = $1 order by item_no`,
    [id],
  );
  return rows.map(({ pipeline: key, partition, state }) => `${key} ${partition} ${state}`);
}

const done = (stage: Stage) =>
  stage.orchestrator.performed.map(({ target }) =>
    target.kind === 'partitions' ? `${target.pipeline.key} ${target.partitions.join(' ')}` : target.kind,
  );

async function notices(): Promise<Record<string, unknown>[]> {
  const rows = await database.db.query<{ notice: Record<string, unknown> }>(
    'select notice from posts where notice is not null order by seq',
  );
  return rows.map(({ notice }) => notice);
}

/** orders_daily feeds report, over a table, and board; report feeds board. */
const chain: Stage['downstream'] = {
  nodes: [
    { node: 'pipeline:prod/board', name: 'board', kind: 'pipeline', depth: 1 },
    { node: 'table:orders', name: 'orders', kind: 'table', depth: 1 },
    { node: 'pipeline:prod/report', name: 'report', kind: 'pipeline', depth: 2 },
  ],
  edges: [
    { from: 'pipeline:prod/orders_daily', to: 'table:orders' },
    { from: 'table:orders', to: 'pipeline:prod/report' },
    { from: 'pipeline:prod/orders_daily', to: 'pipeline:prod/board' },
    { from: 'pipeline:prod/report', to: 'pipeline:prod/board' },
  ],
  total: 3,
};

describe('a backfill with dependents', () => {
  it('does each pipeline after those that feed it', async () => {
    const stage = await openStage(database.db);
    stage.downstream = chain;
    await begun(stage, wish({ partitions: days(1), dependents: true }));
    await stage.settle();
    expect(done(stage)).toEqual(['orders_daily 2026-11-01', 'report 2026-11-01', 'board 2026-11-01']);
  });

  it('leaves out what hangs on a partition that failed, and nothing else', async () => {
    const stage = await openStage(database.db);
    stage.downstream = chain;
    const { perform } = abilityOf(stage);
    abilityOf(stage).perform = (target, call) => {
      if (target.kind === 'partitions' && target.pipeline.key === 'report' && target.partitions[0] === '2026-11-02')
        throw new Failure('rejected', 'prod', { detail: 'No space is left.' });
      return perform(target, call);
    };
    const id = await begun(stage, wish({ partitions: days(2), dependents: true }));
    await stage.settle();
    expect(await items(id)).toEqual([
      'orders_daily 2026-11-01 succeeded',
      'orders_daily 2026-11-02 succeeded',
      'report 2026-11-01 succeeded',
      'report 2026-11-02 failed',
      'board 2026-11-01 succeeded',
      'board 2026-11-02 cancelled',
    ]);
    expect((await notices()).at(-1)).toMatchObject({
      kind: 'bulk-ended',
      succeeded: 4,
      failed: 1,
      left: 1,
      reasons: [{ names: ['report partition 2026-11-02'] }, { say: 'What feeds it was not done.' }],
    });
  });

  it('can be done again for what failed and what hangs on that, in the same order', async () => {
    const stage = await openStage(database.db);
    stage.downstream = chain;
    stage.orchestrator.fates.set('2026-11-01', 'failed');
    const id = await begun(stage, wish({ partitions: days(2), dependents: true }, { canary: false }));
    await stage.settle();
    stage.orchestrator.fates.clear();
    const again = await stage.actions.plan({
      kind: 'backfill',
      actor: dana,
      aim: { kind: 'failed-items', actionId: id },
    });
    expect(planned(again).plan.items).toMatchObject([
      { target: { pipeline: { key: 'orders_daily' }, partitions: ['2026-11-01'] } },
      { target: { pipeline: { key: 'report' } }, wave: 1, needs: [0] },
      { target: { pipeline: { key: 'board' } }, wave: 2, needs: [0, 1] },
    ]);
  });

  it('leaves out at once what hangs on something that cannot be done', async () => {
    const stage = await openStage(database.db);
    stage.downstream = chain;
    abilityOf(stage).plan = async (target) => {
      if (target.kind === 'partitions' && target.pipeline.key === 'report')
        throw new Failure('rejected', 'prod', { detail: 'It is switched off.', isOurs: true });
      return [];
    };
    const { plan } = planned(await stage.actions.plan(wish({ dependents: true })));
    expect(plan.items).toHaveLength(3);
    expect(plan.leftOut).toMatchObject([
      { kind: 'not-able', count: 3, say: 'cannot be done: It is switched off.' },
      { kind: 'upstream', count: 3 },
    ]);
  });

  it('says what is too far off to be done', async () => {
    const stage = await openStage(database.db);
    stage.downstream = { ...chain, total: 240 };
    const { plan } = planned(await stage.actions.plan(wish({ dependents: true })));
    expect(plan.how.join(' ')).toMatch(/237 farther off are not done/);
  });

  it('asks for a part when it would be too many with them', async () => {
    const stage = await openStage(database.db);
    stage.downstream = chain;
    const hours = Array.from({ length: 4_000 }, (_, nth) => new Date(nth * 3_600_000).toISOString().slice(0, 13));
    await expect(stage.actions.plan(wish({ dependents: true, partitions: hours }))).resolves.toMatchObject({
      outcome: 'cannot',
      say: expect.stringMatching(/12000 at once.*in parts/),
    });
  });
});

describe('what the orchestrator says of a backfill', () => {
  it('names the version that all of it runs with, and a refusal is a reason to leave it out', async () => {
    const stage = await openStage(database.db);
    abilityOf(stage).plan = async (target) =>
      target.kind === 'partitions' ? target.partitions.map((partition) => ({ partition, version: '7' })) : [];
    const { plan } = planned(await stage.actions.plan(wish()));
    expect(plan.items.map(({ target }) => target)).toMatchObject([
      { version: '7' },
      { version: '7' },
      { version: '7' },
    ]);
    expect(plan.how.join(' ')).toContain('All of orders_daily with version 7');
    abilityOf(stage).plan = async () => {
      throw new Failure('rejected', 'prod', { detail: '"week 47" is not a day.' });
    };
    await expect(stage.actions.plan(wish({ partitions: ['week 47'] }))).resolves.toMatchObject({
      outcome: 'cannot',
      say: expect.stringMatching(/week 47" is not a day/),
    });
  });

  it('runs what failed again with the version that is in force by then', async () => {
    const stage = await openStage(database.db);
    let version = '7';
    abilityOf(stage).plan = async (target) =>
      target.kind === 'partitions' ? target.partitions.map((partition) => ({ partition, version })) : [];
    for (const day of days(2)) stage.orchestrator.fates.set(day, 'failed');
    const id = await begun(stage, wish({ partitions: days(2) }, { canary: false }));
    await stage.settle();
    version = '8';
    const again = await stage.actions.plan({
      kind: 'backfill',
      actor: dana,
      aim: { kind: 'failed-items', actionId: id },
    });
    expect(planned(again).plan.items).toMatchObject([{ target: { version: '8' } }, { target: { version: '8' } }]);
  });

  it('limits how many go at once, and says why', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [{ status: 'running' }];
    abilityOf(stage).concurrency = async () => ({ atOnce: 1, why: 'It runs one at a time.' });
    const of = wish({}, { canary: false, parallel: 10 });
    expect(planned(await stage.actions.plan(of)).plan).toMatchObject({
      pace: { parallel: 10, atOnce: { 0: 1 } },
      how: expect.arrayContaining(['orders_daily: 1 at a time instead of 10. It runs one at a time.']),
    });
    await begun(stage, of);
    await stage.settle(5);
    expect(stage.orchestrator.performed).toHaveLength(1);
  });

  it('is waited for while it is busy, longer than a few tries, and the tries are not counted', async () => {
    const stage = await openStage(database.db);
    const busy = new Failure('busy', 'prod', { detail: 'A run is going.', retryAfterMs: 30_000 });
    stage.orchestrator.tries = Array.from({ length: 20 }, () => busy);
    const id = await begun(stage, wish({ partitions: days(1) }));
    await stage.settle(3);
    expect(await stored(database.db, id)).toMatchObject({
      state: 'asked',
      say: 'prod cannot do that just now. It said: A run is going.',
    });
    await stage.settle(400);
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded', say: '' });
    expect(stage.orchestrator.effects).toHaveLength(1);
  });

  it('is asked for again as soon as the other side says', async () => {
    const stage = await openStage(database.db);
    const busy = new Failure('busy', 'prod', { detail: 'It begins.', retryAfterMs: 2_000 });
    stage.orchestrator.tries = Array.from({ length: 5 }, () => busy);
    const id = await begun(stage, wish({ partitions: days(1) }));
    const rounds = 20; // of five seconds
    await stage.settle(rounds);
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
  });

  it('can be cancelled while it waits, and is not tried any more', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.tries = [new Failure('busy', 'prod', { detail: 'A run is going.', retryAfterMs: 30_000 })];
    const id = await begun(stage, wish({ partitions: days(1) }));
    await stage.settle(2);
    await expect(say(stage, id, 'cancel')).resolves.toEqual({ outcome: 'done' });
    await expect(say(stage, id, 'cancel')).resolves.toEqual({ outcome: 'already', state: 'cancelled' });
    await stage.settle(50);
    expect(await stored(database.db, id)).toMatchObject({ state: 'cancelled' });
    expect(stage.orchestrator.effects).toEqual([]);
  });

  it('is not waited for for ever', async () => {
    const stage = await openStage(database.db);
    const busy = new Failure('busy', 'prod', { detail: 'A run is going.' });
    stage.orchestrator.tries = Array.from({ length: 1_000 }, () => busy);
    const id = await begun(stage, wish({ partitions: days(1) }));
    for (let hour = 0; hour < 6; hour += 1) {
      await stage.settle(3);
      stage.clock.pass(3_600_000);
    }
    const { state, say: why } = await stored(database.db, id);
    expect({ state, why }).toEqual({
      state: 'failed',
      why: 'I have tried for 4 hours and was told each time: “prod cannot do that just now. It said: A run is going.” Nothing was done. Please ask for it again when that is over.',
    });
  });
});

describe('a batch that the orchestrator paces', () => {
  async function batch(stage: Stage, words: Partial<NonNullable<ActionAbility['batch']>>, partitions = days(3)) {
    abilityOf(stage).batch = words;
    stage.orchestrator.course = [{ status: 'running' }];
    const id = await begun(stage, wish({ partitions }));
    await stage.settle(3);
    return id;
  }

  it('goes on when the orchestrator refuses to pause it, and that is told', async () => {
    const stage = await openStage(database.db);
    const id = await batch(stage, {
      async pause() {
        throw new Failure('rejected', 'prod', { detail: 'It is about to end.' });
      },
    });
    await say(stage, id, 'pause');
    await stage.settle(3);
    expect(await stored(database.db, id)).toMatchObject({ state: 'following' });
    expect((await notices()).at(-1)).toMatchObject({
      what: 'word-refused',
      say: expect.stringMatching(/cannot be made to pause\..*about to end/),
    });
    expect(await trail(database.db)).toContain('word-refused');
    stage.orchestrator.course = [{ status: 'succeeded' }];
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
  });

  it('shows how far it is and what can be said of it, and offers again what was refused', async () => {
    const stage = await openStage(database.db);
    let isHeard = true;
    const hear = async () => {
      if (!isHeard) throw new Failure('rejected', 'prod');
    };
    const id = await batch(stage, { pause: hear, resume: hear });
    stage.orchestrator.course = [{ status: 'running', partitions: { total: 3, done: 1, failed: 0, running: 1 } }];
    const { clock } = stage;
    const batchWordsOf = () => ['pause' as const, 'resume' as const];
    const settings = (): Settings => ({ ...SettingsFile.parse({}), orchestrators: [], catalogue: [] });
    const shown = async () => {
      const card = await readActionCard({ db: database.db, clock, settings, batchWordsOf }, id);
      return { state: card?.state, words: card?.words };
    };
    await stage.settle(3);
    expect(await readActionCard({ db: database.db, clock, settings, batchWordsOf }, id)).toMatchObject({
      progress: { total: 3, succeeded: 1, running: 1, waiting: 1, failed: 0 },
    });
    expect(await shown()).toEqual({ state: 'following', words: ['pause'] });
    await say(stage, id, 'pause');
    await stage.settle(3);
    expect(await shown()).toEqual({ state: 'paused', words: ['resume'] });
    isHeard = false;
    await say(stage, id, 'resume');
    await stage.settle(3);
    expect(await shown()).toEqual({ state: 'paused', words: ['resume'] });
    isHeard = true;
    await say(stage, id, 'resume');
    await stage.settle(3);
    expect(await shown()).toEqual({ state: 'following', words: ['pause'] });
  });

  it('is told again when the orchestrator did not hear it', async () => {
    const stage = await openStage(database.db);
    const heard: string[] = [];
    const id = await batch(stage, {
      async pause() {
        heard.push('pause');
        if (heard.length < 3) throw new Failure('unavailable', 'prod');
      },
    });
    await say(stage, id, 'pause');
    await stage.settle(10);
    expect(heard).toHaveLength(3);
    expect(await stored(database.db, id)).toMatchObject({ state: 'following' });
  });

  it('counts for the policy as what it is', async () => {
    const stage = await openStage(database.db);
    abilityOf(stage).batch = {};
    const sizes: number[] = [];
    stage.policy.seen = (size) => sizes.push(size);
    await begun(stage, wish({ partitions: days(9) }));
    await stage.settle(3);
    expect(new Set(sizes)).toEqual(new Set([9]));
    const [asked] = await database.db.query<{ detail: unknown }>(`select detail from audit where what = 'asked'`);
    expect(asked?.detail).toMatchObject({ size: 9 });
  });

  it('keeps others from its partitions, and from a second batch', async () => {
    const stage = await openStage(database.db);
    const id = await batch(stage, {});
    expect(await stage.actions.plan(wish({ partitions: ['2026-11-03'] }))).toMatchObject({
      outcome: 'cannot',
      say: expect.stringMatching(/being changed already/),
    });
    const second = planned(await stage.actions.plan(wish({ partitions: ['2026-10-01', '2026-10-02'] })));
    await expect(
      database.db.transaction((tx) => stage.actions.confirm(tx, { actionId: second.actionId, actor: dana })),
    ).resolves.toMatchObject({ outcome: 'already', by: dana.slackId });
    expect(await stored(database.db, id)).toMatchObject({ state: 'following' });
  });
});

describe('a large action that stands still', () => {
  it('is brought to mind once, and ends when nobody says for a week how it goes on', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.fates.set('2026-11-01', 'failed');
    const id = await begun(stage, wish({ partitions: days(3) }));
    for (let day = 0; day < 9; day += 1) {
      await stage.settle(10);
      stage.clock.pass(24 * 3_600_000);
    }
    expect(await items(id)).toEqual([
      'orders_daily 2026-11-01 failed',
      'orders_daily 2026-11-02 cancelled',
      'orders_daily 2026-11-03 cancelled',
    ]);
    expect((await notices()).flatMap(({ kind, what }) => (kind === 'bulk' ? what : []))).toEqual([
      'stopped-itself',
      'still-paused',
      'cancelled',
    ]);
    expect(await stored(database.db, id)).toMatchObject({ state: 'cancelled' });
  });

  it('counts the week from the last time it was paused', async () => {
    const stage = await openStage(database.db);
    const id = await begun(stage, wish({ partitions: days(3) }, { canary: false, parallel: 1 }));
    stage.orchestrator.course = [{ status: 'running' }];
    await stage.settle(2);
    await say(stage, id, 'pause');
    stage.clock.pass(6 * 24 * 3_600_000);
    await stage.settle(2);
    await say(stage, id, 'resume');
    await say(stage, id, 'pause');
    stage.clock.pass(2 * 24 * 3_600_000);
    await stage.settle(2);
    expect(await stored(database.db, id)).toMatchObject({ state: 'paused' });
  });
});

describe('the days of a backfill', () => {
  const between = (from: string, to: string): PlanWish => ({
    kind: 'backfill',
    actor: dana,
    aim: { kind: 'partitions', pipeline, from, to, mode: 'all' },
  });

  it('end today, by the clock of the pipeline', async () => {
    const stage = await openStage(database.db);
    const today = stage.clock.now().toISOString().slice(0, 10);
    const { plan } = planned(await stage.actions.plan(between(today, '2027-01-01')));
    expect(plan.items).toHaveLength(1);
    expect(plan.how).toContain(`Nothing after today, ${today}.`);
    await expect(stage.actions.plan(between('2027-01-01', '2027-01-02'))).resolves.toMatchObject({
      outcome: 'cannot',
      say: expect.stringMatching(/has not come yet/),
    });
  });

  it('count for the policy without those that are left out', async () => {
    const stage = await openStage(database.db);
    const sizes: number[] = [];
    stage.policy.seen = (size) => sizes.push(size);
    await database.db.query(
      `insert into runs (connection, pipeline, run, attempt, partition, status, occurred_at, recorded_at)
       values ('prod', 'orders_daily', 'r1', 1, '2026-11-01', 'succeeded', timestamptz '2026-11-02 07:00Z', now())`,
    );
    await stage.actions.plan(wish({ mode: 'missing' }));
    expect(sizes).toEqual([2]);
  });

  it.each([
    {
      title: 'of which none is missing are no refusal: it is said why there is nothing to do, and what to choose',
      status: 'succeeded',
      mode: 'missing',
      say: 'There is nothing to do: each of 3 succeeded already; only missing ones were asked for. To run it all the same, choose “All of it, again”.',
    },
    {
      title: 'that never failed are no refusal either',
      status: 'skipped',
      mode: 'failed',
      say: 'There is nothing to do: each of 3 ended as skipped; only failed ones were asked for. To run it all the same, choose “All of it, again”.',
    },
    {
      title: 'that all run now are to be looked at again later',
      status: 'running',
      mode: 'all',
      say: 'There is nothing to do: each of 3 is running now. Look again when that is over.',
    },
  ] as const)('$title', async ({ status, mode, say }) => {
    const stage = await openStage(database.db);
    for (const day of days(3))
      await database.db.query(
        `insert into runs (connection, pipeline, run, attempt, partition, status, occurred_at, recorded_at)
         values ('prod', 'orders_daily', $1, 1, $1, $2, timestamptz '2026-11-02 07:00Z', now())`,
        [day, status],
      );
    await expect(stage.actions.plan(wish({ mode }))).resolves.toMatchObject({ outcome: 'cannot', say });
    expect(await database.db.query(`select what from audit where what = 'refused'`)).toEqual([]);
  });
});
