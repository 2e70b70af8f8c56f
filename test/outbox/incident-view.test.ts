import { randomUUID } from 'node:crypto';
import type { Diagnosis } from '../../src/domain/diagnosis';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { readIncidentView, type ViewDeps } from '../../src/outbox/incident-view';
import { saveChanges } from '../../src/store/change-rows';
import * as incidentRows from '../../src/store/incident-rows';
import { savePerson } from '../../src/store/person-rows';
import * as runRows from '../../src/store/run-rows';
import { only } from '../support/abilities';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

const nine = Date.UTC(2026, 10, 25, 9);
const at = (minute: number): Date => new Date(nine + minute * 60_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'incidents, pipelines, actions, changes, runs, people, edges'));

const person = { name: 'Dana', isGuest: false, isBot: false, isDeactivated: false };

const { orchestrators: _orchestrators, ...parsed } = SettingsFile.parse({ teams: [{ name: 'orders' }] });
const settings: Settings = { ...parsed, orchestrators: [], catalogue: [] };

function deps(): ViewDeps {
  return {
    db: database.db,
    clock: { now: () => at(30) },
    settings: () => settings,
    batchWordsOf: () => [],
    abilitiesOf: () => only('retry', 'openLog'),
    downstreamOf: async () => ['report'],
    upstreamOf: async ({ key }) => (key === 'revenue' ? [{ connection: 'prod', key: 'orders' }] : []),
    messageUrl: (channel, ts) => `https://slack.example/${channel}/${ts}`,
    ownerName: async (owner) => owner,
  };
}

type MemberFacts = Partial<incidentRows.StoredMember> & { pipeline: string };

const place = (channel: string, differs: Partial<incidentRows.Place> = {}): incidentRows.Place => ({
  channel,
  routedBy: 'default',
  threads: true,
  createdAt: at(0),
  ...differs,
});

async function stored(members: MemberFacts[], differs: Partial<incidentRows.StoredIncident> = {}): Promise<string> {
  const id = randomUUID();
  const incident: incidentRows.StoredIncident = {
    id,
    state: 'open',
    openedAt: at(0),
    lastFailedAt: at(0),
    reason: 'first-failure',
    members: members.map((member, n) => ({
      connection: 'prod',
      partition: '',
      trouble: 'failed',
      state: 'failed',
      via: n === 0 ? 'first' : 'same-cause',
      run: 'r1',
      attempt: 1,
      firstFailedAt: at(n),
      lastFailedAt: at(n),
      troubles: [at(n)],
      failures: 1,
      channel: 'C1',
      ...member,
    })),
    places: [place('C1'), place('C2')],
    ...differs,
  };
  await incidentRows.save(database.db, [incident], at(0));
  return id;
}

const read = (id: string, channel = 'C1') => readIncidentView(deps(), id, channel);

