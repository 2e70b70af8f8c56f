import { randomUUID } from 'node:crypto';
import type { Diagnosis } from '../../src/domain/diagnosis';
import type { Reason } from '../../src/domain/incident';
import { Notice } from '../../src/domain/notice';
import type { PipelineEvent } from '../../src/domain/pipeline-event';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createIncidents, type Outcome, type Taken } from '../../src/incidents';
import { createLogger } from '../../src/lib/logger';
import type { Tx } from '../../src/store/db';
import * as edgeRows from '../../src/store/edge-rows';
import * as incidentRows from '../../src/store/incident-rows';
import { shuffles, stories } from '../domain/run-stories';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import fc, { tries } from '../support/fast-check';

const nine = new Date('2026-11-25T09:00:00Z');
const at = (minute: number): Date => new Date(nine.getTime() + minute * 60_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'incidents, runs, pipelines, edges, actions, posts');
});

const file = {
  defaultChannel: 'C0ALERTS',
  teams: [{ name: 'orders', channel: 'C0ORDERS', onCall: { usergroup: 'S0ONCALL' } }],
  routes: [
    { match: { pipeline: 'orders_*' }, channel: 'C0ORDERS', mention: 'onCall' },
    { match: { pipeline: 'quiet_*' }, channel: 'C0QUIET', threads: false },
  ],
};

function open(differs: object = {}) {
  const { orchestrators: _orchestrators, ...parsed } = SettingsFile.parse({ ...file, ...differs });
  const settings: Settings = { ...parsed, orchestrators: [], catalogue: [] };
  const reasons: Reason[] = [];
  const incidents = createIncidents({
    clock: { now: () => at(60) },
    log: createLogger('silent'),
    settings: () => settings,
    channelId: async (channel) => channel,
    decided: (reason) => reasons.push(reason),
  });
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.db.transaction(work);
  return {
    incidents,
    reasons,
    within,
    receive: (...batch: Taken[]): Promise<Outcome[]> => within((tx) => incidents.receive(tx, batch)),
  };
}

let told = 0;
function event(
  kind: PipelineEvent['kind'],
  pipeline: string,
  minute: number,
  differs: Partial<PipelineEvent> = {},
): Taken {
  told += 1;
  return {
    event: {
      source: 'test',
      id: `${told}`,
      kind,
      occurredAt: at(minute),
      connection: 'prod',
      pipeline,
      run: `${pipeline} ${minute}`,
      attempt: 1,
      final: true,
      owner: 'orders',
      ...differs,
    },
  };
}
const failed = (pipeline: string, minute: number, differs: Partial<PipelineEvent> = {}, cause?: Diagnosis): Taken => ({
  ...event('failed', pipeline, minute, differs),
  cause,
});
const succeeded = (pipeline: string, minute: number, differs: Partial<PipelineEvent> = {}): Taken =>
  event('succeeded', pipeline, minute, { startedAt: at(minute - 1), ...differs });

const cause = (fingerprint: string, differs: Partial<Diagnosis> = {}): Diagnosis => ({
  category: 'disk_full',
  title: 'Disk full',
  retryable: 'after_change',
  ownerSide: 'platform',
  causeLine: 'No space left on device',
  causeLineInFull: 'No space left on device',
  causeLineNo: 1,
  fingerprint,
  excerpt: '',
  excerptFromLineNo: 1,
  nextStep: 'Free some space.',
  confidence: 0.9,
  redactions: {},
  ...differs,
});
const disk = cause('f1');

async function stored(): Promise<incidentRows.StoredIncident[]> {
  const rows = await database.db.query<{ id: string }>('select incident_id as id from incidents order by seq');
  return incidentRows.load(
    database.db,
    rows.map(({ id }) => id),
    false,
  );
}

async function onlyOne(): Promise<incidentRows.StoredIncident> {
  const [incident, ...others] = await stored();
  expect(others).toEqual([]);
  if (!incident) throw new Error('there is no incident');
  return incident;
}

interface PostRow {
  channel: string;
  role: string;
  urgency: number;
  wanted: number;
  notice: unknown;
}

async function posts(role: 'parent' | 'reply'): Promise<PostRow[]> {
  return database.db.query<PostRow>(
    'select channel, role, urgency, wanted_version as wanted, notice from posts where role = $1 order by seq',
    [role],
  );
}
const notices = async (): Promise<(Notice & { channel: string })[]> =>
  (await posts('reply')).map(({ notice, channel }) => ({ ...Notice.parse(notice), channel }));

/** As if Slack had taken all that waits. */
const sendAll = () =>
  database.db.query(
    `update posts set state = 'sent', sent_version = wanted_version, ts = coalesce(ts, seq::text), channel_id = channel`,
  );

