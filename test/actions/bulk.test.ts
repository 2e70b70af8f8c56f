import { randomUUID } from 'node:crypto';
import { Failure } from '../../src/domain/failure';
import type { Target } from '../../src/domain/target';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { Crashed, crashing, dana, denied, lee, olga, openStage, type Stage, trail } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const pipeline = { connection: 'prod', key: 'orders_daily' };
const runs = (count: number, from = 1): Target[] =>
  Array.from({ length: count }, (_, nth) => ({ kind: 'run', run: { pipeline, run: String(from + nth), attempt: 1 } }));

interface BulkRow {
  state: string;
  progress: Record<string, unknown>;
  say: string | null;
}

async function bulk(id: string): Promise<BulkRow> {
  const [row] = await database.db.query<BulkRow>('select state, progress, say from actions where action_id = $1', [id]);
  if (!row) throw new Error(`there is no action ${id}`);
  return row;
}

async function itemStates(id: string): Promise<string[]> {
  const rows = await database.db.query<{ state: string }>(
    'select state from actions where part_of = $1 order by item_no',
    [id],
  );
  return rows.map(({ state }) => state);
}

async function planned(stage: Stage, targets: Target[], pace = {}, incidentId?: string): Promise<string> {
  const answer = await stage.actions.plan({
    kind: 'retry',
    actor: dana,
    aim: { kind: 'targets', targets: targets.map((target) => ({ target })) },
    pace,
    channel: 'C0ORDERS',
    incidentId,
  });
  if (answer.outcome !== 'planned') throw new Error(`it was ${answer.outcome}`);
  return answer.actionId;
}

const confirm = (stage: Stage, actionId: string, actor = dana, breakGlass?: string) =>
  database.db.transaction((tx) => stage.actions.confirm(tx, { actionId, actor, breakGlass }));

async function asked(stage: Stage, targets: Target[], pace = {}, incidentId?: string): Promise<string> {
  const id = await planned(stage, targets, pace, incidentId);
  await expect(confirm(stage, id)).resolves.toEqual({ outcome: 'asked', actionId: id });
  return id;
}

const say = (stage: Stage, actionId: string, word: 'pause' | 'resume' | 'cancel', actor = dana) =>
  database.db.transaction((tx) => stage.actions.say(tx, { actionId, actor, word }));

const notices = async (): Promise<Record<string, unknown>[]> =>
  (
    await database.db.query<{ notice: Record<string, unknown> }>(
      'select notice from posts where notice is not null order by seq',
    )
  ).map(({ notice }) => notice);

