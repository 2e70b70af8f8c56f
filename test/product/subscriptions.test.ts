import { createLogger } from '../../src/lib/logger';
import { createSlackClient } from '../../src/slack/client';
import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { failedEvent, type Product, postEvents, startProduct, startSmallWorkspace } from '../support/product';
import { until } from '../support/until';

/** Alerts of orders_* are routed to the first channel; the second subscribes. */
const home = 'C0TEAM0';
const other = 'C0TEAM1';

describe('subscriptions', () => {
  jest.setTimeout(60_000);
  let database: TestDatabase;
  let workspace: Workspace;
  let product: Product;
  /** Noah's conversation with the bot. */
  let dm = '';

  beforeAll(async () => {
    database = await createTestDatabase();
    const small = await startSmallWorkspace({ channels: 2 });
    workspace = small.workspace;
    const slack = createSlackClient({
      token: 'xoxb-test',
      apiUrl: small.slack.SLACK_API_URL,
      log: createLogger('silent'),
    });
    dm = await slack.openDm('U0NOAH');
    product = await startProduct({
      databaseUrl: database.url,
      slack: small.slack,
      settings: ['defaultChannel: "#team-0"', 'teams: [{ name: orders }]'].join('\n'),
    });
    await send(failedEvent('orders_hourly', { run: 'h1', tags: ['finance'] }));
    await workspace.until(() => alertsIn(home, 'orders_hourly').length === 1, 15_000, 'the first alert');
  });

  afterAll(async () => {
    await product.kill();
    await workspace.stop();
    await database.drop();
  });

  const alertsIn = (channel: string, pipeline: string) =>
    workspace.state.messages(channel).filter(({ text }) => text.includes(`: ${pipeline}`));
  const send = async (event: object) => {
    expect((await postEvents(product, [event])).status).toBe(202);
  };
  const succeeded = (pipeline: string, run: string) => ({
    ...failedEvent(pipeline, { run, attempt: 2, error: undefined }),
    type: 'io.pitcrew.run.succeeded.v1',
  });
  async function type(words: string, who = 'U0DANA', channel = other) {
    const result = await workspace.as(who).command(channel, '/pipeline', words);
    expect(result.acked).toBe(true);
    const answer = await workspace.until(() => result.responses[0], 10_000, `an answer to ${words}`);
    expect(answer.response_type).toBe('ephemeral');
    return String(answer.text);
  }

  it('bring alerts of what fits to another channel as well, once each, and say how to undo it', async () => {
    expect(await type('subscribe orders_* tag:finance')).toBe(
      'From now on alerts for orders_* tag:finance come to this channel as well. 1 pipeline fits now: orders_hourly. ' +
        'To undo it: /pipeline unsubscribe orders_* tag:finance.',
    );
    expect(await type('subscribe orders_*', 'U0DANA', home)).toContain('It comes here anyway, and is not posted twice');
    await send(failedEvent('orders_daily', { run: 'd1', tags: ['finance'] }));
    await send(failedEvent('refunds', { run: 'r1' }));
    await workspace.until(() => alertsIn(home, 'refunds').length === 1, 15_000, 'the alert of refunds');
    await workspace.until(
      () => [home, other].every((channel) => alertsIn(channel, 'orders_daily').length === 1),
      15_000,
      'the alert in both channels',
    );
    expect(alertsIn(other, 'refunds')).toHaveLength(0);
    expect(JSON.stringify(alertsIn(other, 'orders_daily')[0]?.blocks)).toContain(
      'Here because of: subscription of @dana',
    );
  });

  it('are listed, each with how to undo it, and count for the status of the channel', async () => {
    expect(await type('subscriptions')).toMatch(
      /^This channel has subscribed to orders_\* tag:finance\. You follow nothing\./,
    );
    const status = await type('status', 'U0NOAH');
    expect(status).toMatch(/^Pipelines of this channel: 2 /);
    expect(status).toContain('orders_daily');
  });

  it('are not for guests, and offer the nearest word and name', async () => {
    expect(await type('subscribe orders_*', 'U0GUEST')).toMatch(/^Guests and apps may look/);
    expect(await type('subscribe order_daily')).toContain('Did you mean /pipeline subscribe orders_daily');
    expect(await type('subscirbe orders_daily')).toContain('Did you mean /pipeline subscribe orders_daily?');
  });

  it('of one person: a direct message when the pipeline is back, once, even if Slack’s answer to it is lost', async () => {
    const direct = () => workspace.state.messages(dm).filter(({ text }) => text.includes('orders_daily'));
    expect(await type('follow orders_daily', 'U0NOAH', dm)).toMatch(
      /^I will send you one direct message when orders_daily is back; .* To undo it: \/pipeline unfollow orders_daily\.$/,
    );
    expect(await type('follow refunds', 'U0NOAH')).toMatch(/^I will send you/);
    expect(await type('unfollow refunds', 'U0NOAH', dm)).toBe('You no longer follow refunds.');
    workspace.faults.next({ method: 'chat.postMessage', channel: dm }, 'drop-answer');
    await send(succeeded('orders_daily', 'd1'));
    await send(succeeded('refunds', 'r1'));
    await workspace.until(() => direct().length === 1, 15_000, 'the direct message');
    expect(direct()[0]?.text).toMatch(/^🟢 Recovered: orders_daily is back after /);
    await workspace.until(
      () => [home, other].every((channel) => /Recovered/.test(alertsIn(channel, 'orders_daily')[0]?.text ?? '')),
      15_000,
      'both alerts in their final state',
    );
    await until(
      async () => (await database.db.query(`select from posts where role = 'direct' and state <> 'sent'`)).length === 0,
      { withinMs: 15_000, what: 'the direct message being known as sent' },
    );
    expect(workspace.faults.list()).toEqual([]);
    expect(workspace.state.messages(dm)).toHaveLength(1);
  });

  it('end when somebody says so', async () => {
    expect(await type('unsubscribe orders_* tag:finance', 'U0NOAH')).toMatch(
      /^No new alerts for orders_\* tag:finance come here/,
    );
    await send(failedEvent('orders_weekly', { run: 'w1', tags: ['finance'] }));
    await workspace.until(() => alertsIn(home, 'orders_weekly').length === 1, 15_000, 'the alert at home');
    expect(alertsIn(other, 'orders_weekly')).toHaveLength(0);
  });
});