describe('receiving events', () => {
  it('saves an incident with its member, place and parent in one go', async () => {
    const { receive } = open();
    const [outcome] = await receive(
      failed('orders_daily', 0, { run: 'r1', step: 'load', error: 'no space', partition: '2026-11-25' }, disk),
    );
    expect(await onlyOne()).toMatchObject({
      id: outcome?.incidentId,
      state: 'open',
      openedAt: at(0),
      fingerprint: 'f1',
      cause: { category: 'disk_full' },
      reason: 'first-failure',
      members: [{ pipeline: 'orders_daily', partition: '2026-11-25', run: 'r1', step: 'load', channel: 'C0ORDERS' }],
      places: [{ channel: 'C0ORDERS', routedBy: 'route 1', mention: '<!subteam^S0ONCALL>', threads: true }],
    });
    expect(await posts('parent')).toMatchObject([{ channel: 'C0ORDERS', wanted: 1 }]);
    expect(outcome).toMatchObject({ reason: 'first-failure', opened: true });
    expect(await notices()).toEqual([]);
  });

  it.each([
    { pipeline: 'orders_daily', owner: 'dana', channel: 'C0ORDERS', routedBy: 'route 1' },
    { pipeline: 'customers_daily', owner: 'orders', channel: 'C0ORDERS', routedBy: 'team orders' },
    { pipeline: 'customers_daily', owner: 'dana', channel: 'C0ALERTS', routedBy: 'default' },
  ])('brings $pipeline of $owner to $channel by $routedBy', async ({ pipeline, owner, channel, routedBy }) => {
    await open().receive(failed(pipeline, 0, { owner }));
    expect((await onlyOne()).places).toMatchObject([{ channel, routedBy }]);
  });

  it('is one incident for the attempts of a run, told in its thread', async () => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0, { run: 'r1' }));
    await receive(failed('orders_daily', 5, { run: 'r1', attempt: 2, error: 'again' }));
    expect(reasons).toEqual(['first-failure', 'another-failure']);
    expect(await posts('parent')).toMatchObject([{ wanted: 2 }]);
    expect(await notices()).toMatchObject([{ kind: 'failed-again', channel: 'C0ORDERS', attempt: 2, error: 'again' }]);
  });

  it('tells of a whole log as error text the line that shows the cause', async () => {
    const { receive } = open();
    const error = 'INFO starting\nINFO adding up\nNo space left on device';
    await receive(failed('orders_daily', 0, { run: 'r1', error }, disk));
    await receive(failed('orders_daily', 5, { run: 'r1', attempt: 2, error }, disk));
    expect(await notices()).toMatchObject([{ kind: 'failed-again', error: 'No space left on device' }]);
    expect((await onlyOne()).members).toMatchObject([{ error: 'No space left on device' }]);
  });

  it('raises no alert for a failure that the orchestrator mends: the run goes on, or has ended where another run takes its place', async () => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0, { run: 'r1', final: false }));
    await receive(failed('orders_daily', 5, { run: 'r2', final: false, isReplaced: true }));
    expect(reasons).toEqual(['will-retry-itself', 'will-retry-itself']);
    expect(await stored()).toEqual([]);
    const rows = await database.db.query('select run, status, ended_at as "endedAt" from runs order by run');
    expect(rows).toEqual([
      { run: 'r1', status: 'running', endedAt: null },
      { run: 'r2', status: 'failed', endedAt: at(5) },
    ]);
  });

  it('takes the same failure from two sources once', async () => {
    const { receive, reasons } = open();
    const push = failed('orders_daily', 0, { run: 'r1' });
    await receive(push, push, failed('orders_daily', 1, { run: 'r1', source: 'poll' }));
    await receive(push);
    expect(reasons).toEqual(['first-failure', 'nothing-new', 'nothing-new', 'nothing-new']);
    expect((await onlyOne()).members).toMatchObject([{ failures: 1 }]);
    expect(await posts('parent')).toMatchObject([{ wanted: 1 }]);
  });

  it('decides a batch as it decides one by one', async () => {
    const { receive, reasons } = open();
    await receive(
      failed('orders_daily', 0, { run: 'r1' }),
      failed('orders_hourly', 1, { run: 'h1' }, disk),
      failed('customers_daily', 2, { run: 'c1', owner: 'dana' }, disk),
      event('started', 'orders_hourly', 3, { run: 'h1', attempt: 2 }),
    );
    expect(reasons).toEqual(['first-failure', 'first-failure', 'same-cause', 'running-again']);
    expect((await stored()).map(({ members }) => members.map(({ pipeline, state }) => `${pipeline} ${state}`))).toEqual(
      [['orders_daily failed'], ['orders_hourly running', 'customers_daily failed']],
    );
  });

  it('keeps partitions apart', async () => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0, { partition: 'mon' }));
    await receive(failed('orders_daily', 1, { partition: 'tue' }));
    await receive(succeeded('orders_daily', 5, { partition: 'mon' }));
    expect(reasons).toEqual(['first-failure', 'first-failure', 'recovered']);
    expect((await stored()).map(({ state }) => state)).toEqual(['recovered', 'open']);
  });

  it('leaves no trace when its transaction does not end well', async () => {
    const { incidents, within } = open();
    const broken = within(async (tx) => {
      await incidents.receive(tx, [failed('orders_daily', 0)]);
      throw new Error('lost');
    });
    await expect(broken).rejects.toThrow('lost');
    expect(await stored()).toEqual([]);
    expect(await database.db.query('select from runs')).toEqual([]);
  });

  it('keeps threads out of a channel that does not want them', async () => {
    const { receive } = open();
    await receive(failed('quiet_daily', 0, { run: 'r1' }));
    await receive(failed('quiet_daily', 5, { run: 'r1', attempt: 2 }));
    expect(await posts('parent')).toMatchObject([{ channel: 'C0QUIET', wanted: 2 }]);
    expect(await notices()).toEqual([]);
  });

  it('keeps an incident in its channel though the routes change meanwhile', async () => {
    await open().receive(failed('orders_daily', 0, { run: 'r1' }));
    const { receive } = open({ routes: [], teams: [] });
    await receive(failed('orders_daily', 5, { run: 'r1', attempt: 2 }));
    await receive(succeeded('orders_daily', 9, { run: 'r1', attempt: 3 }));
    expect((await posts('parent')).map(({ channel }) => channel)).toEqual(['C0ORDERS']);
    expect((await notices()).map(({ kind, channel }) => [kind, channel])).toEqual([
      ['failed-again', 'C0ORDERS'],
      ['recovered', 'C0ORDERS'],
    ]);
  });
});