describe('a plan', () => {
  it('changes nothing before the yes, and nothing ever without', async () => {
    const stage = await openStage(database.db);
    const id = await planned(stage, runs(3));
    await stage.settle(3);
    expect(await bulk(id)).toMatchObject({ state: 'planned' });
    stage.clock.pass(3_600_000);
    await stage.settle();
    expect(await bulk(id)).toMatchObject({ state: 'expired' });
    await expect(confirm(stage, id)).resolves.toMatchObject({
      outcome: 'cannot',
      say: expect.stringMatching(/new one/),
    });
    expect(stage.orchestrator.performed).toEqual([]);
  });

  it('is not made for one alone that the orchestrator refuses as it is now', async () => {
    const stage = await openStage(database.db);
    const ability = stage.orchestrator.actions.retry;
    if (!ability) throw new Error('it cannot retry');
    ability.plan = async () => {
      throw new Failure('rejected', 'prod', { detail: 'No failed run is in the way.', isOurs: true });
    };
    const [target] = runs(1);
    if (!target) throw new Error('a run was wanted');
    await expect(
      stage.actions.plan({ kind: 'retry', actor: dana, aim: { kind: 'targets', targets: [{ target }] } }),
    ).resolves.toEqual({ outcome: 'cannot', say: 'No failed run is in the way.' });
  });

  it('holds what is wished for twice once, since one run is changed once', async () => {
    const stage = await openStage(database.db);
    const [one, two] = runs(2);
    if (!one || !two) throw new Error('two runs were wanted');
    const id = await asked(stage, [one, two, two, one], { canary: false, parallel: 4 });
    await stage.settle(20);
    expect(await itemStates(id)).toEqual(['succeeded', 'succeeded']);
  });

  it('is for who made it, and counts once', async () => {
    const stage = await openStage(database.db);
    const id = await planned(stage, runs(2));
    await expect(confirm(stage, id, lee)).resolves.toMatchObject({
      outcome: 'cannot',
      say: expect.stringMatching(/your own/),
    });
    await expect(confirm(stage, id)).resolves.toMatchObject({ outcome: 'asked' });
    await expect(confirm(stage, id)).resolves.toMatchObject({ outcome: 'already', state: 'asked' });
    await stage.settle();
    expect(stage.orchestrator.effects).toHaveLength(2);
  });

  it('leaves out what need not or may not be done, and names it', async () => {
    const stage = await openStage(database.db);
    await seenRun('1', 'succeeded');
    await seenRun('2', 'running');
    await seenRun('3', 'failed');
    const answer = await stage.actions.plan({
      kind: 'retry',
      actor: dana,
      aim: { kind: 'targets', targets: runs(4).map((target) => ({ target })) },
    });
    expect(answer).toMatchObject({
      outcome: 'planned',
      plan: {
        items: [{ target: { run: { run: '3' } }, status: 'failed' }, { target: { run: { run: '4' } } }],
        leftOut: [
          { kind: 'succeeded', count: 1, names: ['run 1 of orders_daily'] },
          { kind: 'running', count: 1, names: ['run 2 of orders_daily'] },
        ],
      },
    });
  });

  it('says that there is nothing to do, and why', async () => {
    const stage = await openStage(database.db);
    await seenRun('1', 'succeeded');
    await seenRun('2', 'succeeded');
    await expect(
      stage.actions.plan({
        kind: 'retry',
        actor: dana,
        aim: { kind: 'targets', targets: runs(2).map((target) => ({ target })) },
      }),
    ).resolves.toMatchObject({ outcome: 'cannot', say: 'There is nothing to do: each of 2 has succeeded meanwhile.' });
  });

  it('tells how long it takes from history, and what the policy says', async () => {
    const stage = await openStage(database.db);
    for (const [nth, minutes] of [10, 12, 14, 30].entries()) await seenRun(`9${nth}`, 'succeeded', { minutes });
    const answer = await stage.actions.plan({
      kind: 'retry',
      actor: dana,
      aim: { kind: 'targets', targets: runs(7).map((target) => ({ target })) },
    });
    expect(answer).toMatchObject({
      plan: {
        duration: { medianMs: 720_000, p90Ms: 1_800_000, n: 4 },
        // The first alone, then six more, three at a time.
        expectedMs: 720_000 * 3,
        verdict: { verdict: 'allow' },
        pace: { parallel: 3, stopAfter: 3, canary: true },
      },
    });
  });

  it('is refused to who may not, and that is in the trail', async () => {
    const stage = await openStage(database.db);
    stage.policy.verdict = denied;
    await expect(
      stage.actions.plan({
        kind: 'retry',
        actor: dana,
        aim: { kind: 'targets', targets: runs(1).map((target) => ({ target })) },
      }),
    ).resolves.toMatchObject({ outcome: 'denied', whoMay: 'members of *orders*' });
    expect(await trail(database.db)).toEqual(['refused']);
  });

  it('holds ten thousand partitions and is made in less than two seconds of work', async () => {
    const stage = await openStage(database.db);
    await database.db.query(
      `insert into pipelines (connection, key, facts, first_seen_at, seen_at) values ('prod', 'orders_daily', '{}', now(), now())`,
    );
    await database.db.query(
      `insert into runs (connection, pipeline, run, attempt, partition, status, occurred_at, recorded_at)
       select 'prod', 'orders_daily', 'r' || n, 1, to_char(timestamp '2026-01-01' + n * interval '1 hour', 'YYYY-MM-DD"T"HH24'),
              case when n % 10 = 0 then 'failed' else 'succeeded' end, timestamptz '2026-01-01' + n * interval '1 hour', now()
       from generate_series(0, 3999) n`,
    );
    // Of this process, not of the clock: other tests run beside it.
    const before = process.cpuUsage();
    const answer = await stage.actions.plan({
      kind: 'backfill',
      actor: dana,
      aim: { kind: 'partitions', pipeline, from: '2025-01-01', to: '2026-02-19', mode: 'all' },
    });
    const tookMs = cpuMsSince(before);
    // No schedule is known, so that is one a day; hours are named one by one below.
    expect(answer).toMatchObject({ outcome: 'planned' });
    expect(tookMs).toBeLessThan(2_000);
    const hours = Array.from({ length: 10_000 }, (_, nth) =>
      new Date(Date.UTC(2026, 0, 1, nth)).toISOString().slice(0, 13),
    );
    const again = process.cpuUsage();
    const large = await stage.actions.plan({
      kind: 'backfill',
      actor: dana,
      aim: { kind: 'partitions', pipeline, partitions: hours, mode: 'missing-or-failed' },
    });
    expect(cpuMsSince(again)).toBeLessThan(2_000);
    if (large.outcome !== 'planned') throw new Error(large.outcome);
    expect(large.plan.items).toHaveLength(6_400);
    expect(large.plan.leftOut).toMatchObject([{ kind: 'succeeded', count: 3_600 }]);
  });
});

