import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { failedEvent, type Product, postEvents, startProduct, startSmallWorkspace } from '../support/product';
import { until } from '../support/until';

const channel = 'C0TEAM0';

describe('what comes due by the clock, in the running product', () => {
  jest.setTimeout(90_000);
  let database: TestDatabase;
  let workspace: Workspace;
  let product: Product;

  beforeAll(async () => {
    database = await createTestDatabase();
    const small = await startSmallWorkspace();
    workspace = small.workspace;
    product = await startProduct({
      databaseUrl: database.url,
      slack: small.slack,
      settings: [
        'teams:',
        '  - { name: team, channel: "#team-0", members: { usergroup: S0TEAM } }',
        // 1.2 s and 2.4 s
        'noise: { reminders: [0.02, 0.04], acknowledgeExpiresMinutes: 0.02 }',
      ].join('\n'),
    });
  });
  afterAll(async () => {
    await product.kill();
    await workspace.stop();
    await database.drop();
  });

  const alert = (pipeline: string) =>
    workspace.state.messages(channel).find(({ text }) => text.includes(`: ${pipeline}`));
  const thread = (pipeline: string) => workspace.state.thread(channel, alert(pipeline)?.ts ?? '').slice(1);
  const seen = (pipeline: string, wanted: RegExp, what: string) =>
    workspace.until(() => thread(pipeline).some(({ text }) => wanted.test(text)), 15_000, what);

  it('repeats an alert that nobody took in its thread, and calls its people at last', async () => {
    await postEvents(product, [failedEvent('orders_daily', { team: 'team', tier: 1 })]);
    await seen('orders_daily', /Reminder 1 of 2/, 'the first reminder');
    await seen('orders_daily', /<!subteam\^S0TEAM> orders_daily still fails .*Reminder 2 of 2/, 'the last reminder');
  });

  it('lets an acknowledge run out', async () => {
    await workspace.as('U0DANA').press(channel, alert('orders_daily')?.ts ?? '', 'acknowledge.v1');
    await seen('orders_daily', /acknowledgement has run out/, 'its end');
    await workspace.until(() => /🔴 Failed/.test(alert('orders_daily')?.text ?? ''), 10_000, 'the red alert');
  });

  it('mutes from the menu beside the alert, and tells on Unmute what was hidden', async () => {
    const ts = alert('orders_daily')?.ts ?? '';
    const [incident] = await database.db.query<{ id: string }>('select incident_id as id from incidents');
    const value = JSON.stringify({ incidentId: incident?.id, minutes: 60 });
    await workspace.as('U0DANA').press(channel, ts, 'alert-more.v1', { value });
    await seen('orders_daily', /🔕 Muted by/, 'the mute');
    await workspace.until(() => /🔕 Muted/.test(alert('orders_daily')?.text ?? ''), 10_000, 'the muted alert');
    await postEvents(product, [failedEvent('orders_daily', { team: 'team', tier: 1, error: 'again' })]);
    const hidden = () => database.db.query('select 1 from incident_places where hid = 1');
    await until(async () => (await hidden()).length === 1);
    await workspace.as('U0NOAH').press(channel, ts, 'unmute.v1');
    await seen('orders_daily', /No longer muted by .*\. 1 event was not told meanwhile/, 'the end of the mute');
    expect(thread('orders_daily').some(({ text }) => text.includes('Failed again'))).toBe(false);
  });
});
