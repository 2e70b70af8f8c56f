import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spanNamed } from '../../src/domain/figures/week';
import type { WeekFigures } from '../../src/domain/figures/week-figures';
import { sayValue } from '../../src/domain/figures/wording';
import type { Happened, RequestEvent, Role } from '../../src/domain/request';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import { createCounters } from '../../src/reporting/counters';
import { createFigures } from '../../src/reporting/figures';
import { addEvents } from '../../src/store/request-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(
    database.db,
    'auto_retries, activity_days, run_days, run_weeks, rollups, eligible_people, paved_pipelines, runs, changes, episodes, feedback, interactions, actions, people, requests, request_events, incidents, posts, channels, user_groups, pipelines',
  ),
);

const monday = new Date('2026-11-16T00:00:00Z').getTime();
const hour = (hours: number) => new Date(monday + hours * 3_600_000);
const slackId = (letter: string) => `U0${letter.toUpperCase().repeat(7)}`;
const person = (letter: string) => `${letter.repeat(8)}-0000-4000-8000-000000000000`;

function figures(file: Record<string, unknown> = {}, now = '2026-11-23T09:00:00.000Z') {
  const settings: Settings = { ...SettingsFile.parse(file), orchestrators: [], catalogue: [] };
  return createFigures({
    db: database.db,
    clock: createSetClock(now),
    settings: () => settings,
    timetable: async () => [{ since: new Date(0), schedule: settings.workspace }],
    counters: createCounters({ settings: () => settings, log: createLogger('silent') }),
  });
}

function span(name: string) {
  const found = spanNamed(name, 'UTC');
  if (!found) throw new Error(`there is such a time as ${name}`);
  return found;
}

const figuresOf = (file: Record<string, unknown> = {}, scope = 'all'): Promise<WeekFigures> =>
  figures(file).compute(span('2026-W47'), scope);

async function people(...letters: string[]): Promise<void> {
  for (const letter of letters)
    await database.db.query(
      `insert into people (person_id, slack_id, name, is_bot, fetched_at) values ($1, $4, $2, $2 = 'b', $3)`,
      [person(letter), letter, hour(0), slackId(letter)],
    );
}

const said = { kind: 'said', isQuestion: false, isPleasantry: false } as const;
const solved = { kind: 'solved', how: 'team' } as const;

async function ask(
  of: { by: string; at: number; channel?: string; pipeline?: string },
  ...told: [hours: number, role: Role, event: RequestEvent][]
): Promise<void> {
  const end = told.findLast(([, , { kind }]) => kind === 'solved');
  const [row] = await database.db.query<{ id: string }>(
    `insert into requests (request_id, state, person_id, source, channel, connection, pipeline, asked_at, requester_said_at, changed_at,
       question, origin, solved_at)
     values (gen_random_uuid(), $1, $2, 'command', $3, 'prod', $4, $5, $5, $5, 'why', gen_random_uuid()::text, $6) returning request_id as id`,
    [
      end ? 'solved' : 'open',
      person(of.by),
      of.channel ?? 'C0HELP',
      of.pipeline ?? null,
      hour(of.at),
      end ? hour(end[0]) : null,
    ],
  );
  const opened: Happened = { kind: 'opened', source: 'command', isStaff: false, at: hour(of.at), role: 'requester' };
  await addEvents(database.db as never, row?.id ?? '', [
    opened,
    ...told.map(([hours, role, event]) => ({ ...event, role, at: hour(hours) })),
  ]);
}

