import { followDelayMs, retryDelayMs } from '../../src/actions';
import { Failure, type FailureKind } from '../../src/domain/failure';
import { createTestDatabase, type TestDatabase } from '../support/database';
import type { Meeting } from '../support/scripted-orchestrator';
import { Crashed, crashing, dana, denied, inbox, lee, openStage, run, stored, told, trail, wish } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const fails = (kind: FailureKind, options: { retryAfterMs?: number; detail?: string } = {}) =>
  new Failure(kind, 'prod', options);

describe('a retry from press to outcome', () => {
  it('goes from asked over following to succeeded, each step in the trail and on the alert', async () => {
    const { db } = database;
    const stage = await openStage(db);
    stage.orchestrator.course = [
      { status: 'queued' },
      { status: 'running', step: 'load', stepsDone: 1, stepsTotal: 3 },
      { status: 'running', step: 'load', stepsDone: 1, stepsTotal: 3 },
      { status: 'succeeded', endedAt: new Date('2026-11-25T09:01:00Z') },
    ];
    const id = await stage.asked();
    expect(await stored(db, id)).toMatchObject({ state: 'asked' });

    await stage.actions.drive(id);
    expect(await stored(db, id)).toMatchObject({
      state: 'following',
      plan: {
        items: [{ target: { kind: 'run', run }, steps: ['load'] }],
        how: [expect.stringMatching(/where it failed/)],
      },
      receipt: { run: { run: '118', attempt: 2 } },
    });
    expect(stage.woken.actions).toEqual([{ id, delayMs: 500 }]);

    await stage.actions.drive(id);
    await stage.actions.drive(id);
    await stage.actions.drive(id);
    expect(await stored(db, id)).toMatchObject({ state: 'following' });
    await stage.actions.drive(id);
    expect(await stored(db, id)).toMatchObject({ state: 'succeeded' });
    expect(await trail(db)).toEqual(['asked', 'trying', 'accepted', 'succeeded']);
    // Progress is shown when it moved; that the retry worked is told by the recovery.
    expect(await told(db)).toEqual([
      'refresh press',
      'action-asked',
      'refresh change',
      'refresh progress',
      'refresh progress',
      'refresh final',
    ]);
  });

  it('asks the orchestrator once, in the name of who pressed, under the id of the action', async () => {
    const stage = await openStage(database.db);
    const id = await stage.asked();
    await stage.settle();
    expect(stage.orchestrator.performed).toEqual([
      {
        kind: 'retry',
        actor: 'dana@acme.example',
        idempotencyKey: id,
        since: new Date('2026-11-25T09:00:00Z'),
        target: { kind: 'run', run },
      },
    ]);
  });

  it('puts the outcome into the inbox as a fact about the pipeline, to be read up on', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [
      {
        status: 'failed',
        run: { ...run, attempt: 2 },
        startedAt: new Date('2026-11-25T09:00:10Z'),
        endedAt: new Date('2026-11-25T09:01:00Z'),
        error: 'password=hunter2hunter2',
      },
    ];
    const id = await stage.asked();
    await stage.settle();
    expect(await inbox(database.db)).toEqual([
      {
        id: `${id}:failed`,
        payload: {
          source: 'pitcrew:action',
          id: `${id}:failed`,
          kind: 'failed',
          connection: 'prod',
          pipeline: 'orders_daily',
          run: '118',
          attempt: 2,
          occurredAt: '2026-11-25T09:01:00.000Z',
          startedAt: '2026-11-25T09:00:10.000Z',
          endedAt: '2026-11-25T09:01:00.000Z',
          final: true,
          needsReading: true,
        },
      },
    ]);
    expect(stage.woken.decider).toBe(1);
  });

  it.each([
    { kind: 'retry', status: 'succeeded', state: 'succeeded', fact: 'succeeded', tells: false },
    { kind: 'retry', status: 'skipped', state: 'succeeded', fact: 'skipped', tells: false },
    { kind: 'retry', status: 'cancelled', state: 'cancelled', fact: 'cancelled', tells: true },
    { kind: 'retry', status: 'failed', state: 'failed', fact: 'failed', tells: false },
    { kind: 'stop', status: 'cancelled', state: 'succeeded', fact: 'cancelled', tells: true },
    { kind: 'stop', status: 'failed', state: 'succeeded', fact: 'failed', tells: true },
    { kind: 'stop', status: 'succeeded', state: 'failed', fact: 'succeeded', tells: true },
  ] as const)('takes a run that $status after a $kind for $state', async ({ kind, status, state, fact, tells }) => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [{ status }];
    const id = await stage.asked({ kind });
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state });
    expect(await inbox(database.db)).toMatchObject([{ payload: { kind: fact } }]);
    expect((await told(database.db)).includes('action-settled')).toBe(tells);
  });

  it('reads the run where the orchestrator tells no progress', async () => {
    const stage = await openStage(database.db, { progress: false });
    stage.orchestrator.run = { pipeline: run.pipeline, run: '118', attempt: 2, status: 'running' };
    const id = await stage.asked();
    await stage.actions.drive(id);
    await stage.actions.drive(id);
    expect(await stored(database.db, id)).toMatchObject({ state: 'following' });
    stage.orchestrator.run = { ...stage.orchestrator.run, status: 'succeeded' };
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('one wish, one effect', () => {
  it('takes a double press for one', async () => {
    const stage = await openStage(database.db);
    const answers = await Promise.all([stage.ask(), stage.ask(), stage.ask()]);
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['already', 'already', 'asked']);
    await stage.settle();
    expect(stage.orchestrator.effects).toHaveLength(1);
    expect(await trail(database.db)).toEqual(['asked', 'trying', 'accepted', 'succeeded']);
  });

  it('takes two people who press for the same run for one, and tells the second of the first', async () => {
    const stage = await openStage(database.db);
    await stage.asked();
    stage.clock.pass(20_000);
    const second = await stage.ask({ actor: lee, turn: '1.1' });
    expect(second).toEqual({
      outcome: 'already',
      by: dana.slackId,
      at: new Date('2026-11-25T09:00:00Z'),
      state: 'asked',
    });
    await stage.settle();
    expect(stage.orchestrator.effects).toHaveLength(1);
  });

  it('takes a press of an old message for the action that it led to, also after that one is over', async () => {
    const stage = await openStage(database.db);
    await stage.asked();
    await stage.settle();
    await expect(stage.ask()).resolves.toMatchObject({ outcome: 'already', state: 'succeeded' });
    await expect(stage.ask({ turn: '2.1' })).resolves.toMatchObject({ outcome: 'asked' });
  });

  it('does other things to the same run, and the same to other runs, meanwhile', async () => {
    const stage = await openStage(database.db);
    await stage.asked();
    await stage.asked({ kind: 'stop' });
    await stage.asked({ target: { kind: 'run', run: { ...run, run: '119' } } });
  });

  it('lets one of many workers drive', async () => {
    const stage = await openStage(database.db);
    const id = await stage.asked();
    await Promise.all(Array.from({ length: 6 }, () => stage.worker(database.db).drive(id)));
    expect(stage.orchestrator.performed).toHaveLength(1);
  });

  it('leaves the field to the worker that took over, when it was slower than its lease', async () => {
    const stage = await openStage(database.db);
    const id = await stage.asked();
    const ability = stage.orchestrator.actions.retry;
    if (!ability?.plan) throw new Error('it cannot plan');
    const plan = ability.plan;
    ability.plan = async (target) => {
      ability.plan = plan;
      stage.clock.pass(61_000);
      await stage.worker(database.db).drive(id);
      return plan(target);
    };
    await stage.actions.drive(id);
    expect(stage.orchestrator.performed).toHaveLength(1);
    expect(await trail(database.db)).toEqual(['asked', 'trying', 'accepted']);
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('a hold', () => {
  it('lasts half a minute from the try on, however long the plan took', async () => {
    const stage = await openStage(database.db);
    const id = await stage.asked();
    const ability = stage.orchestrator.actions.retry;
    if (!ability?.plan) throw new Error('it cannot plan');
    const { plan, perform } = ability;
    ability.plan = (target) => {
      stage.clock.pass(20_000);
      return plan(target);
    };
    ability.perform = async (target, call) => {
      stage.clock.pass(20_000);
      ability.perform = perform;
      await stage.worker(database.db).drive(id);
      return perform(target, call);
    };
    await stage.actions.drive(id);
    expect(stage.orchestrator.effects).toHaveLength(1);
    await stage.settle();
    expect(await trail(database.db)).toEqual(['asked', 'trying', 'accepted', 'succeeded']);
  });
});

describe('rights', () => {
  it('refuses who may not, says who may, and keeps that in the trail', async () => {
    const stage = await openStage(database.db);
    stage.policy.verdict = denied;
    await expect(stage.ask()).resolves.toEqual({
      outcome: 'denied',
      why: 'Only members of *orders* may retry this.',
      whoMay: 'members of *orders*',
    });
    const rows = await database.db.query('select what, person_id, action_id, kind, pipeline, run, detail from audit');
    expect(rows).toEqual([
      {
        what: 'refused',
        person_id: dana.personId,
        action_id: null,
        kind: 'retry',
        pipeline: 'orders_daily',
        run: '118',
        detail: { reason: denied.reason },
      },
    ]);
  });

  it('decides again at the moment of doing it', async () => {
    const stage = await openStage(database.db);
    const id = await stage.asked();
    stage.policy.verdict = denied;
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({
      state: 'refused',
      say: 'Only members of *orders* may retry this. members of *orders*',
    });
    expect(stage.orchestrator.performed).toEqual([]);
    expect(await trail(database.db)).toEqual(['asked', 'refused']);
    expect(await told(database.db)).toContain('action-settled');
  });

  it('follows what was taken before the rights were lost', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.tries = ['lost-after'];
    const id = await stage.asked();
    await stage.actions.drive(id);
    stage.policy.verdict = denied;
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
    expect(stage.orchestrator.effects).toHaveLength(1);
  });

  it.each([
    {
      what: 'a connection that is not there',
      differs: { target: { kind: 'run' as const, run: { ...run, pipeline: { connection: 'old', key: 'x' } } } },
    },
    { what: 'an ability that the orchestrator lacks', differs: { kind: 'skip' as const } },
  ])('says that it cannot, for $what', async ({ differs }) => {
    const stage = await openStage(database.db);
    await expect(stage.ask(differs)).resolves.toMatchObject({ outcome: 'cannot' });
    expect(await database.db.query('select 1 from actions')).toEqual([]);
  });
});

describe('when the orchestrator does not simply accept', () => {
  interface Case {
    title: string;
    tries: Meeting[];
    lookUp?: boolean;
    blind?: Failure;
    state: string;
    effects: number;
    performs: number;
    trail: string[];
    say?: RegExp;
  }
  const unavailable = fails('unavailable');
  it.each<Case>([
    {
      title: 'tries again what was certainly not taken',
      tries: [unavailable, fails('rate-limited')],
      state: 'succeeded',
      effects: 1,
      performs: 3,
      trail: ['asked', 'trying', 'not-taken', 'trying', 'not-taken', 'trying', 'accepted', 'succeeded'],
    },
    {
      title: 'tries that again also where nothing can be looked up',
      tries: [unavailable],
      lookUp: false,
      state: 'succeeded',
      effects: 1,
      performs: 2,
      trail: ['asked', 'trying', 'not-taken', 'trying', 'accepted', 'succeeded'],
    },
    {
      title: 'gives up after six tries, as failed, since nothing was taken',
      tries: Array<Meeting>(9).fill(unavailable),
      state: 'failed',
      effects: 0,
      performs: 6,
      trail: ['asked', ...Array.from({ length: 5 }, () => ['trying', 'not-taken']).flat(), 'trying', 'failed'],
      say: /^prod did not answer\. Please try again in a few minutes\.$/,
    },
    {
      title: 'ends at once where trying again cannot help',
      tries: [fails('rejected', { detail: 'Run 118 has succeeded.' })],
      state: 'failed',
      effects: 0,
      performs: 1,
      trail: ['asked', 'trying', 'failed'],
      say: /It said: Run 118 has succeeded\. Please look there for what stands in the way\.$/,
    },
    {
      title: 'finds what a lost answer had brought about, and does not ask twice',
      tries: ['lost-after'],
      state: 'succeeded',
      effects: 1,
      performs: 1,
      trail: ['asked', 'trying', 'doubtful', 'accepted', 'succeeded'],
    },
    {
      title: 'tries again when the lost request is nowhere to be found',
      tries: ['lost-before'],
      state: 'succeeded',
      effects: 1,
      performs: 2,
      trail: ['asked', 'trying', 'doubtful', 'trying', 'accepted', 'succeeded'],
    },
    {
      title: 'leaves it to a person where a lost answer cannot be looked up',
      tries: ['lost-after'],
      lookUp: false,
      state: 'unsure',
      effects: 1,
      performs: 1,
      trail: ['asked', 'trying', 'doubtful', 'unsure'],
      say: /^I asked prod, but do not know whether it took effect\. Please look there before you try again\.$/,
    },
    {
      title: 'leaves it to a person where looking up is not allowed any more',
      tries: ['lost-after'],
      blind: fails('not-allowed'),
      state: 'unsure',
      effects: 1,
      performs: 1,
      trail: ['asked', 'trying', 'doubtful', 'unsure'],
      say: /^I asked prod, but do not know whether it took effect\. prod does not let me/,
    },
    {
      title: 'leaves it to a person after looking for half an hour in vain',
      tries: ['lost-after'],
      blind: unavailable,
      state: 'unsure',
      effects: 1,
      performs: 1,
      trail: ['asked', 'trying', 'doubtful', 'unsure'],
    },
    {
      title: 'never takes six lost requests for a failure',
      tries: Array<Meeting>(9).fill('lost-before'),
      state: 'unsure',
      effects: 0,
      performs: 6,
      trail: ['asked', ...Array.from({ length: 6 }, () => ['trying', 'doubtful']).flat(), 'unsure'],
    },
  ])('$title', async (given) => {
    const stage = await openStage(database.db, { lookUp: given.lookUp });
    stage.orchestrator.tries = [...given.tries];
    stage.orchestrator.blind = given.blind;
    const id = await stage.asked();
    await stage.settle(600);
    const row = await stored(database.db, id);
    expect(row.state).toBe(given.state);
    expect(stage.orchestrator.effects).toHaveLength(given.effects);
    expect(stage.orchestrator.performed).toHaveLength(given.performs);
    expect(await trail(database.db)).toEqual(given.trail);
    if (given.say) expect(row.say).toMatch(given.say);
    if (given.state !== 'succeeded') expect(await told(database.db)).toContain('action-settled');
  });

  it('finds it once the orchestrator can be read again', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.tries = ['lost-after'];
    stage.orchestrator.blind = unavailable;
    const id = await stage.asked();
    await stage.settle(60); // five minutes
    expect(await stored(database.db, id)).toMatchObject({ state: 'performing' });
    stage.orchestrator.blind = undefined;
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
    expect(stage.orchestrator.effects).toHaveLength(1);
  });

  it('waits as long as the orchestrator asks for', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.tries = [fails('rate-limited', { retryAfterMs: 90_000 })];
    const id = await stage.asked();
    await stage.actions.drive(id);
    expect(stage.woken.actions).toEqual([{ id, delayMs: 90_000 }]);
    stage.clock.pass(89_000);
    expect(await stage.actions.due(10)).toEqual([]);
    stage.clock.pass(1_000);
    expect(await stage.actions.due(10)).toEqual([id]);
  });

  it('takes a stop whose answer was lost for done when the run has ended', async () => {
    const stage = await openStage(database.db, { lookUp: false });
    stage.orchestrator.tries = ['lost-after'];
    stage.orchestrator.run = { pipeline: run.pipeline, run: '118', attempt: 1, status: 'cancelled' };
    stage.orchestrator.course = [{ status: 'cancelled' }];
    const id = await stage.asked({ kind: 'stop' });
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
    expect(stage.orchestrator.performed).toHaveLength(1);
  });

  it('does not touch the run when the plan is refused', async () => {
    const stage = await openStage(database.db);
    const ability = stage.orchestrator.actions.retry;
    if (!ability) throw new Error('it cannot retry');
    ability.plan = async () => {
      throw fails('rejected', { detail: 'Run 118 is under way already.' });
    };
    const id = await stage.asked();
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({
      state: 'failed',
      say: 'prod refused the request. It said: Run 118 is under way already. Please look there for what stands in the way.',
    });
    expect(await trail(database.db)).toEqual(['asked', 'failed']);
  });

  it('gives up a plan that cannot be read', async () => {
    const stage = await openStage(database.db);
    const ability = stage.orchestrator.actions.retry;
    if (!ability) throw new Error('it cannot retry');
    ability.plan = async () => {
      throw unavailable;
    };
    const id = await stage.asked();
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'failed', attempts: 6 });
    expect(stage.orchestrator.performed).toEqual([]);
  });
});

