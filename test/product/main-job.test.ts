import { writeFileSync } from 'node:fs';
import { createStandIn, defineWorkflow, type StandIn, scriptedRunner } from '../../src/demo/stand-in';
import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { failedEvent, type Product, postEvents, startProduct, startSmallWorkspace } from '../support/product';
import { until } from '../support/until';

const channel = 'C0TEAM0';
/** Made up, in the shape of the real thing: it must appear nowhere. */
const secret = `ghp_${'a1B2'.repeat(9)}`;

/** One of the two modes is gone through on Redis, where there is one. */
const redisUrl = process.env.PITCREW_TEST_REDIS_URL;

describe.each([
  { mode: 'socket', queue: 'PostgreSQL', redisUrl: undefined },
  { mode: 'http', queue: redisUrl ? 'Redis' : 'PostgreSQL', redisUrl },
] as const)('the main job over $mode with the queue on $queue', ({ mode, redisUrl: redis }) => {
  jest.setTimeout(90_000);
  let database: TestDatabase;
  let workspace: Workspace;
  let standIn: StandIn;
  let product: Product;

  beforeAll(async () => {
    database = await createTestDatabase();
    const small = await startSmallWorkspace({ mode, channels: 2 });
    workspace = small.workspace;
    standIn = createStandIn({
      pipelines: [defineWorkflow({ id: 'orders_daily', steps: ['extract', 'load'], owner: 'team' })],
      runner: scriptedRunner({
        load: [
          {
            exitCode: 1,
            output: `connecting with ${secret}\npsycopg2.errors.UndefinedTable: relation "raw_orders" does not exist`,
          },
          { exitCode: 0, output: 'loaded 10 rows' },
        ],
      }),
    });
    const { url } = await standIn.start();
    product = await startProduct({
      databaseUrl: database.url,
      redisUrl: redis,
      slack: small.slack,
      settings: [
        'orchestrators:',
        `  - { name: prod, kind: maestro, url: "${url}", poll: { everySeconds: 1, pipelines: [orders_daily] } }`,
        'teams:',
        '  - { name: team, channel: "#team-0", members: { usergroup: S0TEAM } }',
        'defaultChannel: "#team-1"',
      ].join('\n'),
    });
    if (mode === 'http') workspace.deliverTo(`${product.url}/slack/events`);
  });

  afterAll(async () => {
    await product.kill();
    await standIn.stop();
    await workspace.stop();
    await database.drop();
  });

  const alerts = () => workspace.state.messages(channel).filter(({ text }) => text.includes('orders_daily'));
  const shown = () => JSON.stringify(alerts()[0] ?? {});
  const thread = () => workspace.state.thread(channel, alerts()[0]?.ts ?? '').slice(1);

  it('turns a failed run into one alert that says what, where and why', async () => {
    await standIn.startRun('orders_daily');
    await workspace.until(() => /Failed: orders_daily \/ load/.test(alerts()[0]?.text ?? ''), 20_000, 'the alert');
    await workspace.until(() => /raw_orders/.test(alerts()[0]?.text ?? ''), 10_000, 'the cause');
    expect(alerts()).toHaveLength(1);
    expect(shown()).toMatch(/retry-run\.v1.*show-log\.v1.*acknowledge\.v1/);
  });

  it('shows the end of the failed step’s log in the thread, without its secrets', async () => {
    await workspace.as('U0DANA').press(channel, alerts()[0]?.ts ?? '', 'show-log.v1');
    await workspace.until(
      () => thread().some((reply) => JSON.stringify(reply).includes('UndefinedTable')),
      10_000,
      'the log',
    );
    expect(JSON.stringify(workspace.state.calls)).not.toContain(secret);
  });

  it('refuses a guest and a member of another team in private, and says who may', async () => {
    const before = thread().length;
    for (const person of ['U0GUEST', 'U0NOAH']) {
      const pressed = await workspace.as(person).press(channel, alerts()[0]?.ts ?? '', 'retry-run.v1');
      expect(pressed.acked).toBe(true);
      await workspace.until(() => pressed.responses.length > 0, 5_000, `an answer to ${person}`);
      expect(JSON.stringify(pressed.responses)).toMatch(/Guests may look|Only/);
    }
    expect(thread()).toHaveLength(before);
    expect(standIn.requests.filter(({ path }) => path.endsWith('/actions/restart'))).toHaveLength(0);
  });

  it('retries once for a double press, shows who asked, and turns to Recovered with who did it', async () => {
    const pressed = await workspace.as('U0DANA').press(channel, alerts()[0]?.ts ?? '', 'retry-run.v1', { times: 2 });
    expect(pressed.all.map(({ acked }) => acked)).toEqual([true, true]);
    await workspace.until(() => /Recovered.*retried by @dana/i.test(alerts()[0]?.text ?? ''), 30_000, '"Recovered"');
    expect(
      standIn.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/actions/restart')),
    ).toHaveLength(1);
    expect(alerts()).toHaveLength(1);
    const past = workspace.state.past(channel, alerts()[0]?.ts ?? '').map(({ text }) => text);
    expect(past.some((text) => /Retrying, asked by @dana/i.test(text))).toBe(true);
    expect(shown()).not.toMatch(/retry-run|acknowledge\.v1/);
    const restart = standIn.requests.find(({ path }) => path.endsWith('/actions/restart'));
    expect(restart?.user).toBe('dana@shop.example');
  });

  it('keeps what was asked and what came of it in the audit trail', async () => {
    const rows = await database.db.query<{ what: string }>(`select what from audit where kind = 'retry' order by seq`);
    // The guest's press and that of the other team's member stand in it too.
    expect(rows.map(({ what }) => what)).toEqual(['refused', 'refused', 'asked', 'trying', 'accepted', 'succeeded']);
  });

  it.each([
    ['status', /orders_daily/],
    ['status orders_daily', /orders_daily.*Succeeded/s],
    ['status orders_dayly', /Did you mean.*orders_daily/s],
    ['status nothing_like_it_at_all', /no pipeline named/i],
    ['statsu', /status/],
    ['help', /\/pipeline status/],
    ['', /\/pipeline status/],
  ])('answers "/pipeline %s" in private', async (typed, expected) => {
    const answer = await workspace.as('U0DANA').command(channel, '/pipeline', typed);
    expect(answer.error).toBeUndefined();
    await workspace.until(() => answer.responses.length > 0, 5_000, 'an answer');
    expect(JSON.stringify(answer.responses)).toMatch(expected);
    expect(answer.responses.every((each) => each.response_type !== 'in_channel')).toBe(true);
  });

  it('takes new settings on SIGHUP, and keeps the old ones when the new are wrong', async () => {
    const file = product.settingsFile;
    writeFileSync(file, 'defaultChannell: "#team-0"\n');
    product.process.kill('SIGHUP');
    await until(() => product.log.some((line) => line.includes('settings.refused')), {
      what: 'the refusal in the log',
    });
    await postEvents(product, [failedEvent('stray_one')]);
    await workspace.until(
      () => workspace.state.messages('C0TEAM1').some(({ text }) => text.includes('stray_one')),
      10_000,
      'the alert in the old default channel',
    );

    writeFileSync(file, 'defaultChannel: "#team-0"\n');
    product.process.kill('SIGHUP');
    await until(() => product.log.some((line) => line.includes('settings.taken')), {
      what: 'the new settings in the log',
    });
    await postEvents(product, [failedEvent('stray_two')]);
    await workspace.until(
      () => workspace.state.messages(channel).some(({ text }) => text.includes('stray_two')),
      10_000,
      'the alert in the new default channel',
    );
  });

  it('never lets foreign text ping anybody', async () => {
    await postEvents(product, [
      failedEvent('hostile', {
        error: '<!channel> <@U0DANA> `rm -rf` *bold* <https://evil.example|click>',
        owner: '<!here>',
      }),
    ]);
    const alert = await workspace.until(
      () => workspace.state.messages(channel).find(({ text }) => text.includes('hostile')),
      10_000,
      'the alert',
    );
    expect(JSON.stringify(alert)).not.toMatch(/<!channel>|<!here>|<@U0DANA>|<https:\/\/evil/);
  });

  it('writes no secret into its log or database, and ends cleanly on SIGTERM', async () => {
    expect(await product.stop()).toBe(0);
    expect(product.log.join('\n')).not.toContain(secret);
    const [row] = await database.db.query<{ found: boolean }>(
      `select exists (select from posts where notice::text like $1) or exists (select from incidents where cause::text like $1)
         or exists (select from inbox where payload::text like $1) or exists (select from incident_members where error like $1) as found`,
      [`%${secret}%`],
    );
    expect(row?.found).toBe(false);
  });
});