describe('a large action', () => {
  it('does one first, then a few at a time, each once, and reports', async () => {
    const stage = await openStage(database.db);
    const id = await asked(stage, runs(7), { parallel: 2 });
    await stage.actions.drive(id);
    expect((await itemStates(id)).filter((state) => state === 'asked')).toHaveLength(1);
    let most = 0;
    for (let round = 0; round < 60; round += 1) {
      const open = (await itemStates(id)).filter((state) => state !== 'waiting' && state !== 'succeeded');
      most = Math.max(most, open.length);
      for (const due of await stage.actions.due(50)) await stage.actions.drive(due);
      stage.clock.pass(3_000);
    }
    expect(most).toBe(2);
    expect(await bulk(id)).toMatchObject({ state: 'succeeded', progress: { total: 7, succeeded: 7, failed: 0 } });
    expect(new Set(stage.orchestrator.effects).size).toBe(7);
    expect(stage.orchestrator.effects).toHaveLength(7);
    expect((await notices()).map(({ kind }) => kind)).toEqual(['action-asked', 'bulk-ended']);
    expect((await stage.actions.csv(id)).split('\n')).toHaveLength(9);
  });

  it('shows the end of the first one, and each tenth of it, before the progress of others', async () => {
    const stage = await openStage(database.db);
    const id = await asked(stage, runs(40), { parallel: 1 }, randomUUID());
    await database.db.query('truncate told');
    const urgencies = async () =>
      (
        await database.db.query<{ urgency: string }>(
          `select fact ->> 'urgency' as urgency from told where what = 'refresh' order by seq`,
        )
      ).map(({ urgency }) => urgency);
    await stage.settle();
    expect(await bulk(id)).toMatchObject({ state: 'succeeded' });
    const seen = await urgencies();
    expect(seen.filter((urgency) => urgency === 'change')).toHaveLength(10);
    expect(seen.filter((urgency) => urgency === 'progress').length).toBeGreaterThan(20);
  });

  it('is held by who asked for it and by who might have, and tells others whom to ask', async () => {
    const stage = await openStage(database.db);
    const id = await asked(stage, runs(4));
    await stage.actions.drive(id);
    stage.policy.verdict = denied;
    await expect(say(stage, id, 'cancel', lee)).resolves.toEqual({
      outcome: 'denied',
      why: 'Only who asked for it, who may retry all of it, or an operator may pause, resume or cancel it. Please ask who asked for it.',
      whoMay: '',
    });
    await expect(say(stage, id, 'cancel')).resolves.toEqual({ outcome: 'done' });
  });

  it('stops by itself when the first one fails, and goes on when a person says so', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.fates.set('1', 'failed');
    const id = await asked(stage, runs(5));
    await stage.settle(20);
    expect(await bulk(id)).toMatchObject({
      state: 'paused',
      progress: { failed: 1, waiting: 4, stopped: 'canary-failed' },
    });
    expect(stage.orchestrator.effects).toHaveLength(1);
    await expect(say(stage, id, 'resume')).resolves.toEqual({ outcome: 'done' });
    await stage.settle();
    expect(await bulk(id)).toMatchObject({ state: 'failed', progress: { failed: 1, succeeded: 4, waiting: 0 } });
    expect((await notices()).map(({ kind, what }) => (kind === 'bulk' ? what : kind))).toEqual([
      'action-asked',
      'stopped-itself',
      'resumed',
      'bulk-ended',
    ]);
  });

  it('stops by itself when too many have failed', async () => {
    const stage = await openStage(database.db);
    for (const run of ['2', '3', '4']) stage.orchestrator.fates.set(run, 'failed');
    const id = await asked(stage, runs(20), { stopAfter: 2 });
    await stage.settle(30);
    expect(await bulk(id)).toMatchObject({ state: 'paused', progress: { stopped: 'too-many-failed' } });
    expect(stage.orchestrator.effects.length).toBeLessThan(8);
  });

  it('is paused, resumed and cancelled by people; what has begun comes to its end', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [{ status: 'running' }];
    const id = await asked(stage, runs(6), { canary: false });
    await stage.settle(3);
    expect(await itemStates(id)).toEqual(['following', 'following', 'following', 'waiting', 'waiting', 'waiting']);
    await expect(say(stage, id, 'pause', lee)).resolves.toEqual({ outcome: 'done' });
    await expect(say(stage, id, 'pause')).resolves.toEqual({ outcome: 'already', state: 'paused' });
    stage.orchestrator.fates = new Map([['1', 'succeeded']]);
    await stage.settle(5);
    expect((await itemStates(id)).filter((state) => state === 'waiting')).toHaveLength(3);
    await say(stage, id, 'resume');
    await stage.settle(2);
    expect((await itemStates(id)).filter((state) => state === 'waiting')).toHaveLength(2);
    await say(stage, id, 'cancel');
    expect((await itemStates(id)).filter((state) => state === 'cancelled')).toHaveLength(2);
    expect(await bulk(id)).toMatchObject({ state: 'cancelling' });
    stage.orchestrator.course = [{ status: 'succeeded' }];
    await stage.settle();
    expect(await bulk(id)).toMatchObject({ state: 'cancelled', progress: { succeeded: 4, left: 2 } });
    expect((await trail(database.db)).filter((what) => /paused|resumed|cancelling/.test(what))).toEqual([
      'paused',
      'resumed',
      'cancelling',
    ]);
  });

  it('tells once that what was taken has not begun', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [{ status: 'queued' }];
    await asked(stage, runs(3), { canary: false });
    await stage.settle(120);
    expect((await notices()).filter(({ kind }) => kind === 'nothing-began')).toMatchObject([
      { action: 'retry', what: expect.stringMatching(/^run \d of orders_daily$/) },
    ]);
  });

  it('says of what has failed why its run did, where that is known by then', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.fates.set('2', 'failed');
    const id = await asked(stage, runs(3));
    await stage.settle();
    expect(await stage.actions.csv(id)).toContain('run 2,failed,,');
    await database.db.query(
      `with failed as (
         insert into runs (connection, pipeline, run, attempt, status, fingerprint, occurred_at, recorded_at)
         values ('prod', 'orders_daily', '2', 2, 'failed', 'f1', $1, $1) returning fingerprint)
       insert into incidents (incident_id, state, opened_at, last_failed_at, fingerprint, cause, reason, saved_at)
       select gen_random_uuid(), 'open', $1, $1, fingerprint, $2, 'first-failure', $1 from failed`,
      [stage.clock.now(), JSON.stringify({ title: 'Out of memory', causeLine: 'Java heap space' })],
    );
    expect(await stage.actions.csv(id)).toContain('run 2,failed,Out of memory: Java heap space,');
  });

  it('is followed in the thread by one file of all its items, with what became of each', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.fates.set('2', 'failed');
    const id = await asked(stage, runs(3));
    await expect(stage.actions.file()).resolves.toBe(0);
    await stage.settle();
    await expect(stage.actions.file()).resolves.toBe(1);
    await expect(stage.actions.file()).resolves.toBe(0);
    expect(stage.files).toEqual([await stage.actions.csv(id)]);
    expect(stage.files[0]).toContain('orders_daily,run 2,failed');
    expect((await notices()).at(-1)).toMatchObject({ kind: 'bulk-listed', of: '3 runs of orders_daily' });
    expect((await notices()).at(-1)).toMatchObject({
      kind: 'bulk-listed',
      action: 'retry',
      count: 3,
      fileId: 'F1',
      url: 'https://files.example/F1',
    });
  });

  it('is told of its file once, wherever a process that makes it ends', async () => {
    for (let at = 1; ; at += 1) {
      const stage = await openStage(database.db);
      await emptyTables(database.db, 'posts');
      await asked(stage, runs(2));
      await stage.settle();
      const broken = crashing(database.db, at);
      const ended = await stage
        .worker(broken.db)
        .file()
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (ended !== undefined) expect(ended).toBeInstanceOf(Crashed);
      for (let minute = 0; minute < 3; minute += 1) {
        stage.clock.pass(61_000);
        await stage.actions.file();
      }
      expect((await notices()).filter(({ kind }) => kind === 'bulk-listed')).toHaveLength(1);
      if (ended === undefined) break;
    }
  });

  it('tries again for a day while Slack takes no file, and tells of none then', async () => {
    const stage = await openStage(database.db);
    await emptyTables(database.db, 'posts');
    await asked(stage, runs(2));
    await stage.settle();
    stage.slackSays = new Failure('unavailable', 'Slack');
    await expect(stage.actions.file()).resolves.toBe(0);
    stage.clock.pass(25 * 3_600_000);
    await expect(stage.actions.file()).resolves.toBe(0);
    stage.slackSays = undefined;
    stage.clock.pass(3_600_000);
    await expect(stage.actions.file()).resolves.toBe(0);
    expect(stage.files).toEqual([]);
    expect((await notices()).map(({ kind }) => kind)).not.toContain('bulk-listed');
  });

  it('waits while all bulk work is switched off, and single changes still go', async () => {
    const stage = await openStage(database.db);
    const switchTo = (to: 'off' | 'on', actor = olga) =>
      database.db.transaction((tx) => stage.actions.switchBulk(tx, { actor, to, reason: 'the warehouse is down' }));
    await expect(switchTo('off', dana)).resolves.toMatchObject({
      kind: 'denied',
      whoMay: 'people with the role *operator*',
    });
    await expect(switchTo('off')).resolves.toMatchObject({ kind: 'switched', to: 'off', waiting: 0 });
    await expect(switchTo('off')).resolves.toMatchObject({ kind: 'so-already', by: olga.slackId });
    expect(await stage.actions.bulkOff()).toMatchObject({ by: olga.slackId, reason: 'the warehouse is down' });
    const id = await asked(stage, runs(3));
    const single = await stage.asked({
      turn: '7.0',
      target: { kind: 'run', run: { pipeline, run: '99', attempt: 1 } },
    });
    await stage.settle(10);
    expect(stage.orchestrator.effects).toEqual([single]);
    expect(await bulk(id)).toMatchObject({ state: 'releasing', progress: { waiting: 3, isBulkOff: true } });
    await switchTo('on');
    await stage.settle();
    expect(await bulk(id)).toMatchObject({ state: 'succeeded' });
    expect((await trail(database.db)).filter((what) => what.startsWith('bulk'))).toEqual(['bulk-off', 'bulk-on']);
  });

  it('takes out what somebody else is changing just then', async () => {
    const stage = await openStage(database.db);
    const id = await asked(stage, runs(2), { canary: false });
    stage.orchestrator.course = [{ status: 'running' }];
    await stage.asked({ actor: lee, turn: '5.0', target: { kind: 'run', run: { pipeline, run: '1', attempt: 1 } } });
    await stage.settle(3);
    expect(await itemStates(id)).toEqual(['cancelled', 'following']);
    expect(stage.orchestrator.effects).toHaveLength(2);
  });

  it('decides again for each, and leaves out what may not be done by then', async () => {
    const stage = await openStage(database.db);
    const id = await asked(stage, runs(2));
    stage.policy.verdict = denied;
    await stage.settle();
    expect(await itemStates(id)).toEqual(['refused', 'refused']);
    expect(await bulk(id)).toMatchObject({ state: 'cancelled', progress: { left: 2 } });
    expect(stage.orchestrator.performed).toEqual([]);
  });

  it('leaves out what is needless by then', async () => {
    const stage = await openStage(database.db);
    const ability = stage.orchestrator.actions.retry;
    if (!ability) throw new Error('it cannot retry');
    const id = await asked(stage, runs(2));
    ability.plan = async () => {
      throw new Failure('rejected', 'prod', { detail: 'Run 1 has succeeded; there is nothing to run again.' });
    };
    await stage.settle();
    expect(await bulk(id)).toMatchObject({ state: 'cancelled', progress: { left: 2, failed: 0 } });
  });

  it('begins what is fed only when all of what feeds it is over', async () => {
    const stage = await openStage(database.db);
    stage.downstream = {
      nodes: [{ node: 'pipeline:prod/report', name: 'report', kind: 'pipeline', depth: 1 }],
      edges: [],
      total: 1,
    };
    const answer = await stage.actions.plan({
      kind: 'backfill',
      actor: dana,
      aim: { kind: 'partitions', pipeline, partitions: ['2026-11-01', '2026-11-02'], mode: 'all', dependents: true },
      pace: { canary: false, parallel: 5 },
    });
    if (answer.outcome !== 'planned') throw new Error(answer.outcome);
    await confirm(stage, answer.actionId);
    await stage.settle();
    const order = stage.orchestrator.performed.map(({ target }) =>
      target.kind === 'partitions' ? `${target.pipeline.key} ${target.partitions[0]}` : '',
    );
    expect([order.slice(0, 2).sort(), order.slice(2).sort()]).toEqual([
      ['orders_daily 2026-11-01', 'orders_daily 2026-11-02'],
      ['report 2026-11-01', 'report 2026-11-02'],
    ]);
  });

  it('can be done again for what failed alone', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.fates = new Map([['2', 'failed']]);
    const id = await asked(stage, runs(4));
    await stage.settle();
    const again = await stage.actions.plan({ kind: 'retry', actor: dana, aim: { kind: 'failed-items', actionId: id } });
    expect(again).toMatchObject({ outcome: 'planned', plan: { items: [{ target: { run: { run: '2' } } }] } });
  });
});