describe('following', () => {
  it('goes on while the orchestrator is away, for as long as that takes', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [...Array<Failure>(40).fill(fails('unavailable')), { status: 'succeeded' }];
    const id = await stage.asked();
    await stage.settle(1_000);
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
  });

  it('ends as unsure, not as failed, when what was taken cannot be seen any more', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [fails('not-allowed')];
    const id = await stage.asked();
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({
      state: 'unsure',
      say: 'prod took the request, but I cannot see what became of it. prod does not let me do that with the rights I have. Please do it there, or ask whoever runs Pitcrew for the right.',
    });
    expect(await inbox(database.db)).toEqual([]);
  });

  it('has its own patience, whatever the tries have used up', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.tries = Array<Meeting>(5).fill(fails('unavailable'));
    stage.orchestrator.course = [fails('not-found'), { status: 'succeeded' }];
    const id = await stage.asked();
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
  });

  it('bears a run that is not to be found for a moment', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [
      fails('not-found'),
      fails('not-found'),
      { status: 'running' },
      { status: 'succeeded' },
    ];
    const id = await stage.asked();
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
  });

  it.each([
    { afterMs: 0, delayMs: 2_000 },
    { afterMs: 119_999, delayMs: 2_000 },
    { afterMs: 120_000, delayMs: 10_000 },
    { afterMs: 599_999, delayMs: 10_000 },
    { afterMs: 600_000, delayMs: 30_000 },
    { afterMs: 86_400_000, delayMs: 30_000 },
  ])('looks again $delayMs ms later when it has gone on for $afterMs ms', ({ afterMs, delayMs }) => {
    expect(followDelayMs(afterMs)).toBe(delayMs);
  });

  it.each([
    { tries: 1, asked: undefined, delayMs: 2_000 },
    { tries: 2, asked: undefined, delayMs: 4_000 },
    { tries: 5, asked: undefined, delayMs: 32_000 },
    { tries: 6, asked: undefined, delayMs: 60_000 },
    { tries: 60, asked: undefined, delayMs: 60_000 },
    { tries: 1, asked: 500, delayMs: 2_000 },
    { tries: 1, asked: 300_000, delayMs: 300_000 },
  ])('tries again $delayMs ms after try $tries when asked for $asked', ({ tries, asked, delayMs }) => {
    expect(retryDelayMs(tries, asked)).toBe(delayMs);
  });
});

