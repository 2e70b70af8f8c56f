import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { failedEvent, type Product, postEvents, startProduct, startSmallWorkspace } from '../support/product';

describe('an alert that its channel does not show', () => {
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

  it('is told to the platform’s people, once, with the reason', async () => {
    const small = await startSmallWorkspace({ channels: 2 });
    workspace = small.workspace;
    product = await startProduct({
      databaseUrl: database.url,
      slack: small.slack,
      settings: 'defaultChannel: "#not-there"\nplatformChannel: "#team-0"',
    });
    await postEvents(product, [failedEvent('orders_daily')]);
    const told = () => workspace.state.messages('C0TEAM0');
    await workspace.until(() => told().length > 0, 40_000, 'the word to the platform’s people');
    await postEvents(product, [failedEvent('stock_hourly')]);
    await workspace.until(() => workspace.state.everything('C0TEAM0').length > 1, 40_000, 'the story');
    expect(told().map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^🔴 Failed: alerts in #not-there\. the alert of \w+ is not shown in #not-there: channel_not_found\. Correct the channel, or invite Pitcrew/,
      ),
    ]);
  });

  it('is told when it cannot be found out whether it was posted', async () => {
    const small = await startSmallWorkspace({ channels: 2 });
    workspace = small.workspace;
    const open = workspace.state.channels.get('C0TEAM1');
    open?.members.splice(open.members.indexOf('U0BOT'), 1);
    workspace.faults.next({ method: 'chat.postMessage' }, 'drop-answer');
    product = await startProduct({
      databaseUrl: database.url,
      slack: small.slack,
      settings: 'defaultChannel: "#team-1"\nplatformChannel: "#team-0"',
    });
    await postEvents(product, [failedEvent('orders_daily')]);
    await workspace.until(() => workspace.state.messages('C0TEAM0').length > 0, 40_000, 'the word');
    expect(workspace.state.messages('C0TEAM0')[0]?.text).toMatch(
      /alerts in #team-1\. the alert of orders_daily is not shown in #team-1: may have been posted; the history cannot be read: not_in_channel/,
    );
    expect(workspace.state.messages('C0TEAM1')).toHaveLength(1);
  });
});
