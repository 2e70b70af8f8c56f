import type { Actor } from '../../src/domain/actor';
import { Failure } from '../../src/domain/failure';
import type { Pipeline } from '../../src/domain/pipeline';
import type { RunStatus } from '../../src/domain/run';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import type { Orchestrator } from '../../src/orchestrators/orchestrator';
import { createPipelines, type PipelinesDeps } from '../../src/pipelines';
import { abilitiesIn } from '../support/abilities';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

const nine = new Date('2026-11-25T09:00:00Z');
const minutesBefore = (minutes: number) => new Date(nine.getTime() - minutes * 60_000);

const dana: Actor = {
  personId: '7c0d2f4e-0000-4000-8000-000000000001',
  slackId: 'U01DANA',
  name: 'Dana Lee',
  email: 'dana@data.example',
  isGuest: false,
  isBot: false,
  isDeactivated: false,
  teams: ['orders'],
  roles: [],
};

function settingsWith(file: object, catalogue: Settings['catalogue'] = []): Settings {
  const { orchestrators: _orchestrators, ...parsed } = SettingsFile.parse(file);
  const orchestrators = [{ name: 'prod', kind: 'maestro', headers: {}, actAs: 'email' as const, settings: {} }];
  return { ...parsed, orchestrators, catalogue };
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(
    database.db,
    `pipelines, runs, incidents, incident_members, incident_places, posts, actions, edges`,
  );
});

function open(
  differs: Partial<Pick<PipelinesDeps, 'orchestrator' | 'logTimeoutMs' | 'clock' | 'messageUrl' | 'channelName'>> & {
    settings?: () => Settings;
  } = {},
) {
  return createPipelines({
    db: database.db,
    settings: differs.settings ?? (() => orders),
    orchestrator: () => undefined,
    abilitiesOf: (name) => abilitiesIn(differs?.orchestrator?.(name)),
    ownerName: async (owner) => (owner === 'mei@data.example' ? 'Mei Tanaka' : owner),
    channelName: async (id) => ({ C0ORDERS: 'orders-data', C0OTHER: 'other' })[id],
    messageUrl: (channelId, ts) => `https://slack.example/${channelId}/${ts}`,
    clock: { now: () => nine },
    log: createLogger('silent'),
    ...differs,
  });
}

const orders = settingsWith({
  teams: [{ name: 'orders', channel: '#orders-data' }],
  routes: [{ match: { pipeline: 'web_*' }, channel: 'C0ORDERS' }],
});

function seen(key: string, facts: Pipeline['facts'] = {}, connection = 'prod'): Pipeline {
  return { connection, key, facts };
}

async function ran(
  pipeline: string,
  runs: {
    run: string;
    status: RunStatus;
    minutesAgo: number;
    tookMinutes?: number;
    attempt?: number;
    partition?: string;
  }[],
): Promise<void> {
  for (const { run, status, minutesAgo, tookMinutes = 0, attempt = 1, partition = '' } of runs) {
    await database.db.query(
      `insert into runs (connection, pipeline, run, attempt, partition, status, started_at, ended_at, occurred_at, recorded_at, url, log_url)
       values ('prod', $1, $2, $3, $4, $5, $6, $7, $7, $7, 'https://prod.example/' || $2, 'https://prod.example/log/' || $2)`,
      [pipeline, run, attempt, partition, status, minutesBefore(minutesAgo + tookMinutes), minutesBefore(minutesAgo)],
    );
  }
}

const incidentId = '11111111-1111-4111-8111-111111111111';

/** An open incident of a pipeline, shown in #orders-data. */
async function broke(
  pipeline: string,
  differs: { id?: string; cause?: object; acknowledgedBy?: string } = {},
): Promise<void> {
  const { id = incidentId, cause, acknowledgedBy } = differs;
  await database.db.query(
    `insert into incidents (incident_id, state, opened_at, last_failed_at, cause, reason, saved_at)
     values ($1, 'open', $2, $2, $3, 'first-failure', $2)`,
    [id, minutesBefore(30), cause ?? null],
  );
  await database.db.query(
    `insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, error,
       first_failed_at, last_failed_at, failures, channel)
     values ($1, 'prod', $2, '', 'failed', 'failed', 'first', 'r1', 1, E'disk full\nmore', $3, $3, 1, '#orders-data')`,
    [id, pipeline, minutesBefore(30)],
  );
  await database.db.query(
    `insert into incident_places (incident_id, channel, routed_by, acknowledged_by, acknowledged_at, created_at)
     values ($1, '#orders-data', 'route 1', $2, $3, $4)`,
    [id, acknowledgedBy ?? null, acknowledgedBy ? nine : null, nine],
  );
  await database.db.query(
    `insert into posts (post_id, kind, role, incident_id, channel, state, ts, channel_id, next_at, created_at)
     values (gen_random_uuid(), 'state', 'parent', $1, '#orders-data', 'sent', '1764061200.000100', 'C0ORDERS', $2, $2)`,
    [id, nine],
  );
}