describe('support', () => {
  it('stands in the week with its n, and its backlog balances', async () => {
    await people('a', 'c');
    await ask({ by: 'a', at: -100 }, [-90, 'team', said]);
    await ask({ by: 'a', at: 10 }, [11, 'team', said], [14, 'team', solved], [15, 'pitcrew', { kind: 'surveyed' }]);
    await ask({ by: 'c', at: 34 }, [36, 'requester', { kind: 'rated', score: 4 }]);
    await ask({ by: 'c', at: 200 });
    const { figures, residuals } = await figuresOf();
    const value = (id: keyof WeekFigures['figures']) => sayValue(figures[id]);
    expect({
      opened: value('requests-opened'),
      solved: value('requests-solved'),
      backlog: value('backlog'),
      response: value('first-response'),
      attainment: value('response-attainment'),
      satisfied: value('satisfaction'),
      cost: value('minutes-per-answer'),
    }).toEqual({
      opened: '2',
      solved: '1',
      backlog: '2',
      response: 'median 1 h, more than a tenth are not over (n 2, 1 not over, small sample)',
      attainment: '1 of 2',
      satisfied: '1 of 1',
      cost: '10 min (n 1, small sample)',
    });
    expect(Object.values(residuals)).toEqual([0, 0, 0]);
  });

  it('leaves out what bots, people on the exclusion list and test channels asked', async () => {
    await people('a', 'b', 'c');
    await database.db.query(
      `insert into channels (channel_id, name, is_private, is_archived, is_member, fetched_at) values ('C0TRYOUT', 'try', false, false, true, $1)`,
      [hour(0)],
    );
    for (const by of ['a', 'b', 'c']) await ask({ by, at: 10 });
    await ask({ by: 'a', at: 10, channel: 'C0TRYOUT' });
    const { figures } = await figuresOf({ adoption: { excludeUsers: [slackId('c')], excludeChannels: ['#try'] } });
    expect(figures['requests-opened']).toEqual({ kind: 'count', count: 1 });
  });

  it('of a team is what its people asked, and what is about its pipelines', async () => {
    await people('a', 'c');
    await database.db.query(
      `insert into user_groups (group_id, handle, members, fetched_at) values ('S0ORDERS', 'orders', array[$2], $1)`,
      [hour(0), slackId('a')],
    );
    await database.db.query(
      `insert into pipelines (connection, key, facts, first_seen_at, seen_at) values ('prod', 'orders', '{"team":"orders"}', $1, $1)`,
      [hour(0)],
    );
    await ask({ by: 'a', at: 10 });
    await ask({ by: 'c', at: 10, pipeline: 'orders' });
    await ask({ by: 'c', at: 10, pipeline: 'visits' });
    const teams = [{ name: 'orders', channel: 'C0ORDERS', members: { usergroup: 'S0ORDERS' } }];
    const { figures } = await figuresOf({ teams }, 'team:orders');
    expect(figures['requests-opened']).toEqual({ kind: 'count', count: 2 });
  });

  it('is in no figure where nobody ever asked', async () => {
    expect((await figuresOf()).figures.backlog).toBeUndefined();
  });
});