describe('what the parent of a channel shows', () => {
  it('leads with what is still wrong, causes before what hangs on them, the first before the later', async () => {
    const id = await stored([
      { pipeline: 'well', state: 'recovered', endedAt: at(9) },
      { pipeline: 'report', via: 'downstream' },
      { pipeline: 'clean' },
      { pipeline: 'raw' },
    ]);
    const view = await read(id);
    expect(view?.lead.name).toBe('clean');
    expect(view?.others.map(({ name }) => name)).toEqual(['raw', 'report', 'well']);
  });

  it('names five others of many, counts them all, and says what is elsewhere', async () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ pipeline: `p${n}`, channel: n < 200 ? 'C1' : 'C2' }));
    const id = await stored([...many, { pipeline: 'well', state: 'recovered', endedAt: at(9), channel: 'C2' }]);
    const view = await read(id);
    expect(view).toMatchObject({ hereCount: 200, elsewhereCount: 101, recoveredCount: 1, state: 'failed' });
    expect(view?.others.map(({ name }) => name)).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
    expect(await read(id, 'C2')).toMatchObject({ lead: { name: 'p200', elsewhere: false }, hereCount: 101 });
  });

  it('gives every new wish a turn of its own, however many went before', async () => {
    const id = await stored([{ pipeline: 'a' }]);
    const ask = (n: number) =>
      database.db.query(
        `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, connection, pipeline, target,
           asked_at, settled_at)
         values ($1, 'retry', 'failed', $2, $1, 'U0DANA', $3, 'prod', 'a', '{}', $4, $4)`,
        [randomUUID(), `retry ${n}`, id, at(n)],
      );
    for (let n = 0; n < 30; n += 1) await ask(n);
    expect(await read(id)).toMatchObject({ turn: 30 });
  });

  it('shows the state of the members here', async () => {
    const id = await stored([
      { pipeline: 'a', trouble: 'late' },
      { pipeline: 'b', channel: 'C2' },
    ]);
    expect(await read(id, 'C1')).toMatchObject({ state: 'late' });
    expect(await read(id, 'C2')).toMatchObject({ state: 'failed' });
  });

  it('shows what hangs on others with its own error, below the one that feeds it, and not with the cause of those', async () => {
    const cause = { title: 'Missing table', causeLine: 'no raw', category: 'missing_table_or_column' } as Diagnosis;
    const id = await stored(
      [
        { pipeline: 'raw', error: 'no raw' },
        { pipeline: 'orders', state: 'running' },
        { pipeline: 'revenue', via: 'downstream', channel: 'C2', error: 'no column' },
        { pipeline: 'report', via: 'downstream', channel: 'C3', error: 'no rows' },
      ],
      { cause, places: [place('C1'), place('C2'), place('C3')] },
    );
    expect(await read(id, 'C1')).toMatchObject({ cause: { line: 'no raw' }, upstream: undefined });
    expect(await read(id, 'C2')).toMatchObject({
      lead: { name: 'revenue', error: 'no column' },
      cause: undefined,
      upstream: { name: 'orders', state: 'running', line: 'no raw' },
    });
    expect(await read(id, 'C3')).toMatchObject({ cause: undefined, upstream: { name: 'raw', state: 'failed' } });
  });

  it('shows the whole in a place where none of its members is', async () => {
    const id = await stored([{ pipeline: 'a' }, { pipeline: 'b', channel: 'C2' }], { places: [place('C3')] });
    expect(await read(id, 'C3')).toMatchObject({
      lead: { name: 'a', elsewhere: true },
      others: [],
      hereCount: 0,
      elsewhereCount: 2,
    });
  });

  it('has facts of the pipeline, what waits downstream and what can be done', async () => {
    const id = await stored([{ pipeline: 'orders_daily', owner: 'dana' }], {
      places: [place('C1', { mention: '<!subteam^S0ONCALL>' })],
    });
    await database.db.query(
      `insert into pipelines (connection, key, facts, first_seen_at, seen_at) values ('prod', 'orders_daily', $1, $2, $2)`,
      [JSON.stringify({ team: 'orders', tier: 1, runbook: 'https://runbook.example' }), at(0)],
    );
    expect(await read(id)).toMatchObject({
      owner: 'dana',
      team: 'orders',
      tier: 1,
      runbook: 'https://runbook.example',
      downstream: ['report'],
      abilities: ['retry'],
      hasLog: true,
      mention: '<!subteam^S0ONCALL>',
      now: at(30),
    });
  });

  it.each([
    { title: 'acknowledged', person: { acknowledgedBy: 'U0DANA', acknowledgedAt: at(3) }, state: 'acknowledged' },
    { title: 'muted', person: { mutedBy: 'U0DANA', mutedUntil: at(31) }, state: 'muted' },
    { title: 'failed once the mute is over', person: { mutedBy: 'U0DANA', mutedUntil: at(29) }, state: 'failed' },
  ])('is $title', async ({ person, state }) => {
    const id = await stored([{ pipeline: 'a' }]);
    await incidentRows.savePlace(database.db, id, place('C1', person));
    expect(await read(id)).toMatchObject({ state });
    expect(await read(id, 'C2')).toMatchObject({ state: 'failed' });
  });

  it('is nothing where the incident or the place is unknown', async () => {
    const id = await stored([{ pipeline: 'a' }]);
    expect(await read(id, 'C9')).toBeUndefined();
    expect(await read(randomUUID())).toBeUndefined();
  });

  it('names what changed between the last run that went well and the failure, by the person whom the address is known of', async () => {
    const id = await stored([{ pipeline: 'orders' }]);
    const pipeline = { connection: 'prod', key: 'orders' };
    await runRows.save(
      database.db,
      [
        {
          connection: 'prod',
          pipeline: 'orders',
          run: 'r0',
          attempt: 1,
          partition: '',
          status: 'succeeded',
          startedAt: at(-62),
          occurredAt: at(-60),
        },
      ],
      at(0),
    );
    await savePerson(database.db, randomUUID(), { ...person, slackId: 'U01DANA', email: 'dana@data.example' }, at(0));
    const change = { pipeline, kind: 'deployed', by: 'Dana@data.example' } as const;
    await saveChanges(
      database.db,
      [
        { ...change, version: '10', at: at(-90) },
        { ...change, version: '11', at: at(-14) },
        { ...change, version: '11', at: at(-14) },
      ],
      at(6),
    );
    expect((await read(id))?.changed).toEqual({
      change: { ...change, by: 'U01DANA', version: '11', at: at(-14) },
      beforeMs: 14 * 60_000,
      more: 0,
      back: '10',
    });
    await saveChanges(database.db, [{ ...change, version: '12', at: at(5) }], at(6));
    expect((await read(id))?.changed?.back).toBeUndefined();
    const below = await stored([{ pipeline: 'revenue' }]);
    expect((await read(below))?.changed).toMatchObject({
      change: { version: '11', by: 'U01DANA' },
      upstream: 'orders',
    });
  });

  it('knows how many of the retries that go by themselves are used up', async () => {
    const id = await stored([{ pipeline: 'orders' }]);
    expect((await read(id))?.autoRetries).toBeUndefined();
    await database.db.query('update incidents set fingerprint = $2 where incident_id = $1', [id, 'f1']);
    await database.db.query(
      `insert into auto_retries (auto_id, connection, pipeline, fingerprint, cause, fixed, tried, suggested_at, allowed_at, allowed_by)
       values ($1, 'prod', 'orders', 'f1', 'Timeout', 6, 6, $2, $2, 'U01DANA')`,
      [randomUUID(), at(0)],
    );
    expect((await read(id))?.autoRetries).toEqual({ used: 0, most: 3 });
  });

  it('counts the runs of a large action that are through, and knows the message that shows it', async () => {
    const incidentId = await stored([{ pipeline: 'orders' }]);
    const id = randomUUID();
    await database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, target, pace, progress, asked_at)
       values ($1, 'retry', 'releasing', 'k', $1, 'U01DANA', $2, '{}', '{}', $3, now())`,
      [id, incidentId, JSON.stringify({ total: 14, waiting: 4, running: 3, succeeded: 5, failed: 2, left: 0 })],
    );
    expect((await read(incidentId))?.action).not.toHaveProperty('url');
    await database.db.query(
      `insert into posts (post_id, kind, role, incident_id, action_id, channel, channel_id, ts, urgency, next_at, created_at)
       values ($1, 'state', 'action', $2, $1, 'C1', 'C1', '1.2', 0, now(), now())`,
      [id, incidentId],
    );
    expect((await read(incidentId))?.action).toMatchObject({
      items: { done: 5, failed: 2, total: 14 },
      url: 'https://slack.example/C1/1.2',
    });
    expect(await read(incidentId)).toMatchObject({ state: 'retrying' });
    await database.db.query(`update actions set state = 'paused'`);
    expect(await read(incidentId)).toMatchObject({ state: 'failed', action: { state: 'paused' } });
  });
});

/** How many stand how, whatever the order and however they were grouped. */
function countsOf(standings: incidentRows.Standing[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { isHere, state, trouble, count } of standings) {
    const how = `${isHere ? 'here' : 'elsewhere'} ${state} ${trouble}`;
    counts[how] = (counts[how] ?? 0) + count;
  }
  return counts;
}

describe('what a channel shows, read at once', () => {
  const ended = at(9);
  const closing = { by: 'U01DANA', at: at(8), why: 'unneeded' } as const;
  it.each<{
    title: string;
    members: MemberFacts[];
    differs?: Partial<incidentRows.StoredIncident>;
    subscribed?: string;
  }>([
    {
      title: 'members of its own and elsewhere',
      members: [
        { pipeline: 'a', startedAt: at(-5), step: 'load', error: 'no raw', url: 'https://x.example', owner: 'dana' },
        { pipeline: 'b', channel: 'C2', troubles: [at(-9), at(0)], failures: 2 },
        { pipeline: 'c', state: 'recovered', endedAt: ended },
      ],
      differs: {
        cause: { title: 'Missing table', causeLine: 'no raw', category: 'missing_table_or_column' } as Diagnosis,
        fingerprint: 'f1',
        places: [
          place('C1', { acknowledgedBy: 'U01DANA', acknowledgedAt: at(3), mention: '<!subteam^S1>' }),
          place('C2', { mutedBy: 'U01DANA', mutedUntil: at(99), threads: false, createdAt: at(2) }),
        ],
      },
    },
    {
      title: 'none of its own',
      members: [
        { pipeline: 'late', trouble: 'late', channel: 'C2' },
        { pipeline: 'b', channel: 'C2' },
      ],
    },
    { title: 'one that nobody shows', members: [{ pipeline: 'a', channel: undefined }] },
    {
      title: 'one by a subscription, beside others',
      members: [
        { pipeline: 'b', channel: 'C2' },
        { pipeline: 'a', channel: 'C2' },
        { pipeline: 'c', channel: 'C2' },
      ],
      subscribed: 'a',
    },
    {
      title: 'one that comes and goes',
      members: [
        { pipeline: 'b', channel: 'C2' },
        { pipeline: 'a', state: 'recovered', endedAt: ended },
      ],
      differs: {
        flappers: [{ connection: 'prod', pipeline: 'a', partition: '', times: 3, since: at(0), calmAt: at(60) }],
      },
    },
    {
      title: 'one that was skipped, and is over',
      members: [{ pipeline: 'a', state: 'skipped', endedAt: ended, closing }],
      differs: { state: 'recovered', closedAt: ended },
    },
  ])('is the same as read one by one: $title', async ({ members, differs = {}, subscribed }) => {
    const { db } = database;
    const id = await stored(members, differs);
    for (const each of differs.places ?? []) await incidentRows.savePlace(db, id, each);
    if (subscribed)
      await db.query(
        `insert into subscribed_members (incident_id, channel, connection, pipeline, partition) values ($1, 'C1', 'prod', $2, '')`,
        [id, subscribed],
      );
    const [incident] = await incidentRows.load(db, [id], false, []);
    const own = await incidentRows.heaviestMembers(db, id, 'C1', 3);
    const shown = await incidentRows.shownIn(db, id, 'C1', 3);
    const { rest: _rest, ...loaded } = incident ?? {};
    expect(shown?.incident).toEqual(loaded);
    expect(shown?.incident.flappers).toEqual(differs.flappers);
    expect(shown?.incident.places.map(({ acknowledgedAt }) => acknowledgedAt)).toEqual(
      (differs.places ?? [place('C1'), place('C2')]).map(({ acknowledgedAt }) => acknowledgedAt),
    );
    const isHere = ({ channel, pipeline }: incidentRows.StoredMember) => channel === 'C1' || pipeline === subscribed;
    const all = (await incidentRows.load(db, [id], false))[0]?.members ?? [];
    expect(countsOf(shown?.standings ?? [])).toEqual(
      countsOf(
        all.map(({ state, trouble, ...each }) => ({
          isHere: isHere({ state, trouble, ...each }),
          state,
          trouble,
          count: 1,
        })),
      ),
    );
    expect(shown?.heaviest).toEqual(own.length > 0 ? own : await incidentRows.heaviestMembers(db, id, undefined, 1));
    const told = await incidentRows.toldIn(db, id, 'C1');
    expect(told).toEqual({
      ...(incident?.cause ? { cause: incident.cause } : {}),
      ...(incident?.places[0]?.mention ? { mention: incident.places[0].mention } : {}),
      connection: shown?.heaviest[0]?.connection,
      pipeline: shown?.heaviest[0]?.pipeline,
    });
  });

  it('is nothing where there is no incident', async () => {
    expect(await incidentRows.shownIn(database.db, randomUUID(), 'C1', 3)).toBeUndefined();
    expect(await incidentRows.toldIn(database.db, randomUUID(), 'C1')).toBeUndefined();
  });

  it('knows whether anybody has told of what hangs on what, so that nothing is walked where nobody has', async () => {
    const id = await stored([{ pipeline: 'a' }]);
    const told: boolean[] = [];
    const downstreamOf = async (_pipeline: unknown, isAnyTold: boolean) => {
      told.push(isAnyTold);
      return undefined;
    };
    await readIncidentView({ ...deps(), downstreamOf }, id, 'C1');
    await database.db.query(
      `insert into edges (from_node, to_node, source, known_since, seen_at) values ('pipeline:prod/x', 'pipeline:prod/y', 'lineage', $1, $1)`,
      [at(0)],
    );
    await readIncidentView({ ...deps(), downstreamOf }, id, 'C1');
    expect(told).toEqual([false, true]);
  });

  it('takes two statements where nobody has done anything about it yet', async () => {
    const id = await stored([{ pipeline: 'a' }, { pipeline: 'b' }]);
    const asked: string[] = [];
    const db: ViewDeps['db'] = {
      ...database.db,
      query: (sql, params) => {
        asked.push(sql);
        return database.db.query(sql, params);
      },
    };
    expect(await readIncidentView({ ...deps(), db }, id, 'C1')).toMatchObject({ lead: { name: 'a' } });
    expect(asked).toHaveLength(2);
  });
});
