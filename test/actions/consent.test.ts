import type { Verdict } from '../../src/domain/authorise';
import { Failure } from '../../src/domain/failure';
import type { Tx } from '../../src/store/db';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { dana, denied, lee, olga, openStage, run, type Stage, stored, told, trail } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const second: Verdict = {
  verdict: 'needs-approval',
  reason: 'This needs a yes from people with the role *operator*.',
  whoMay: 'members of *orders*',
  approveBy: 'operator',
};
const frozen: Verdict = { ...denied, reason: 'Changes are frozen until 2 Jan.', freeze: 'year end' };

const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.db.transaction(work);

/** Asks for one retry that a second person has to agree to. */
async function awaited(): Promise<{ stage: Stage; id: string }> {
  const stage = await openStage(database.db);
  stage.policy.verdict = second;
  stage.policy.approvers = [olga.slackId, dana.slackId];
  const answer = await stage.ask();
  if (answer.outcome !== 'awaiting-approval') throw new Error(`it was ${answer.outcome}`);
  expect(answer.until).toEqual(new Date('2026-11-25T10:00:00Z'));
  return { stage, id: answer.actionId };
}

describe('what needs a second person', () => {
  it('does nothing before somebody else has said yes, then does it once', async () => {
    const { stage, id } = await awaited();
    await stage.settle(5);
    expect(stage.orchestrator.performed).toEqual([]);
    const yes = { actionId: id, actor: olga, word: 'approve', say: 'go ahead' } as const;
    await expect(inTx((tx) => stage.actions.answer(tx, yes))).resolves.toEqual({ outcome: 'done', actionId: id });
    await expect(inTx((tx) => stage.actions.answer(tx, yes))).resolves.toMatchObject({ outcome: 'already' });
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
    expect(stage.orchestrator.effects).toEqual([id]);
    expect(await trail(database.db)).toEqual([
      'needs-approval',
      'approved',
      'asked',
      'trying',
      'accepted',
      'succeeded',
    ]);
  });

  it('calls those who may say yes, in its thread', async () => {
    const stage = await openStage(database.db);
    stage.policy.verdict = { ...second, calls: 'S0OPER' };
    await stage.ask();
    expect(
      await database.db.query(
        `select fact ->> 'outcome' as outcome, fact ->> 'calls' as calls from told where what = 'consent'`,
      ),
    ).toEqual([{ outcome: 'asked', calls: 'S0OPER' }]);
  });

  it('has a message where it was wished, when its trouble has no alert that could show it', async () => {
    const stage = await openStage(database.db);
    const muted = '22222222-2222-4222-8222-222222222222';
    const planned = await stage.actions.plan({
      kind: 'retry',
      actor: dana,
      aim: { kind: 'targets', targets: [{ target: { kind: 'run', run } }] },
      incidentId: muted,
      pressed: { channel: 'C0FINANCE' },
    });
    if (planned.outcome !== 'planned') throw new Error(planned.outcome);
    await inTx((tx) => stage.actions.confirm(tx, { actionId: planned.actionId, actor: dana }));
    expect(
      await database.db.query(`select channel from posts where role = 'action' and action_id = $1`, [planned.actionId]),
    ).toEqual([{ channel: 'C0FINANCE' }]);
  });

  it('is never approved by who asked, nor by who may not, and both are told who may', async () => {
    const { stage, id } = await awaited();
    const yesOf = (actor: typeof dana) =>
      inTx((tx) => stage.actions.answer(tx, { actionId: id, actor, word: 'approve' }));
    await expect(yesOf(dana)).resolves.toEqual({
      outcome: 'denied',
      why: `A second person has to say yes; you can withdraw it. ${second.reason}`,
      whoMay: '',
    });
    await expect(yesOf(lee)).resolves.toEqual({
      outcome: 'denied',
      why: `You are not among those who may approve this. ${second.reason}`,
      whoMay: '',
    });
    expect(await stored(database.db, id)).toMatchObject({ state: 'awaiting-approval' });
  });

  it('is over when it is declined', async () => {
    const { stage, id } = await awaited();
    await inTx((tx) => stage.actions.answer(tx, { actionId: id, actor: olga, word: 'decline', say: 'not tonight' }));
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({
      state: 'refused',
      approval: { by: olga.slackId, say: 'not tonight', declined: true },
    });
    expect(await trail(database.db)).toEqual(['needs-approval', 'declined']);
  });

  it('is withdrawn by who asked alone', async () => {
    const { stage, id } = await awaited();
    await expect(inTx((tx) => stage.actions.withdraw(tx, { actionId: id, actor: lee }))).resolves.toMatchObject({
      outcome: 'denied',
    });
    await expect(inTx((tx) => stage.actions.withdraw(tx, { actionId: id, actor: dana }))).resolves.toMatchObject({
      outcome: 'done',
    });
    expect(await stored(database.db, id)).toMatchObject({ state: 'cancelled' });
  });

  it('expires, and then no yes counts any more', async () => {
    const { stage, id } = await awaited();
    stage.clock.pass(3_600_000);
    await expect(
      inTx((tx) => stage.actions.answer(tx, { actionId: id, actor: olga, word: 'approve' })),
    ).resolves.toEqual({ outcome: 'already', state: 'expired' });
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'expired' });
    expect(stage.orchestrator.performed).toEqual([]);
  });

  it('is refused at the moment of doing it, when who approved may not approve any more', async () => {
    const { stage, id } = await awaited();
    await inTx((tx) => stage.actions.answer(tx, { actionId: id, actor: olga, word: 'approve' }));
    stage.policy.approvers = [];
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'refused' });
    expect(stage.orchestrator.performed).toEqual([]);
  });

  it('is refused when a freeze has begun after the yes', async () => {
    const { stage, id } = await awaited();
    await inTx((tx) => stage.actions.answer(tx, { actionId: id, actor: olga, word: 'approve' }));
    stage.policy.verdict = frozen;
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'refused' });
  });
});