describe('one cause', () => {
  it('over several pipelines and two channels is one incident with one parent in each', async () => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0, {}, disk), failed('orders_hourly', 1, {}, disk));
    await receive(
      failed('customers_daily', 2, { owner: 'dana' }, disk),
      failed('customers_hourly', 3, { owner: 'dana' }, disk),
    );
    expect(reasons).toEqual(['first-failure', 'same-cause', 'same-cause', 'same-cause']);
    const incident = await onlyOne();
    expect(incident.members.map(({ pipeline, channel }) => [pipeline, channel])).toEqual([
      ['orders_daily', 'C0ORDERS'],
      ['orders_hourly', 'C0ORDERS'],
      ['customers_daily', 'C0ALERTS'],
      ['customers_hourly', 'C0ALERTS'],
    ]);
    expect((await posts('parent')).map(({ channel }) => channel)).toEqual(['C0ORDERS', 'C0ALERTS']);
    expect(await notices()).toMatchObject([
      { kind: 'joined', channel: 'C0ORDERS', pipelines: ['orders_hourly'], total: 2 },
      { kind: 'joined', channel: 'C0ALERTS', pipelines: ['customers_hourly'], total: 4 },
    ]);
  });

  it.each([
    { minutes: 10, reason: 'same-cause' },
    { minutes: 11, reason: 'first-failure' },
  ])('holds $minutes minutes after its newest failure: $reason', async ({ minutes, reason }) => {
    const { receive, reasons } = open();
    await receive(failed('a', 0, {}, disk));
    await receive(failed('b', 8, {}, disk));
    await receive(failed('c', 8 + minutes, {}, disk));
    expect(reasons).toEqual(['first-failure', 'same-cause', reason]);
  });

  it('takes in nothing with another cause or none', async () => {
    const { receive } = open();
    await receive(failed('a', 0, {}, disk), failed('b', 1, {}, cause('f2')), failed('c', 2));
    expect(await stored()).toHaveLength(3);
  });

  it('takes in nothing once it is over', async () => {
    const { receive, reasons } = open();
    await receive(failed('a', 0, {}, disk));
    await receive(succeeded('a', 1));
    await receive(failed('b', 2, {}, disk));
    expect(reasons).toEqual(['first-failure', 'recovered', 'first-failure']);
  });

  it('recovers member by member, and as a whole with the last one, in every channel', async () => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0, {}, disk), failed('customers_daily', 1, { owner: 'dana' }, disk));
    await receive(succeeded('orders_daily', 5));
    expect((await onlyOne()).state).toBe('open');
    await receive(succeeded('customers_daily', 9, { owner: 'dana' }));
    expect(reasons).toEqual(['first-failure', 'same-cause', 'member-recovered', 'recovered']);
    expect(await onlyOne()).toMatchObject({ state: 'recovered', closedAt: at(9) });
    expect((await notices()).map(({ kind, channel }) => `${kind} ${channel}`)).toEqual([
      'member-recovered C0ORDERS',
      'recovered C0ALERTS',
      'recovered C0ORDERS',
    ]);
  });

  it('tells members that join or recover while the story is unsent in one reply', async () => {
    const { receive } = open();
    await receive(...['a', 'b', 'c'].map((name) => failed(name, 0, {}, disk)));
    await receive(failed('d', 1, {}, disk));
    expect(await notices()).toMatchObject([{ kind: 'joined', pipelines: ['b', 'c', 'd'], count: 3, total: 4 }]);
    await sendAll();
    await receive(failed('e', 2, {}, disk));
    await receive(succeeded('a', 5), succeeded('b', 5));
    await receive(succeeded('c', 5));
    expect(await notices()).toMatchObject([
      { kind: 'joined', count: 3 },
      { kind: 'joined', pipelines: ['e'], count: 1, total: 5 },
      { kind: 'member-recovered', pipelines: ['a', 'b', 'c'], count: 3, left: 2 },
    ]);
  });

  it('names twenty of many that joined and counts them all', async () => {
    const { receive } = open();
    await receive(...Array.from({ length: 60 }, (_, n) => failed(`p${n}`, 0, {}, disk)));
    const [joined] = await notices();
    expect(joined).toMatchObject({ kind: 'joined', count: 59, total: 60 });
    expect(joined?.kind === 'joined' && joined.pipelines).toHaveLength(20);
  });

  it('closes only with the last of members that no batch has read together', async () => {
    const { receive } = open();
    const names = Array.from({ length: 30 }, (_, n) => `p${n}`);
    for (const name of names) await receive(failed(name, 0, {}, disk));
    for (const name of names.slice(1)) await receive(succeeded(name, 5));
    expect((await onlyOne()).state).toBe('open');
    await receive(succeeded('p0', 9));
    expect(await onlyOne()).toMatchObject({ state: 'recovered', closedAt: at(9) });
    expect((await notices()).at(-1)).toMatchObject({ kind: 'recovered', tookMs: 9 * 60_000 });
  });
});

