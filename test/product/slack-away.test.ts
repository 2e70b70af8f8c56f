import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { failedEvent, type Product, postEvents, startProduct, startSmallWorkspace } from '../support/product';

describe('Slack is not there when Pitcrew starts', () => {
  jest.setTimeout(90_000);
  let database: TestDatabase;
  let product: Product | undefined;
  let workspace: Workspace;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await product?.kill();
    await workspace.stop();
    await database.drop();
  });

  it.each(['socket', 'http'] as const)(
    'takes events all the same, and tells them when Slack is back (%s)',
    async (mode) => {
      const first = await startSmallWorkspace({ mode });
      await first.workspace.stop();
      workspace = first.workspace;
      product = await startProduct({
        databaseUrl: database.url,
        slack: first.slack,
        settings: 'defaultChannel: "#team-0"',
      });
      expect((await postEvents(product, [failedEvent('orders_daily')])).status).toBe(202);

      const port = Number(new URL(first.slack.SLACK_API_URL ?? '').port);
      ({ workspace } = await startSmallWorkspace({ mode, port }));
      const alert = () => workspace.state.messages('C0TEAM0').find(({ text }) => text.includes('orders_daily'));
      await workspace.until(alert, 40_000, 'the alert');
      if (mode === 'http') workspace.deliverTo(`${product.url}/slack/events`);
      else await workspace.until(() => workspace.socket.connections() > 0, 40_000, 'the connection');
      expect(await workspace.as('U0DANA').command('C0TEAM0', '/pipeline', 'help')).toMatchObject({ acked: true });
      expect(await product.stop()).toBe(0);
    },
  );

  it('ends, instead of serving nobody, when Slack refuses the credentials', async () => {
    const { slack, workspace: strict } = await startSmallWorkspace();
    workspace = strict;
    const starting = startProduct({
      databaseUrl: database.url,
      slack: { ...slack, SLACK_APP_TOKEN: 'xapp-another' },
      settings: 'defaultChannel: "#team-0"',
    });
    await expect(starting).rejects.toThrow(/ended with 1 before it was up/);
  });
});