describe('breaking the glass', () => {
  it('goes on without a yes, for a reason, told in the platform’s channel', async () => {
    const { stage, id } = await awaited();
    const broken = { actionId: id, actor: olga, reason: 'the close is tonight' };
    await expect(inTx((tx) => stage.actions.breakGlass(tx, { ...broken, actor: lee }))).resolves.toMatchObject({
      outcome: 'denied',
      whoMay: 'people with the role *operator*',
    });
    await expect(inTx((tx) => stage.actions.breakGlass(tx, { ...broken, reason: ' ' }))).resolves.toMatchObject({
      outcome: 'denied',
      why: expect.stringMatching(/reason/),
    });
    await expect(inTx((tx) => stage.actions.breakGlass(tx, broken))).resolves.toMatchObject({ outcome: 'done' });
    await stage.settle();
    expect(await stored(database.db, id)).toMatchObject({ state: 'succeeded' });
    expect(await trail(database.db)).toContain('glass-broken');
    const rows = await database.db.query(
      `select channel from posts where role = 'action' and channel = '#data-platform'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('goes over a freeze with a plan, which is held back without it', async () => {
    const stage = await openStage(database.db);
    stage.policy.verdict = frozen;
    const plan = async (actor: typeof dana) => {
      const answer = await stage.actions.plan({
        kind: 'retry',
        actor,
        aim: { kind: 'targets', targets: [{ target: { kind: 'run', run } }] },
      });
      if (answer.outcome !== 'planned') throw new Error(answer.outcome);
      expect(answer.plan.warnings).toMatchObject([{ kind: 'freeze', names: ['year end'] }]);
      return answer.actionId;
    };
    const confirm = async (actor: typeof dana, breakGlass?: string) => {
      const actionId = await plan(actor);
      return inTx((tx) => stage.actions.confirm(tx, { actionId, actor, breakGlass }));
    };
    await expect(confirm(olga)).resolves.toMatchObject({ outcome: 'denied', freeze: 'year end' });
    await expect(confirm(dana, 'please')).resolves.toMatchObject({ outcome: 'denied' });
    await expect(confirm(olga, 'the close is tonight')).resolves.toMatchObject({ outcome: 'asked' });
    await stage.settle();
    expect(stage.orchestrator.effects).toHaveLength(1);
  });
});

describe('what was taken and does not begin', () => {
  it('is told once, after five minutes', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [{ status: 'queued' }];
    await stage.asked();
    await stage.settle(50);
    expect((await told(database.db)).filter((what) => what === 'nothing-began')).toEqual([]);
    await stage.settle(60);
    expect((await told(database.db)).filter((what) => what === 'nothing-began')).toHaveLength(1);
  });

  it('is not told of what runs, nor of a try that is not taken', async () => {
    const stage = await openStage(database.db);
    stage.orchestrator.tries = [new Failure('unavailable', 'prod')];
    stage.orchestrator.course = [{ status: 'running' }];
    await stage.asked();
    await stage.settle(150);
    expect(await told(database.db)).not.toContain('nothing-began');
  });
});

describe('the outcome of a retry', () => {
  it.each([
    { status: 'succeeded', outcome: 'fixed' },
    { status: 'failed', outcome: 'failed-again' },
    { status: 'cancelled', outcome: null },
  ] as const)('is kept as $outcome when the run has $status', async ({ status, outcome }) => {
    const stage = await openStage(database.db);
    stage.orchestrator.course = [{ status }];
    const id = await stage.asked();
    await stage.settle();
    expect(await database.db.query('select outcome from actions where action_id = $1', [id])).toEqual([{ outcome }]);
  });
});