describe('an incident with many members', () => {
  it('is read and written only where a batch is about it', async () => {
    const { receive } = open();
    await receive(...Array.from({ length: 200 }, (_, n) => failed(`p${n}`, 0, {}, disk)));
    const { id } = await onlyOne();
    const key = { connection: 'prod', pipeline: 'p7', partition: '' };
    const [part] = await incidentRows.load(database.db, [id], false, [key]);
    expect(part).toMatchObject({ members: [{ pipeline: 'p7' }], rest: { count: 199, live: 199, recovered: 0 } });
    const versions = () =>
      database.db.query<{ pipeline: string; version: string }>(
        'select pipeline, xmin::text as version from incident_members order by pipeline',
      );
    const before = await versions();
    await receive(succeeded('p7', 5), failed('p8', 6, { run: 'p8 again' }));
    const after = await versions();
    const written = after.filter(({ version }, n) => version !== before[n]?.version);
    expect(written.map(({ pipeline }) => pipeline)).toEqual(['p7', 'p8']);
  });

  it('looks at the runs of a pipeline from its newest failure on, however many there were before', async () => {
    const { receive, reasons } = open();
    await receive(...Array.from({ length: 700 }, (_, n) => succeeded('orders_daily', n - 800)));
    await receive(failed('orders_daily', 0));
    await receive(succeeded('orders_daily', 5));
    expect(reasons.slice(-2)).toEqual(['first-failure', 'recovered']);
  });
});

describe('the platform channel', () => {
  const platform = { platformChannel: 'C0PLATFORM' };

  it('gets one post for a cause once it hits a second channel, and hears of its growth', async () => {
    const { receive } = open(platform);
    await receive(failed('orders_daily', 0, {}, disk));
    expect((await stored())[0]?.places.map(({ channel }) => channel)).toEqual(['C0ORDERS']);
    await receive(failed('stock_daily', 1, { owner: undefined }, disk));
    await receive(failed('orders_hourly', 2, {}, disk));
    const [incident, ...others] = await stored();
    expect(others).toEqual([]);
    expect(incident?.places.map(({ channel, routedBy }) => [channel, routedBy]).slice(2)).toEqual([
      ['C0PLATFORM', 'more than one channel hit'],
    ]);
    const posts = await database.db.query<{ role: string; kind: string | null }>(
      `select role, notice ->> 'kind' as kind from posts where channel = 'C0PLATFORM' order by seq`,
    );
    expect(posts).toEqual([
      { role: 'parent', kind: null },
      { role: 'reply', kind: 'joined' },
    ]);
  });

  it('gets no second post where it is one of the channels that are hit', async () => {
    const { receive } = open({ platformChannel: 'C0ORDERS' });
    await receive(failed('orders_daily', 0, {}, disk), failed('stock_daily', 1, { owner: undefined }, disk));
    expect((await stored())[0]?.places.map(({ channel }) => channel)).toEqual(['C0ALERTS', 'C0ORDERS']);
  });
});