const here = { actor: dana, channelId: 'C0ORDERS', channelName: 'privategroup', isDirect: false };

describe('status', () => {
  it('shows what is routed to this channel, by name and by id, troubled ones first', async () => {
    const pipelines = open();
    await pipelines.remember([
      seen('orders_daily', { team: 'orders', title: 'Daily orders' }),
      seen('orders_hourly', { team: 'orders' }),
      seen('web_sessions'),
      seen('billing', { team: 'billing' }),
    ]);
    await ran('web_sessions', [{ run: 'w1', status: 'failed', minutesAgo: 5 }]);
    await ran('orders_daily', [{ run: 'r1', status: 'running', minutesAgo: 1 }]);
    await broke('orders_hourly', { cause: { causeLine: 'No space left on device' } });

    const answer = await pipelines.status(here);
    expect(answer.scope).toBe('channel');
    expect(answer.pipelines.map(({ name, state }) => [name, state])).toEqual([
      ['orders_hourly', 'unknown'],
      ['web_sessions', 'failed'],
      ['Daily orders (orders_daily)', 'running'],
    ]);
    expect(answer.pipelines[0]?.openIncident).toEqual({
      incidentId,
      state: 'failed',
      since: minutesBefore(30),
      causeLine: 'No space left on device',
      permalink: 'https://slack.example/C0ORDERS/1764061200.000100',
    });
    expect(answer.pipelines[2]).toMatchObject({ team: 'orders', openIncident: undefined });
  });

  it('shows the first line of the error while the cause is not known, and who has taken it on', async () => {
    const pipelines = open();
    await pipelines.remember([seen('orders_daily', { team: 'orders' })]);
    await broke('orders_daily', { acknowledgedBy: 'U01DANA' });
    const answer = await pipelines.status(here);
    expect(answer.pipelines[0]?.openIncident).toMatchObject({ causeLine: 'disk full', state: 'acknowledged' });
  });

  it('says that an incident is being retried while an action is under way', async () => {
    const pipelines = open();
    await pipelines.remember([seen('orders_daily', { team: 'orders' })]);
    await broke('orders_daily');
    await database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, connection, pipeline, target, asked_at)
       values (gen_random_uuid(), 'retry', 'following', 'k1', gen_random_uuid(), 'U01DANA', $1, 'prod', 'orders_daily', '{}', $2)`,
      [incidentId, nine],
    );
    const answer = await pipelines.status(here);
    expect(answer.pipelines[0]?.openIncident?.state).toBe('retrying');
  });

  it('shows mine where nothing is routed, and in a direct message', async () => {
    const pipelines = open();
    await pipelines.remember([
      seen('orders_daily', { team: 'orders' }),
      seen('reports', { owner: 'dana@data.example' }),
      seen('billing', { team: 'billing' }),
    ]);
    const elsewhere = await pipelines.status({ ...here, channelId: 'C0OTHER' });
    const direct = await pipelines.status({ ...here, isDirect: true });
    for (const answer of [elsewhere, direct]) {
      expect(answer).toMatchObject({ scope: 'mine', more: 0 });
      expect(answer.pipelines.map(({ name }) => name)).toEqual(['orders_daily', 'reports']);
    }
  });

  it('knows what only the catalogue names, and lets the catalogue win', async () => {
    const settings = settingsWith({ teams: [{ name: 'orders', channel: '#orders-data' }] }, [
      { pipeline: 'orders_daily', title: 'Daily orders', team: 'orders' },
      { pipeline: 'orders_new', team: 'orders' },
    ]);
    const pipelines = open({ settings: () => settings });
    await pipelines.remember([seen('orders_daily', { title: 'orders-daily-v2', team: 'billing', tier: 1 })]);
    const answer = await pipelines.status(here);
    expect(answer.pipelines.map(({ name, state }) => [name, state])).toEqual([
      ['Daily orders (orders_daily)', 'unknown'],
      ['orders_new', 'unknown'],
    ]);
    await expect(pipelines.profile({ connection: 'prod', key: 'orders_daily' })).resolves.toEqual({
      connection: 'prod',
      key: 'orders_daily',
      facts: { title: 'Daily orders', team: 'orders', tier: 1 },
    });
  });

  it('shows forty and counts the rest, with the broken one among the forty', async () => {
    const pipelines = open();
    const many = Array.from({ length: 60 }, (_, index) =>
      seen(`orders_${String(index).padStart(2, '0')}`, { team: 'orders' }),
    );
    await pipelines.remember(many);
    await broke('orders_59');
    const answer = await pipelines.status(here);
    expect(answer.pipelines).toHaveLength(40);
    expect(answer.more).toBe(20);
    expect(answer.pipelines[0]?.name).toBe('orders_59');
  });
});

describe('find', () => {
  it('shows the last ten runs, each by its newest attempt, with success and usual duration', async () => {
    const pipelines = open();
    await pipelines.remember([seen('orders_daily')]);
    await ran('orders_daily', [
      { run: 'again', status: 'failed', minutesAgo: 3 },
      { run: 'again', status: 'succeeded', minutesAgo: 1, tookMinutes: 9, attempt: 2, partition: '2026-11-24' },
      { run: 'stopped', status: 'cancelled', minutesAgo: 5 },
      ...Array.from({ length: 12 }, (_, index) => ({
        run: `r${index}`,
        status: index % 4 === 0 ? ('failed' as const) : ('succeeded' as const),
        minutesAgo: 60 + index,
        tookMinutes: 10 + index,
      })),
    ]);
    const answer = await pipelines.find({ actor: dana, name: 'orders_daily' });
    const [found] = answer.pipelines;
    expect(answer).toMatchObject({ scope: 'named', asked: 'orders_daily', didYouMean: undefined, more: 0 });
    expect(found?.state).toBe('succeeded');
    expect(found?.lastRuns).toHaveLength(10);
    expect(found?.lastRuns[0]).toEqual({
      run: 'again',
      attempt: 2,
      status: 'succeeded',
      partition: '2026-11-24',
      startedAt: minutesBefore(10),
      endedAt: minutesBefore(1),
      url: 'https://prod.example/again',
    });
    expect(found?.succeeded).toEqual({ count: 10, of: 13 });
    // of 9, 11, 12, 13, 15, 16, 17, 19, 20 and 21 minutes the fifth
    expect(found?.usuallyTakesMs).toEqual({ median: 15 * 60_000, n: 10 });
  });

  it('judges the last thirty runs only', async () => {
    const pipelines = open();
    await pipelines.remember([seen('orders_daily')]);
    await ran(
      'orders_daily',
      Array.from({ length: 35 }, (_, index) => ({
        run: `r${index}`,
        status: index < 30 ? ('succeeded' as const) : ('failed' as const),
        minutesAgo: index,
      })),
    );
    const answer = await pipelines.find({ actor: dana, name: 'orders_daily' });
    expect(answer.pipelines[0]?.succeeded).toEqual({ count: 30, of: 30 });
  });

  it('suggests the nearest names when there is no such pipeline', async () => {
    const pipelines = open();
    await pipelines.remember([seen('orders_daily'), seen('billing')]);
    await expect(pipelines.find({ actor: dana, name: 'orders_dayly' })).resolves.toEqual({
      scope: 'named',
      pipelines: [],
      more: 0,
      asked: 'orders_dayly',
      didYouMean: ['orders_daily'],
      now: nine,
    });
  });
});

describe('remember', () => {
  it('puts what is said now in the place of what was said, and keeps what is not spoken of', async () => {
    const pipelines = open();
    await pipelines.remember([seen('orders', { team: 'orders', tier: 1 })]);
    await pipelines.remember([seen('orders', { team: 'billing' }), seen('orders', { team: 'sales' })]);
    const { facts } = await pipelines.profile({ connection: 'prod', key: 'orders' });
    expect(facts).toEqual({ team: 'sales', tier: 1 });
  });

  it('does not let a fact in an unknown form hide the others', async () => {
    await database.db.query(
      `insert into pipelines (connection, key, facts, first_seen_at, seen_at) values ('prod', 'orders', '{"tier":"high","team":"orders"}', $1, $1)`,
      [nine],
    );
    const { facts } = await open().profile({ connection: 'prod', key: 'orders' });
    expect(facts).toEqual({ team: 'orders' });
  });
});

describe('log', () => {
  const run = { pipeline: { connection: 'prod', key: 'orders_daily' }, run: 'r1' };
  const adapter = (differs: Partial<Orchestrator>): Orchestrator => ({
    normalise: () => ({ events: [] }),
    fetchRun: async () => {
      throw new Failure('not-found', 'prod');
    },
    check: async () => [],
    actions: {},
    ...differs,
  });

  it('reads the log of the failed step that ended last', async () => {
    const asked: string[] = [];
    const step = (name: string, status: RunStatus, minutesAgo: number) => ({
      ...run,
      step: name,
      status,
      endedAt: minutesBefore(minutesAgo),
    });
    const orchestrator = adapter({
      steps: async () => [step('extract', 'failed', 9), step('load', 'failed', 4), step('notify', 'skipped', 1)],
      async *openLog(ref) {
        asked.push(ref.step);
        yield Buffer.from('starting\npassword=correcthorse9!\ndone\n');
      },
    });
    await ran('orders_daily', [{ run: 'r1', status: 'failed', minutesAgo: 1 }]);
    await expect(open({ orchestrator: () => orchestrator }).log(run)).resolves.toEqual({
      step: 'load',
      lines: ['starting', 'password=[redacted:password]', 'done'],
      fromLine: 1,
      totalLines: 3,
      url: 'https://prod.example/log/r1',
    });
    expect(asked).toEqual(['load']);
  });

  it.each([
    { title: 'the connection is gone', orchestrator: undefined, missing: 'It has no such thing. Do it there.' },
    { title: 'it has no logs', orchestrator: adapter({}), missing: 'It has no such thing. Do it there.' },
    {
      title: 'no step is known',
      orchestrator: adapter({ async *openLog() {} }),
      missing: 'I do not know which step of this run failed, so I have no log to show.',
    },
    {
      title: 'the log is gone',
      step: 'load',
      orchestrator: adapter({
        // biome-ignore lint/correctness/useYield: a log that fails before its first byte
        async *openLog() {
          throw new Failure('not-found', 'Maestro');
        },
      }),
      missing: 'I could not find that in Maestro.',
    },
    {
      title: 'the log is empty',
      step: 'load',
      orchestrator: adapter({ async *openLog() {} }),
      missing: 'The log of load is empty.',
    },
    {
      title: 'the log does not end',
      step: 'load',
      orchestrator: adapter({
        async *openLog() {
          yield Buffer.from('line\n');
          await new Promise(() => undefined);
        },
      }),
      missing: 'I could not read this log to its end within 0.05 s.',
    },
    {
      title: 'the steps are not told in time',
      orchestrator: adapter({ async *openLog() {}, steps: () => new Promise(() => undefined) }),
      missing: 'prod did not answer.',
    },
  ])('says why there is nothing to show: $title', async ({ orchestrator, missing, step }) => {
    const answer = await open({ orchestrator: () => orchestrator, logTimeoutMs: 50 }).log({ ...run, step });
    expect(answer).toMatchObject({ missing });
  });

  it('removes what the company calls a secret', async () => {
    const settings = settingsWith({ diagnosis: { redact: [{ kind: 'customer', pattern: 'cust-[0-9]+' }] } });
    const orchestrator = adapter({
      async *openLog() {
        yield Buffer.from('loading cust-12345');
      },
    });
    const answer = await open({ settings: () => settings, orchestrator: () => orchestrator }).log({
      ...run,
      step: 'load',
    });
    expect(answer).toMatchObject({ lines: ['loading [redacted:customer]'] });
  });
});

describe('downstreamOf', () => {
  const orders = { connection: 'prod', key: 'orders' };
  const edge = (from: string, to: string) =>
    database.db.query(
      `insert into edges (from_node, to_node, source, known_since, seen_at) values ($1, $2, 'lineage', $3, $3)`,
      [from, to, nine],
    );

  it('walks over tables to pipelines and dashboards, nearest first, and does not go round in circles', async () => {
    const pipelines = open();
    await pipelines.remember([seen('orders'), seen('revenue', { title: 'Revenue' }), seen('forecast')]);
    await edge('pipeline:prod/orders', 'table:dwh.orders');
    await edge('table:dwh.orders', 'pipeline:prod/revenue');
    await edge('pipeline:prod/revenue', 'table:dwh.revenue');
    await edge('table:dwh.revenue', 'dashboard:Board report');
    await edge('table:dwh.revenue', 'pipeline:prod/forecast');
    await edge('pipeline:prod/forecast', 'table:dwh.orders');
    await expect(pipelines.downstreamOf(orders)).resolves.toEqual(['Revenue', 'Board report', 'forecast']);
  });

  it('follows what the catalogue says a pipeline feeds, also to names that nobody else knows', async () => {
    const settings = settingsWith({}, [
      { pipeline: 'orders', feeds: ['revenue', 'Monday mail'] },
      { pipeline: 'revenue', title: 'Revenue', feeds: ['dashboard:Board report'] },
    ]);
    const pipelines = open({ settings: () => settings });
    await expect(pipelines.downstreamOf(orders)).resolves.toEqual(['Monday mail', 'Revenue', 'Board report']);
  });

  it('asks for no edges where nobody has told of any, and follows the catalogue all the same', async () => {
    const query = jest.spyOn(database.db.pool, 'query');
    const pipelines = open();
    await expect(pipelines.downstreamOf(orders, false)).resolves.toBeUndefined();
    const before = query.mock.calls.length;
    await expect(pipelines.downstreamOf(orders, false)).resolves.toBeUndefined();
    expect(query.mock.calls.length).toBe(before);
    query.mockRestore();
    const settings = settingsWith({}, [{ pipeline: 'orders', feeds: ['revenue'] }]);
    await expect(open({ settings: () => settings }).downstreamOf(orders, false)).resolves.toEqual(['revenue']);
  });

  it('shows the first edge that is told at once', async () => {
    const pipelines = open();
    await expect(pipelines.downstreamOf(orders, false)).resolves.toBeUndefined();
    await edge('pipeline:prod/orders', 'pipeline:prod/revenue');
    await expect(pipelines.downstreamOf(orders, true)).resolves.toEqual(['revenue']);
  });

  it('says nothing where only an unread table is known, or nothing at all', async () => {
    const pipelines = open();
    await expect(pipelines.downstreamOf(orders)).resolves.toBeUndefined();
    await edge('pipeline:prod/orders', 'table:dwh.orders');
    await expect(pipelines.downstreamOf(orders)).resolves.toBeUndefined();
  });
});

describe('impact', () => {
  it('names owners, whose addresses it shows to nobody', async () => {
    const edges = settingsWith({}, [
      { pipeline: 'orders', feeds: ['board_report'] },
      { pipeline: 'board_report', owner: 'mei@data.example' },
    ]);
    const pipelines = open({ settings: () => edges });
    await pipelines.remember([seen('orders', {}), seen('board_report', {})]);
    const answer = await pipelines.impact({ name: 'orders' });
    expect(answer).toMatchObject({ kind: 'impact', owners: [{ who: 'Mei Tanaka', count: 1 }] });
    expect(JSON.stringify(answer)).not.toContain('@');
  });
});

describe('with 5,000 pipelines', () => {
  it('asks the database a few questions, and reads no history that is not shown', async () => {
    const pipelines = open();
    await pipelines.remember(
      Array.from({ length: 5_000 }, (_, index) => seen(`team${index % 50}_load_${index}`, { team: 'orders' })),
    );
    await database.db.query(
      `insert into runs (connection, pipeline, run, attempt, status, started_at, ended_at, occurred_at, recorded_at)
       select 'prod', key, 'r' || n, 1, case when n % 7 = 0 then 'failed' else 'succeeded' end, at - interval '5 min', at, at, at
       from pipelines, generate_series(1, 20) n, lateral (select $1::timestamptz - n * interval '1 hour' as at) t`,
      [nine],
    );
    await database.db.query('analyze runs');
    const queriesOf = async (question: () => Promise<unknown>) => {
      const spy = jest.spyOn(database.db, 'query');
      await question();
      const answers: unknown[][] = await Promise.all(spy.mock.results.map(({ value }) => value));
      spy.mockRestore();
      return { queries: answers.length, rows: answers.reduce((sum, rows) => sum + rows.length, 0) };
    };
    const asked = {
      exact: await queriesOf(() => pipelines.find({ actor: dana, name: 'team7_load_4007' })),
      fuzzy: await queriesOf(() => pipelines.find({ actor: dana, name: 'taem7 laod 4007' })),
      status: await queriesOf(() => pipelines.status(here)),
    };
    // Each pipeline twice at most, with its newest run, and of the 100,000 runs only those that are shown besides.
    for (const { queries, rows } of Object.values(asked)) {
      expect(queries).toBeLessThanOrEqual(12);
      expect(rows).toBeLessThanOrEqual(12_000);
    }
  });
});
