import type { RunFact } from '../../src/store/run-rows';
import * as runRows from '../../src/store/run-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { Crashed, crashing, openStage, type Stage } from './stage';

let database: TestDatabase;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  stage = await openStage(database.db);
  await emptyTables(database.db, 'changes');
});

const pipeline = { connection: 'prod', key: 'orders_daily' };
const minute = 60_000;

/** Version 11 takes the place of 12, now. */
async function redeployed(version = '11', instead = '12'): Promise<string> {
  const id = await stage.asked({
    kind: 'redeploy',
    target: { kind: 'version', pipeline, version, instead },
    turn: `to-${version}`,
  });
  await stage.actions.drive(id);
  stage.clock.pass(minute);
  return id;
}

/** @param began minutes from now, @param took minutes; left out = it still runs */
async function ran(run: string, began: number, differs: Partial<RunFact> & { took?: number } = {}): Promise<void> {
  const { took, ...fact } = differs;
  const startedAt = new Date(stage.clock.now().getTime() + began * minute);
  const endedAt = took === undefined ? undefined : new Date(startedAt.getTime() + took * minute);
  const status = took === undefined ? 'running' : 'succeeded';
  const known = { ...pipeline, pipeline: pipeline.key, run, attempt: 1, partition: '', status, ...fact };
  await database.db.transaction((tx) =>
    runRows.save(
      tx,
      [{ ...known, startedAt, endedAt, occurredAt: endedAt ?? startedAt } as RunFact],
      stage.clock.now(),
    ),
  );
}

async function said(): Promise<Record<string, unknown>[]> {
  const rows = await database.db.query<{ fact: Record<string, unknown> }>(
    `select fact from told where what = 'first-run' order by seq`,
  );
  return rows.map(({ fact }) => fact);
}

describe('the first run after a redeploy', () => {
  it('is told once, with the way back', async () => {
    await redeployed();
    expect(await stage.actions.firstRuns.sweep()).toBe(0);
    await ran('119', 1, { took: 12 });
    expect(await stage.actions.firstRuns.sweep()).toBe(1);
    expect(await stage.actions.firstRuns.sweep()).toBe(0);
    expect(await said()).toMatchObject([
      { version: '11', outcome: 'succeeded', tookMs: 12 * minute, back: { ...pipeline, version: '12' } },
    ]);
  });

  it('is told with the line that it failed of', async () => {
    await redeployed();
    await ran('119', 1, { took: 3, status: 'failed', error: 'KeyError: day\n  at line 3' });
    await stage.actions.firstRuns.sweep();
    expect(await said()).toMatchObject([{ outcome: 'failed', cause: 'KeyError: day' }]);
  });

  it('is none that had begun before, nor a later attempt of one', async () => {
    await ran('118', -20, { took: 5, status: 'failed' });
    await redeployed();
    await ran('117', -30, { took: 60 });
    await ran('118', 2, { took: 5, attempt: 2 });
    await ran('119', 10);
    expect(await stage.actions.firstRuns.sweep()).toBe(0);
  });

  it('is waited for a day, then it is said that none came', async () => {
    await redeployed();
    stage.clock.pass(24 * 60 * minute);
    await stage.actions.firstRuns.sweep();
    expect(await said()).toMatchObject([{ outcome: 'none-came' }]);
  });

  it('tells nothing of a version that went out of force again before it began', async () => {
    await redeployed('11', '12');
    stage.clock.pass(5 * minute);
    await redeployed('12', '11');
    await ran('119', 1, { took: 2 });
    expect(await stage.actions.firstRuns.sweep()).toBe(2);
    expect(await said()).toMatchObject([{ version: '12' }]);
  });

  it('is told once wherever a process that tells it ends', async () => {
    for (let step = 1; ; step += 1) {
      stage = await openStage(database.db);
      await redeployed();
      await ran('119', 1, { took: 12 });
      const broken = crashing(database.db, step);
      const ended: unknown = await stage
        .worker(broken.db)
        .firstRuns.sweep()
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (ended !== undefined) expect(ended).toBeInstanceOf(Crashed);
      await stage.actions.firstRuns.sweep();
      expect(await said()).toHaveLength(1);
      if (ended === undefined) break;
    }
  });
});