describe('what is downstream', () => {
  const feeds = (from: string, to: string) =>
    edgeRows.save(
      database.db,
      [
        { from: `pipeline:prod/${from}`, to: `table:${from}`, source: 'test', knownSince: at(-60) },
        { from: `table:${from}`, to: `pipeline:prod/${to}`, source: 'test', knownSince: at(-60) },
      ],
      at(-60),
    );

  it('of an open incident joins it, over several steps, before its own cause is looked at', async () => {
    await feeds('raw', 'clean');
    await feeds('clean', 'report');
    const { receive, reasons } = open();
    await receive(failed('other', 0, {}, disk));
    await receive(failed('raw', 0, {}, cause('f2')));
    await receive(failed('report', 1, {}, disk));
    expect(reasons).toEqual(['first-failure', 'first-failure', 'downstream-of-open']);
    const [, raw] = await stored();
    expect(raw?.members).toMatchObject([{ pipeline: 'raw' }, { pipeline: 'report', via: 'downstream' }]);
    expect(await notices()).toMatchObject([{ kind: 'joined', why: 'downstream', pipelines: ['report'] }]);
  });

  it('joins within one batch as well', async () => {
    await feeds('raw', 'clean');
    const { receive, reasons } = open();
    await receive(failed('raw', 0), failed('clean', 1));
    expect(reasons).toEqual(['first-failure', 'downstream-of-open']);
  });

  it('joins while any partition of what feeds it is down', async () => {
    await feeds('raw', 'clean');
    const { receive, reasons } = open();
    await receive(failed('raw', 0, { partition: 'mon' }));
    await receive(failed('raw', 0, { partition: 'tue' }));
    await receive(succeeded('raw', 1, { partition: 'mon' }));
    await receive(failed('clean', 2));
    expect(reasons.at(-1)).toBe('downstream-of-open');
  });

  it('stands alone once what feeds it is well again', async () => {
    await feeds('raw', 'clean');
    const { receive, reasons } = open();
    await receive(failed('raw', 0), failed('other', 0, {}, disk), failed('raw2', 1, {}, disk));
    await receive(succeeded('raw', 5));
    await receive(failed('clean', 6));
    expect(reasons.at(-1)).toBe('first-failure');
  });

  it('learns what feeds what from the events themselves', async () => {
    const { receive, reasons } = open();
    await receive(succeeded('raw', -10, { outputs: ['lake.raw'] }), succeeded('clean', -9, { inputs: ['lake.raw'] }));
    await receive(failed('raw', 0));
    await receive(failed('clean', 1));
    expect(reasons).toEqual(['no-incident', 'no-incident', 'first-failure', 'downstream-of-open']);
  });
});