describe('partitions that the orchestrator paces by itself', () => {
  it('are one change, followed to its end, and held by passing the word on', async () => {
    const stage = await openStage(database.db);
    const words: string[] = [];
    const { backfill } = stage.orchestrator.actions;
    if (!backfill) throw new Error('it cannot backfill');
    backfill.batch = {
      async pause() {
        words.push('pause');
      },
      async cancel() {
        words.push('cancel');
      },
    };
    stage.orchestrator.course = [{ status: 'running', partitions: { total: 3, done: 1, failed: 0, running: 1 } }];
    const answer = await stage.actions.plan({
      kind: 'backfill',
      actor: dana,
      aim: { kind: 'partitions', pipeline, from: '2026-11-01', to: '2026-11-03', mode: 'missing' },
    });
    if (answer.outcome !== 'planned') throw new Error(answer.outcome);
    expect(answer.plan.items).toHaveLength(1);
    await confirm(stage, answer.actionId);
    await stage.settle(3);
    expect(await bulk(answer.actionId)).toMatchObject({
      state: 'following',
      progress: { partitions: { done: 1, total: 3 } },
    });
    await expect(say(stage, answer.actionId, 'pause')).resolves.toEqual({ outcome: 'done' });
    await expect(say(stage, answer.actionId, 'resume')).resolves.toMatchObject({ outcome: 'cannot' });
    await stage.settle(3);
    expect(words).toEqual(['pause']);
    stage.orchestrator.fates = new Map([['batch-1', 'succeeded']]);
    await stage.settle();
    expect(await bulk(answer.actionId)).toMatchObject({ state: 'succeeded' });
    expect(stage.orchestrator.performed).toHaveLength(1);
  });
});

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function seenRun(run: string, status: string, { minutes = 1 } = {}): Promise<void> {
  await database.db.query(
    `insert into runs (connection, pipeline, run, attempt, partition, status, started_at, ended_at, occurred_at, recorded_at)
     values ('prod', 'orders_daily', $1, 1, $1, $2, timestamptz '2026-11-24 06:00Z', timestamptz '2026-11-24 06:00Z' + $3 * interval '1 minute',
             timestamptz '2026-11-24 07:00Z', timestamptz '2026-11-24 07:00Z')`,
    [run, status, minutes],
  );
}
