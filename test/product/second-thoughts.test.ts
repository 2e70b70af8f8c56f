import { setTimeout as sleep } from 'node:timers/promises';
import { createStandIn, defineWorkflow, type StandIn, type StepContext } from '../../src/demo/stand-in';
import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { type Product, startProduct, startSmallWorkspace } from '../support/product';

const channel = 'C0TEAM0';

describe('second thoughts about a retry', () => {
  jest.setTimeout(90_000);
  let database: TestDatabase;
  let workspace: Workspace;
  let standIn: StandIn;
  let product: Product;
  /** What the next run of the step does. */
  let next: 'fail' | 'hang' | 'succeed' = 'fail';

  beforeAll(async () => {
    database = await createTestDatabase();
    const small = await startSmallWorkspace({ budgets: 'off' });
    workspace = small.workspace;
    standIn = createStandIn({
      pipelines: [defineWorkflow({ id: 'stock_levels', steps: ['count'], owner: 'team' })],
      runner: async ({ signal }: StepContext) => {
        if (next === 'hang') {
          await sleep(60_000, undefined, { signal }).catch(() => undefined);
          return { exitCode: 143, output: 'terminated' };
        }
        return next === 'succeed'
          ? { exitCode: 0 }
          : { exitCode: 1, output: 'ValueError: could not convert string to float: "n/a"' };
      },
    });
    const { url } = await standIn.start();
    product = await startProduct({
      databaseUrl: database.url,
      slack: small.slack,
      settings: [
        'orchestrators:',
        `  - { name: prod, kind: maestro, url: "${url}", poll: { everySeconds: 1, pipelines: [stock_levels] } }`,
        'defaultChannel: "#team-0"',
      ].join('\n'),
    });
  });

  afterAll(async () => {
    await product.kill();
    await standIn.stop();
    await workspace.stop();
    await database.drop();
  });

  const alerts = () => workspace.state.messages(channel).filter(({ text }) => text.includes('stock_levels'));
  const says = (pattern: RegExp, withinMs = 20_000) =>
    workspace.until(
      () => alerts().some(({ text, blocks }) => pattern.test(`${text} ${JSON.stringify(blocks)}`)),
      withinMs,
      String(pattern),
    );
  const press = (button: string) => workspace.as('U0DANA').press(channel, alerts()[0]?.ts ?? '', button);
  const replies = () =>
    workspace.state
      .thread(channel, alerts()[0]?.ts ?? '')
      .slice(1)
      .map(({ text }) => text);

  it('shows a retry that fails again as failed, with the button back, and tells it once in the thread', async () => {
    await standIn.startRun('stock_levels');
    await says(/Failed: stock_levels.*retry-run/s);
    await press('retry-run.v1');
    await says(/Failed: stock_levels.*Attempt 2.*retry-run/s);
    await workspace.until(
      () => replies().filter((text) => /failed again/i.test(text)).length === 1,
      10_000,
      'one reply that it failed again',
    );
  });

  it('stops a run on request, and offers the retry again', async () => {
    next = 'hang';
    await press('retry-run.v1');
    await says(/Retrying: stock_levels.*stop-run/s);
    await workspace.until(
      () => standIn.requests.filter(({ path }) => path.endsWith('/actions/restart')).length === 2,
      10_000,
      'the second restart',
    );
    await press('stop-run.v1');
    await says(/Failed: stock_levels.*retry-run/s);
    await workspace.until(() => replies().some((text) => /stop/i.test(text)), 10_000, 'a reply about the stop');
    expect(standIn.requests.filter(({ path }) => path.endsWith('/actions/stop'))).toHaveLength(1);
  });

  it('acknowledges, says whose it is, and hands it back', async () => {
    await press('acknowledge.v1');
    await says(/Acknowledged: stock_levels.*dana/is);
    await press('unacknowledge.v1');
    await says(/Failed: stock_levels.*acknowledge\.v1/s);
  });

  it('recovers by a later retry, in the same one message', async () => {
    next = 'succeed';
    await press('retry-run.v1');
    await says(/Recovered: stock_levels/);
    expect(alerts()).toHaveLength(1);
  });

  it('takes a failure soon after the recovery in again, in the same one message', async () => {
    next = 'fail';
    await standIn.startRun('stock_levels');
    await says(/Failed: stock_levels/);
    expect(alerts()).toHaveLength(1);
  });
});