describe('tools whose people are not known', () => {
  it('are told by their own count, with their goal, unless people were seen to use them', async () => {
    await people('a');
    await database.db.query(
      `insert into activity_days (day, tool, feature, person_id, team, count, ok, user_errors, system_errors, first_at)
       values ('2026-11-18', 'forms', 'sent', $1, '', 1, 1, 0, 0, $2)`,
      [person('a'), hour(50)],
    );
    const folder = mkdtempSync(join(tmpdir(), 'pitcrew-counters-'));
    const counters = join(folder, 'counters.jsonl');
    const line = { week: '2026-W47', monthly: 210, weekly: 120, daily: 60.4 };
    writeFileSync(counters, ['notebooks', 'forms'].map((tool) => JSON.stringify({ tool, ...line })).join('\n'));
    try {
      const { tools } = await figuresOf({
        adoption: { counters, tools: [{ name: 'notebooks', title: 'Notebooks', goalMonthlyUsers: 300 }] },
      });
      const said = tools.map(({ title, weekly, goal, isCounter }) => [title, weekly, goal, isCounter]);
      expect(said).toEqual([
        ['Pitcrew', 0, undefined, false],
        ['forms', 1, undefined, false],
        ['Notebooks', 120, 300, true],
      ]);
      // A file that is not there is told in the log, and changes nothing else.
      expect((await figuresOf({ adoption: { counters: `${counters}.gone` } })).tools).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what it is worth', () => {
  const thumb = (by: string, subject: string, about: string, value: number) =>
    database.db.query(
      `insert into feedback (feedback_id, kind, subject_kind, subject_id, about, person_id, value, at)
       values (gen_random_uuid(), 'thumb', 'diagnosis', $1, $2, $3, $4, $5)`,
      [person(subject), about, person(by), value, hour(5)],
    );
  const retry = (by: string, minutes: number, more: { incident?: string; kind?: string; channel?: string } = {}) =>
    database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, connection, pipeline, target, asked_at, tried_at,
         settled_at, incident_id, channel)
       values (gen_random_uuid(), $1, 'succeeded', gen_random_uuid()::text, $2, $3, 'prod', 'p', jsonb_build_object('kind', gen_random_uuid()),
         $4::timestamptz, $4::timestamptz + $5 * interval '1 minute', $4, $6, $7)`,
      [more.kind ?? 'retry', person(by), slackId(by), hour(6), minutes, more.incident ?? null, more.channel ?? null],
    );

  it('is told by thumbs, all together and by rule, without those of bots', async () => {
    await people('a', 'b', 'c');
    await thumb('a', '1', 'oom', 1);
    await thumb('c', '1', 'oom', -1);
    await thumb('a', '2', 'disk_full', 1);
    await thumb('b', '2', 'disk_full', -1);
    const { figures, thumbs } = await figuresOf();
    expect(figures.thumbs).toEqual({ kind: 'share', hits: 2, n: 3 });
    expect(thumbs).toEqual([
      { about: 'oom', up: { hits: 1, n: 2 } },
      { about: 'disk_full', up: { hits: 1, n: 1 } },
    ]);
  });

  it('is told as time saved with what that assumes, each problem and question once', async () => {
    await people('a', 'c');
    const byHand = [
      { action: 'retry', minutes: 12, measured: 8 },
      { action: 'status', minutes: 4, measured: 3 },
    ];
    await retry('a', 1);
    await retry('a', 1, { kind: 'backfill' });
    await retry('a', 1, { channel: 'C0TRYOUT' });
    for (const minute of [0, 1])
      await database.db.query(
        `insert into interactions (person_id, what, pipeline, outcome, took_ms, at) values ($1, 'pipeline status', 'prod/p', 'ok', 30000, $2)`,
        [person('c'), hour(5 + minute / 60)],
      );
    const { figures } = await figuresOf({ adoption: { byHand, excludeChannels: ['C0TRYOUT'] } });
    // 12 − 1, and 4 − 2 × 0.5.
    expect(figures['time-saved']).toMatchObject({ total: 14, n: 2, others: 1 });
    expect(sayValue(figures['time-saved'])).toBe(
      '14 min (n 2; assumes 12 min for retry by hand, measured 8 times, 4 min for status by hand, measured 3 times; 1 more of what nobody has measured are not in it)',
    );
    expect((await figuresOf()).figures['time-saved']).toBeUndefined();
  });
});

describe('what people mended themselves', () => {
  async function problem(id: string, touchedBy: string): Promise<void> {
    await database.db.query(
      `insert into incidents (incident_id, state, opened_at, last_failed_at, closed_at, reason, saved_at)
       values ($1, 'recovered', $2, $2, $3, 'recovered', $3)`,
      [person(id), hour(5), hour(9)],
    );
    await database.db.query(
      `insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, first_failed_at,
         last_failed_at, failures)
       values ($1, 'prod', 'p' || $2::text, '', 'failed', 'recovered', 'own', 'r', 1, $3, $3, 1)`,
      [person(id), id, hour(5)],
    );
    await database.db.query(
      `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, connection, pipeline, target, asked_at, tried_at,
         settled_at, incident_id, outcome)
       values (gen_random_uuid(), 'retry', 'succeeded', gen_random_uuid()::text, $2, $3, 'prod', 'p', '{}', $4, $4, $4, $1, 'fixed')`,
      [person(id), person('a'), touchedBy, hour(6)],
    );
  }

  it('counts only where nobody asked for help about it within a day', async () => {
    await people('a');
    await problem('1', slackId('a'));
    await problem('2', slackId('a'));
    await problem('3', slackId('a'));
    await ask({ by: 'a', at: 8, pipeline: 'p1' });
    await ask({ by: 'a', at: 30, pipeline: 'p2' });
    expect((await figuresOf()).figures['self-service']).toEqual({ kind: 'share', hits: 2, n: 3 });
  });
});

describe('what is known only from several tables', () => {
  it('is told of deadlines, changes, automatic actions and messages', async () => {
    await people('a');
    const { db } = database;
    await db.query(
      `insert into pipelines (connection, key, facts, first_seen_at, seen_at)
       values ('prod', 'orders', '{"deadline":"08:00","schedule":"0 4 * * 1-5","timeZone":"UTC","team":"sales","repository":"https://git.example/orders"}', $1, $1)`,
      [hour(0)],
    );
    const run = (name: string, at: number, status: string, fingerprint: string | null = null) =>
      db.query(
        `insert into runs (connection, pipeline, run, attempt, status, fingerprint, started_at, ended_at, occurred_at, recorded_at)
         values ('prod', 'orders', $1, 1, $2, $3, $4, $4, $4, $4)`,
        [name, status, fingerprint, hour(at)],
      );
    for (const day of [0, 1, 2]) await run(`r${day}`, day * 24 + 5, 'succeeded');
    await db.query(
      `insert into changes (connection, pipeline, kind, at, recorded_at) values ('prod', 'orders', 'deployed', $1, $1)`,
      [hour(60)],
    );
    await run('broken', 77, 'failed', 'f1');
    await db.query(
      `insert into episodes (connection, pipeline, partition, started_at, ended_at, how, failures, first_run)
       values ('prod', 'orders', '', $1, $2, 'succeeded', 1, 'broken')`,
      [hour(77), hour(80)],
    );
    await db.query(
      `with allowed as (
         insert into auto_retries (auto_id, connection, pipeline, fingerprint, cause, fixed, tried, suggested_at)
         values (gen_random_uuid(), 'prod', 'orders', 'f1', 'oom', 5, 5, $1) returning auto_id)
       insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, connection, pipeline, target, asked_at, tried_at, auto_id)
       select gen_random_uuid(), 'retry', 'succeeded', 'k', gen_random_uuid(), '', 'prod', 'orders', '{}', $1, $1, auto_id from allowed`,
      [hour(78)],
    );
    for (const minute of [1, 2])
      await db.query(
        `insert into posts (post_id, kind, role, channel, ts, next_at, created_at, first_sent_at)
         values (gen_random_uuid(), 'story', 'direct', $1, '1.1', $2, $2, $2)`,
        [slackId('a'), hour(78 + minute / 60)],
      );
    const { figures, repositories } = await figuresOf();
    expect(repositories).toEqual([{ team: 'sales', repositories: 1 }]);
    expect({
      freshness: figures.freshness,
      broke: figures['change-failure'],
      recovery: sayValue(figures['change-recovery']),
      automatic: sayValue(figures['automatic-wrong']),
      pings: sayValue(figures.pings),
    }).toEqual({
      freshness: { kind: 'share', hits: 3, n: 5 },
      broke: { kind: 'share', hits: 1, n: 1 },
      recovery: 'median 3 h, 90% within 3 h (n 1, small sample)',
      automatic: 'none of 1 (with 95% certainty fewer than 100%)',
      pings: 'median 2, 90% within 2 (n 1, small sample)',
    });
  });

  it('counts the repositories of a team that is named as the owner', async () => {
    await database.db.query(
      `insert into pipelines (connection, key, facts, first_seen_at, seen_at)
       values ('prod', 'a', '{"owner":"Orders","repository":"r1"}', $1, $1), ('prod', 'b', '{"team":"orders","repository":"r2"}', $1, $1),
              ('prod', 'c', '{"owner":"ada","repository":"r3"}', $1, $1)`,
      [hour(0)],
    );
    const { repositories } = await figuresOf({ teams: [{ name: 'orders', channel: 'C0ORDERS' }] });
    expect(repositories).toEqual([
      { team: 'orders', repositories: 2 },
      { team: 'no team', repositories: 1 },
    ]);
  });

  it('blames no change for an attempt that the orchestrator mended by itself', async () => {
    const { db } = database;
    await db.query(
      `insert into changes (connection, pipeline, kind, at, recorded_at) values ('prod', 'orders', 'deployed', $1, $1)`,
      [hour(60)],
    );
    const attempts: [number, string][] = [
      [1, 'failed'],
      [2, 'succeeded'],
    ];
    for (const [attempt, status] of attempts)
      await db.query(
        `insert into runs (connection, pipeline, run, attempt, status, fingerprint, started_at, ended_at, occurred_at, recorded_at)
         values ('prod', 'orders', 'r', $1, $2, 'f1', $3, $3, $3, $3)`,
        [attempt, status, hour(61 + attempt)],
      );
    expect((await figuresOf()).figures['change-failure']).toEqual({ kind: 'share', hits: 0, n: 1 });
  });
});

describe('newcomers', () => {
  it.each([
    { title: 'got a status answered', does: 'answer', is: 1 },
    { title: 'only pressed Retry, and it ended in failure', does: 'failed retry', is: 0 },
    { title: 'pressed Retry, and it ended well', does: 'good retry', is: 1 },
    { title: 'pressed Retry, and it ended well after the window', does: 'late retry', is: 0 },
    { title: 'had Pitcrew retry by itself', does: 'automatic retry', is: 0 },
    { title: 'asked for help', does: 'request', is: 1 },
    { title: 'asked in a test channel', does: 'test request', is: 0 },
    { title: 'had a request made of their message by another', does: 'emoji', is: 0 },
  ])('got something from it where they $title: $is', async ({ does, is }) => {
    const { db } = database;
    await people('a');
    const isAnswer = does === 'answer';
    const first = hour(-100);
    await db.query(
      `insert into activity_days (day, tool, feature, person_id, team, count, ok, user_errors, system_errors, first_at, useful_at)
       values ($1::date, 'pitcrew', $2, $3, '', 1, 1, 0, 0, $1, $4)`,
      [first, isAnswer ? 'pipeline status' : 'retry-run.v1', person('a'), isAnswer ? first : null],
    );
    if (does.endsWith('retry'))
      await db.query(
        `with allowed as (
           insert into auto_retries (auto_id, connection, pipeline, fingerprint, cause, fixed, tried, suggested_at)
           values (gen_random_uuid(), 'prod', 'p', 'f1', 'oom', 5, 5, $2) returning auto_id)
         insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, connection, pipeline, target, asked_at, tried_at, settled_at, auto_id)
         select gen_random_uuid(), 'retry', $1, 'k', $3, '', 'prod', 'p', '{}', $2, $2, $4, case when $5 then auto_id end from allowed`,
        [
          does === 'failed retry' ? 'failed' : 'succeeded',
          first,
          person('a'),
          does === 'late retry' ? hour(-100 + 7 * 24) : hour(-99),
          does === 'automatic retry',
        ],
      );
    if (['request', 'test request', 'emoji'].includes(does)) {
      await ask({ by: 'a', at: -98, channel: does === 'test request' ? 'C0TESTING' : 'C0HELP' });
      if (does === 'emoji') await db.query(`update requests set source = 'emoji'`);
    }
    const { figures } = await figuresOf({ adoption: { excludeChannels: ['C0TESTING'] } });
    expect(figures.activation).toEqual({ kind: 'share', hits: is, n: 1 });
  });
});

describe('people, in the week, the month and the quarter', () => {
  async function active(by: string, ...days: string[]): Promise<void> {
    for (const day of days)
      await database.db.query(
        `insert into activity_days (day, tool, feature, person_id, team, count, ok, user_errors, system_errors, first_at, useful_at)
         values ($1::date, 'pitcrew', 'pipeline status', $2, '', 1, 1, 0, 0, $1::date, $1::date)`,
        [day, person(by)],
      );
  }
  const ran = (day: string, ended: number, succeeded: number, pipeline = 'p') =>
    database.db.query(
      `insert into run_days (day, connection, pipeline, ended, succeeded, first_try, backfill_ended, backfill_succeeded)
       values ($1, 'prod', $4, $2, $3, $3, 0, 0)`,
      [day, ended, succeeded, pipeline],
    );
  const group = (members: string[]) =>
    database.db.query(
      `insert into user_groups (group_id, handle, members, fetched_at) values ('S0ALL', 'all', $1, $2)
       on conflict (group_id) do update set members = excluded.members`,
      [members, hour(0)],
    );
  const said = async (name: string, now = '2027-01-05T09:00:00.000Z') => {
    const week = await figures({ adoption: { eligibleGroups: ['S0ALL'] } }, now).compute(span(name), 'all');
    const value = (id: keyof WeekFigures['figures']) => sayValue(week.figures[id]);
    return { week, value };
  };

  it('are counted by the calendar, against the month or quarter before', async () => {
    await people('a', 'c', 'd');
    await active('a', '2026-10-01', '2026-11-30');
    await active('c', '2026-09-30', '2026-11-01');
    await active('d', '2026-12-01');
    await ran('2026-10-31', 100, 40);
    await ran('2026-11-01', 100, 90);
    await ran('2026-11-30', 100, 90);
    await ran('2026-12-01', 100, 0);
    const month = await said('2026-11');
    expect(month.week).toMatchObject({ week: '2026-11', unit: 'month', label: 'November 2026' });
    expect([month.value('weekly-active'), month.value('retention'), month.value('resurrecting-people')]).toEqual([
      '2',
      '1 of 1',
      '1',
    ]);
    expect([month.value('run-success'), sayValue(month.week.before['run-success'])]).toEqual([
      '90% (180 of 200)',
      '40% (40 of 100)',
    ]);
    const quarter = await said('2026-Q4');
    expect([quarter.value('weekly-active'), quarter.value('returning-people'), quarter.value('new-people')]).toEqual([
      '3',
      '1',
      '2',
    ]);
    expect(quarter.value('run-success')).toBe('55% (220 of 400)');
    for (const { week } of [month, quarter])
      expect(Object.values(week.residuals).every((left) => left === 0)).toBe(true);
  });

  it('are told up to now where it is not over, and compared with nothing', async () => {
    await people('a', 'c');
    await active('a', '2026-11-17');
    await active('c', '2026-11-10');
    const { week, value } = await said('2026-W47', '2026-11-18T12:00:00.000Z');
    expect(week.label).toBe('2026-W47 (16–22 Nov), so far');
    expect([value('weekly-active'), week.before]).toEqual(['1', {}]);
    // Three working days, one of them with one person.
    expect(value('daily-active')).toBe('0.3 (n 3)');
  });

  it('are held against all of the eligible groups, also those whom nobody has met, as they were at the end of the week', async () => {
    await people('a', 'b');
    await active('a', '2026-11-17');
    await group([slackId('a'), slackId('b'), ...'cdefg'].map(String));
    expect((await said('2026-W47')).value('reach')).toBe('17% (1 of 6, small sample)');
    await figures({ adoption: { eligibleGroups: ['S0ALL'] } }).keepEligible(span('2026-W47'));
    await group([slackId('a')]);
    await figures({ adoption: { eligibleGroups: ['S0ALL'] } }).keepEligible(span('2026-W47'));
    expect((await said('2026-W47')).value('reach')).toBe('17% (1 of 6, small sample)');
    expect((await said('2026-W48')).value('reach')).toBe('0 of 1');
  });

  it('are told tool by tool, week by week, with the teams that they are in', async () => {
    await people('a', 'c');
    await database.db.query(
      `insert into activity_days (day, tool, feature, person_id, team, count, ok, user_errors, system_errors, first_at)
       values ('2026-11-11', 'prod', 'retry', $1, '', 1, 1, 0, 0, $2), ('2026-11-18', 'prod', 'retry', $1, '', 1, 1, 0, 0, $2),
              ('2026-11-18', 'prod', 'deploy', $3, 'Sales', 1, 1, 0, 0, $2)`,
      [person('a'), hour(0), person('c')],
    );
    await group([slackId('a')]);
    const teams = [{ name: 'orders', channel: 'C0ORDERS', members: { usergroup: 'S0ALL' } }];
    const { tools, trend } = await figuresOf({ teams });
    expect(tools.find(({ tool }) => tool === 'prod')).toMatchObject({ weekly: 2, teams: 2, fresh: 1 });
    expect(trend.slice(-2).map((week) => week.tools.prod)).toEqual([1, 2]);
  });

  it('come beside what became of pipelines before and after the paved path, by the day on which they were first seen on it', async () => {
    const pave = (pipeline: string) =>
      database.db.query(
        `insert into pipelines (connection, key, facts, first_seen_at, seen_at)
         values ('prod', $1, '{"owner":"a","tests":true,"runbook":"https://wiki.example","deadline":"08:00"}', $2, $2)`,
        [pipeline, hour(0)],
      );
    await pave('always');
    await figures({}, '2026-09-01T09:00:00.000Z').notePaved();
    await pave('p');
    await figures({}, '2026-10-01T09:00:00.000Z').notePaved();
    await figures({}, '2026-11-01T09:00:00.000Z').notePaved();
    await ran('2026-09-02', 10, 0);
    await ran('2026-09-03', 10, 6);
    await ran('2026-10-01', 10, 0);
    await ran('2026-10-02', 10, 9);
    await ran('2026-10-29', 10, 10);
    await ran('2026-10-30', 10, 0);
    for (const day of ['2026-09-20', '2026-10-10']) await ran(day, 10, 1, 'always');
    const { value, week } = await said('2026-W47');
    expect([value('before-paved'), value('after-paved')]).toEqual(['60% (6 of 10, small sample)', '95% (19 of 20)']);
    // Of what was there already nobody can tell: how many, and since when that is looked at.
    expect(week.alreadyPaved).toEqual({ pipelines: 1, day: '2026-09-01' });
    expect((await said('2026-W43')).week.figures['before-paved']).toBeUndefined();
  });
});