describe('a closed incident', () => {
  it.each([
    { minutes: 30, reason: 'reopened', incidents: 1 },
    { minutes: 31, reason: 'first-failure', incidents: 2 },
  ])('takes a failure $minutes minutes after its end: $reason', async ({ minutes, reason, incidents }) => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0));
    await receive(succeeded('orders_daily', 5));
    await receive(failed('orders_daily', 5 + minutes, { error: 'again' }));
    expect(reasons.at(-1)).toBe(reason);
    expect(await stored()).toHaveLength(incidents);
    expect(await posts('parent')).toHaveLength(incidents);
  });

  it('tells in its thread that it is open again', async () => {
    const { receive } = open();
    await receive(failed('orders_daily', 0));
    await receive(succeeded('orders_daily', 5));
    await receive(failed('orders_daily', 9, { error: 'again' }));
    expect(await onlyOne()).toMatchObject({ state: 'open', members: [{ failures: 2, state: 'failed' }] });
    expect((await onlyOne()).closedAt).toBeUndefined();
    expect((await notices()).map(({ kind }) => kind)).toEqual(['recovered', 'reopened']);
  });

  it('keeps silent about a failure that came late and is mended', async () => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0));
    await receive(succeeded('orders_daily', 5));
    await receive(failed('orders_daily', 3, { startedAt: at(2) }));
    expect(reasons.at(-1)).toBe('out-of-date');
    expect((await notices()).map(({ kind }) => kind)).toEqual(['recovered']);
  });

  it('waits for a run that was started after the failed one', async () => {
    const { receive, reasons } = open();
    await receive(
      event('started', 'orders_daily', -5, { run: 'r1' }),
      event('started', 'orders_daily', -9, { run: 'r0' }),
    );
    await receive(failed('orders_daily', 0, { run: 'r1' }));
    await receive(succeeded('orders_daily', 5, { run: 'r0', startedAt: undefined }));
    await receive(succeeded('orders_daily', 6, { run: 'r2' }));
    expect(reasons.slice(2)).toEqual(['first-failure', 'out-of-date', 'recovered']);
  });

  it('takes the earlier of two starts that are told of one run', async () => {
    const { receive, reasons } = open();
    await receive(failed('orders_daily', 0, { run: 'r1', startedAt: at(-5) }));
    await receive(event('started', 'orders_daily', 6, { run: 'r2' }));
    await receive(event('started', 'orders_daily', -9, { run: 'r2' }));
    await receive(succeeded('orders_daily', 9, { run: 'r2', startedAt: undefined }));
    expect(reasons).toEqual(['first-failure', 'running-again', 'another-failure', 'out-of-date']);
  });

  it('names the person whose retry brought it back, and does not tell a second time that it runs', async () => {
    const { receive, reasons } = open();
    const [opened] = await receive(failed('orders_daily', 0, { run: 'r1' }));
    await database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, connection, pipeline, target, asked_at)
       values ($1, 'retry', 'following', 'k', $1, 'U0DANA', $2, 'prod', 'orders_daily', '{}', $3)`,
      [randomUUID(), opened?.incidentId, at(1)],
    );
    await receive(event('started', 'orders_daily', 2, { run: 'r1', attempt: 2 }));
    await receive(succeeded('orders_daily', 5, { run: 'r1', attempt: 2 }));
    expect(reasons).toEqual(['first-failure', 'running-again', 'recovered']);
    expect(await notices()).toMatchObject([{ kind: 'recovered', by: 'U0DANA', how: 'retry' }]);
  });

  it('names the retry of a person that came to the next failure, and none that ended long ago or went by itself', async () => {
    const { receive } = open();
    const [opened] = await receive(failed('orders_daily', 0, { run: 'r1' }));
    const actionId = randomUUID();
    await database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, connection, pipeline, target, asked_at, settled_at)
       values ($1, 'retry', 'failed', 'k', $1, 'U0DANA', $2, 'prod', 'orders_daily', '{}', $3, $4)`,
      [actionId, opened?.incidentId, at(2), at(58)],
    );
    await receive(failed('orders_daily', 2, { run: 'r1', attempt: 2 }));
    await database.db.query(`update actions set settled_at = settled_at - interval '1 hour' where action_id = $1`, [
      actionId,
    ]);
    await receive(failed('orders_daily', 4, { run: 'r1', attempt: 3 }));
    const told = await notices();
    expect(told).toMatchObject([{ kind: 'failed-again', actionId }, { kind: 'failed-again' }]);
    expect(told[1]).not.toHaveProperty('actionId');
  });

  it('names the person who ended the run that failed by that, and nobody for the same number of another pipeline', async () => {
    const { receive } = open();
    const [opened] = await receive(
      failed('orders_daily', 0, { run: 'r1' }, disk),
      failed('crm', 0, { run: 'r1' }, disk),
    );
    await database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, connection, pipeline, target, asked_at)
       values ($1, 'kill', 'following', 'k', $1, 'U0DANA', $2, 'prod', 'orders_daily', '{"kind": "run", "run": {"run": "r1"}}', $3)`,
      [randomUUID(), opened?.incidentId, at(1)],
    );
    await receive(failed('orders_daily', 2, { run: 'r1', attempt: 2 }), failed('crm', 2, { run: 'r1', attempt: 2 }));
    const told = (await notices()).filter(({ kind }) => kind === 'failed-again');
    expect(told).toMatchObject([
      { pipeline: 'orders_daily', ended: { by: 'U0DANA', kind: 'kill' } },
      { pipeline: 'crm' },
    ]);
    expect(told[1]).not.toHaveProperty('ended');
  });

  it('is skipped when its run is skipped, in every channel', async () => {
    const { receive } = open();
    await receive(
      failed('orders_daily', 0, { run: 'r1' }, disk),
      failed('customers_daily', 0, { run: 'c1', owner: 'x' }, disk),
    );
    await receive(event('skipped', 'orders_daily', 4, { run: 'r1' }));
    await receive(event('skipped', 'customers_daily', 5, { run: 'c1' }));
    expect((await onlyOne()).state).toBe('skipped');
    expect((await notices()).map(({ kind, channel }) => `${kind} ${channel}`)).toEqual([
      'skipped C0ORDERS',
      'skipped C0ALERTS',
      'skipped C0ORDERS',
    ]);
  });
});

describe('acknowledging', () => {
  async function opened() {
    const house = open();
    const [one] = await house.receive(
      failed('orders_daily', 0, {}, disk),
      failed('customers_daily', 1, { owner: 'x' }, disk),
    );
    await sendAll();
    const incidentId = one?.incidentId ?? '';
    const acknowledge = (by: string, channel = 'C0ORDERS', id = incidentId) =>
      house.within((tx) => house.incidents.acknowledge(tx, { incidentId: id, channel, by }));
    return { ...house, incidentId, acknowledge };
  }

  it('is for one channel, shown there at once and told in its thread', async () => {
    const { acknowledge } = await opened();
    await expect(acknowledge('U0DANA')).resolves.toEqual({ outcome: 'done' });
    expect((await onlyOne()).places).toMatchObject([
      { channel: 'C0ALERTS' },
      { channel: 'C0ORDERS', acknowledgedBy: 'U0DANA', acknowledgedAt: at(60) },
    ]);
    expect((await onlyOne()).places[0]?.acknowledgedBy).toBeUndefined();
    expect((await posts('parent')).map(({ channel, wanted, urgency }) => [channel, wanted, urgency])).toEqual([
      ['C0ALERTS', 1, 1],
      ['C0ORDERS', 2, 0],
    ]);
    expect((await notices()).at(-1)).toMatchObject({ kind: 'acknowledged', by: 'U0DANA', channel: 'C0ORDERS' });
  });

  it('tells the second person who was first', async () => {
    const { acknowledge } = await opened();
    await acknowledge('U0DANA');
    await expect(acknowledge('U0PRIYA')).resolves.toEqual({ outcome: 'already', by: 'U0DANA', at: at(60) });
  });

  it('can be taken back', async () => {
    const { acknowledge, incidents, within, incidentId } = await opened();
    await acknowledge('U0DANA');
    await expect(within((tx) => incidents.unacknowledge(tx, { incidentId, channel: 'C0ORDERS' }))).resolves.toEqual({
      outcome: 'done',
    });
    expect((await onlyOne()).places.map(({ acknowledgedBy }) => acknowledgedBy)).toEqual([undefined, undefined]);
    await expect(acknowledge('U0PRIYA')).resolves.toEqual({ outcome: 'done' });
  });

  it('finds nothing in another channel or of another incident', async () => {
    const { acknowledge, incidents, within } = await opened();
    await expect(acknowledge('U0DANA', 'C0ELSEWHERE')).resolves.toEqual({ outcome: 'not-found' });
    await expect(acknowledge('U0DANA', 'C0ORDERS', randomUUID())).resolves.toEqual({ outcome: 'not-found' });
    await expect(
      within((tx) => incidents.unacknowledge(tx, { incidentId: randomUUID(), channel: 'C0ORDERS' })),
    ).resolves.toEqual({ outcome: 'not-found' });
  });

  it('comes too late once it is over', async () => {
    const { acknowledge, incidents, within, incidentId, receive } = await opened();
    await receive(succeeded('orders_daily', 5), succeeded('customers_daily', 5));
    await expect(acknowledge('U0DANA')).resolves.toEqual({ outcome: 'over' });
    await expect(within((tx) => incidents.unacknowledge(tx, { incidentId, channel: 'C0ORDERS' }))).resolves.toEqual({
      outcome: 'over',
    });
  });

  it('by two people at once is of one of them', async () => {
    const { acknowledge } = await opened();
    const outcomes = await Promise.all([acknowledge('U0DANA'), acknowledge('U0PRIYA')]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already', 'done']);
  });
});

describe('reading up on an incident', () => {
  it('explains it by what the log says and shows it in every channel', async () => {
    const { receive, incidents, within } = open();
    const [one] = await receive(
      failed('orders_daily', 0, {}, disk),
      failed('customers_daily', 1, { owner: 'x' }, disk),
    );
    await sendAll();
    const better = cause('f9', { category: 'timeout', title: 'Timeout' });
    await within((tx) => incidents.explain(tx, one?.incidentId ?? '', better));
    expect(await onlyOne()).toMatchObject({ cause: { category: 'timeout' }, fingerprint: 'f1' });
    expect(await database.db.query(`select from posts where state = 'waiting' and role = 'parent'`)).toHaveLength(2);
  });

  it.each([
    { title: 'the log does not know the cause', known: disk, log: cause('f9', { category: 'unknown' }) },
    { title: 'the log says the same', known: disk, log: disk },
  ])('leaves it as it is when $title', async ({ known, log }) => {
    const { receive, incidents, within } = open();
    const [one] = await receive(failed('orders_daily', 0, {}, known));
    await sendAll();
    await within((tx) => incidents.explain(tx, one?.incidentId ?? '', log));
    expect((await onlyOne()).cause).toEqual(known);
    expect(await database.db.query(`select from posts where state = 'waiting'`)).toEqual([]);
  });

  it('gives an incident without a fingerprint that of its log', async () => {
    const { receive, incidents, within, reasons } = open();
    const [one] = await receive(failed('orders_daily', 0));
    await within((tx) => incidents.explain(tx, one?.incidentId ?? '', disk));
    await receive(failed('customers_daily', 1, {}, disk));
    expect(reasons).toEqual(['first-failure', 'same-cause']);
  });

  const run = {
    pipeline: { connection: 'prod', key: 'orders_daily' },
    run: 'r1',
    attempt: 1,
    status: 'failed' as const,
    step: 'transform',
    error: 'from the run',
    url: 'https://maestro.example/r1',
    startedAt: at(-7),
  };

  it('completes the member of the run with what the event did not say', async () => {
    const { receive, incidents, within } = open();
    const [one] = await receive(failed('orders_daily', 0, { run: 'r1', step: 'load' }));
    await sendAll();
    await within((tx) => incidents.complete(tx, one?.incidentId ?? '', run));
    expect((await onlyOne()).members).toMatchObject([
      { step: 'load', error: 'from the run', url: 'https://maestro.example/r1', startedAt: at(-7) },
    ]);
    expect(await database.db.query(`select from posts where state = 'waiting'`)).toHaveLength(1);
    await sendAll();
    await within((tx) => incidents.complete(tx, one?.incidentId ?? '', run));
    expect(await database.db.query(`select from posts where state = 'waiting'`)).toEqual([]);
  });

  it.each([{ attempt: 2 }, { run: 'r2' }, { pipeline: { connection: 'prod', key: 'other' } }])(
    'leaves a member alone that shows another run (%j)',
    async (differs) => {
      const { receive, incidents, within } = open();
      const [one] = await receive(failed('orders_daily', 0, { run: 'r1' }));
      await within((tx) => incidents.complete(tx, one?.incidentId ?? '', { ...run, ...differs }));
      expect((await onlyOne()).members[0]?.error).toBeUndefined();
    },
  );

  it('makes all parents stale on request, or those of some channels', async () => {
    const { receive, incidents, within } = open();
    const [one] = await receive(
      failed('orders_daily', 0, {}, disk),
      failed('customers_daily', 1, { owner: 'x' }, disk),
    );
    await within((tx) => incidents.refresh(tx, one?.incidentId ?? '', undefined, 'progress'));
    await within((tx) => incidents.refresh(tx, one?.incidentId ?? '', ['C0ALERTS'], 'press'));
    expect((await posts('parent')).map(({ wanted }) => wanted)).toEqual([3, 2]);
  });
});

describe('several at once', () => {
  it('never make two incidents of one pipeline and partition', async () => {
    const { receive } = open();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, (_, n) => receive(failed('orders_daily', n, { run: `r${n}` }))),
    );
    expect(await stored()).toHaveLength(1);
    expect(outcomes.flat().filter(({ opened }) => opened)).toHaveLength(1);
    expect(await posts('parent')).toHaveLength(1);
  });

  it('never make two incidents of one cause, nor two parents in one channel', async () => {
    const { receive } = open();
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((name, n) => receive(failed(name, 0, { owner: n % 2 ? 'orders' : 'dana' }, disk))),
    );
    expect((await onlyOne()).members).toHaveLength(5);
    expect((await posts('parent')).map(({ channel }) => channel).sort()).toEqual(['C0ALERTS', 'C0ORDERS']);
  });

  it('close an incident when its last members recover at the same time', async () => {
    const { receive } = open();
    const names = ['a', 'b', 'c', 'd', 'e'];
    await receive(...names.map((name) => failed(name, 0, {}, disk)));
    await Promise.all(names.map((name) => receive(succeeded(name, 5))));
    expect(await onlyOne()).toMatchObject({ state: 'recovered', closedAt: at(5) });
    expect((await notices()).filter(({ kind }) => kind === 'recovered')).toHaveLength(1);
  });

  it('never wait for each other for ever, whatever they have in common', async () => {
    const { receive } = open();
    const batch = (names: string[]) => receive(...names.map((name) => failed(name, 0, {}, disk)));
    await Promise.all([batch(['a', 'b', 'c']), batch(['c', 'b', 'a']), batch(['b', 'a', 'c']), batch(['c', 'a', 'b'])]);
    expect((await onlyOne()).members).toHaveLength(3);
  });
});

describe('the order of arrival', () => {
  /** Cuts the events into batches of these sizes, again and again. */
  function cut(events: PipelineEvent[], sizes: number[]): PipelineEvent[][] {
    const batches: PipelineEvent[][] = [];
    for (let from = 0, n = 0; from < events.length; n += 1) {
      const size = sizes[n % sizes.length] ?? 1;
      batches.push(events.slice(from, from + size));
      from += size;
    }
    return batches;
  }

  async function play(batches: PipelineEvent[][]) {
    await emptyTables(database.db, 'incidents, runs, pipelines, edges, actions, posts');
    const { receive, reasons } = open();
    for (const batch of batches) await receive(...batch.map((each) => ({ event: each })));
    const incidents = (await stored()).map(({ state, closedAt, members, flappers }) => ({
      flappers,
      state,
      closedAt,
      members: members.map((member) => [
        member.state,
        member.run,
        member.attempt,
        member.trouble,
        member.lastFailedAt,
        member.endedAt,
      ]),
    }));
    const told = (await notices()).map(({ kind }) => kind);
    return { incidents, reasons, told };
  }

  it.each(['', '2026-11-25'])(
    'and repetition do not change the end, nor do batches what is told (partition "%s")',
    async (partition) => {
      await fc.assert(
        fc.asyncProperty(
          stories(partition).chain(shuffles),
          fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
          async ({ inOrder, shuffled }, sizes) => {
            const expected = await play(cut(inOrder, [1]));
            expect(await play(cut(inOrder, sizes))).toEqual(expected);
            expect((await play(cut(shuffled, sizes))).incidents).toEqual(expected.incidents);
          },
        ),
        { numRuns: tries(15) },
      );
    },
  );
});