describe('a process that ends at any step', () => {
  interface Outcome {
    state: string;
    effects: number;
    trail: string[];
    inbox: number;
    told: string[];
  }

  /** Asks and drives with a process that ends at a step, then with one that does not. @returns undefined if it came to the end before */
  async function endAt(step: number, able: { lookUp: boolean }, tries: Meeting[]): Promise<Outcome | undefined> {
    const { db } = database;
    const stage = await openStage(db, able);
    stage.orchestrator.tries = [...tries];
    stage.orchestrator.course = [{ status: 'running', step: 'load' }, { status: 'succeeded' }];
    const broken = crashing(db, step);
    const worker = stage.worker(broken.db);
    stage.orchestrator.crash = broken.step;
    let crashed = false;
    try {
      const answer = await broken.db.transaction((tx) => worker.request(tx, wish()));
      if (answer.outcome !== 'asked') throw new Error(answer.outcome);
      for (let drives = 0; drives < 6; drives += 1) {
        await worker.drive(answer.actionId);
        stage.clock.pass(2_000);
      }
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
      crashed = true;
    }
    if (!crashed) return undefined;
    stage.orchestrator.crash = () => undefined;
    // The press is carried out again where the first one did not get to its commit.
    await stage.ask();
    await stage.settle();
    const [row] = await db.query<{ state: string }>('select state from actions');
    return {
      state: row?.state ?? 'none',
      effects: stage.orchestrator.effects.length,
      trail: await trail(db),
      inbox: (await inbox(db)).length,
      told: await told(db),
    };
  }

  async function allSteps(able: { lookUp: boolean }, tries: Meeting[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let step = 1; ; step += 1) {
      const outcome = await endAt(step, able, tries);
      if (!outcome) return outcomes;
      outcomes.push(outcome);
    }
  }

  it.each<{ title: string; tries: Meeting[] }>([
    { title: 'an accepted try', tries: [] },
    { title: 'a try whose answer is lost', tries: ['lost-after'] },
    { title: 'a try that is lost itself', tries: ['lost-before'] },
    { title: 'a try that is not taken', tries: [fails('unavailable')] },
  ])('has one effect and one outcome in the end, with $title', async ({ tries }) => {
    const outcomes = await allSteps({ lookUp: true }, tries);
    expect(outcomes.length).toBeGreaterThan(20);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ state: 'succeeded', effects: 1, inbox: 1 });
      expect(outcome.trail.filter((what) => what === 'asked')).toHaveLength(1);
      expect(outcome.trail.at(-1)).toBe('succeeded');
      expect(outcome.trail.filter((what) => what === 'succeeded' || what === 'accepted')).toHaveLength(2);
      expect(outcome.trail.indexOf('trying')).toBeLessThan(outcome.trail.indexOf('accepted'));
      expect(outcome.told.filter((what) => what === 'refresh final')).toHaveLength(1);
      expect(outcome.told.filter((what) => what === 'action-asked')).toHaveLength(1);
    }
  });

  it('has at most one effect, and says that it is unsure rather than guess, where nothing can be looked up', async () => {
    const outcomes = await allSteps({ lookUp: false }, []);
    expect(outcomes.length).toBeGreaterThan(20);
    expect(new Set(outcomes.map(({ state }) => state))).toEqual(new Set(['succeeded', 'unsure']));
    for (const { state, effects, trail: written } of outcomes) {
      expect(effects).toBeLessThanOrEqual(1);
      expect(written.at(-1)).toBe(state);
      if (state === 'succeeded') expect(effects).toBe(1);
      // Unsure only where the process ended with a try under way.
      if (state === 'unsure') expect(written).toEqual(['asked', 'trying', 'unsure']);
    }
  });
});
