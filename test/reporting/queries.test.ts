import { definitions, figureIds } from '../../src/domain/figures/definitions';
import { queryOf } from '../../src/domain/figures/queries';
import { spanNamed } from '../../src/domain/figures/week';
import type { FigureValue, WeekFigures } from '../../src/domain/figures/week-figures';
import { SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import { createFigures } from '../../src/reporting/figures';
import { createRollups } from '../../src/reporting/rollups';
import { keepPrinted } from '../../src/store/figure-rows';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { panelsOver } from '../support/grafana';
import { seeded } from '../support/seeded';
import { createSetClock } from '../support/set-clock';

const timeZone = 'America/New_York';
const name = '2026-W45';
const monday = new Date('2026-11-02T05:00:00Z').getTime();
const clock = createSetClock('2026-11-20T09:00:00.000Z');
const settings = { ...SettingsFile.parse({ workspace: { timeZone } }), orchestrators: [], catalogue: [] };

let database: TestDatabase;
let printed: WeekFigures['figures'];
beforeAll(async () => {
  database = await createTestDatabase();
  await fill();
  const log = createLogger('silent');
  await createRollups({ ...deps(), log, meet: async () => false }).rebuild();
  const week = spanNamed(name, timeZone);
  if (!week) throw new Error('there is such a week');
  const figures = createFigures({
    ...deps(),
    timetable: async () => [{ since: new Date(0), schedule: settings.workspace }],
    counters: async () => [],
  });
  const all = await figures.compute(week, 'all');
  await keepPrinted(database.db, all);
  printed = all.figures;
});
afterAll(() => database.drop());

const deps = () => ({ db: database.db, clock, settings: () => settings });

/** Three weeks of a small organisation, the clock change among them; what is of the edges is there as well. */
async function fill(): Promise<void> {
  const random = seeded(45);
  const below = (bound: number) => Math.floor(random() * bound);
  const pick = <T>(...of: T[]): T => of[below(of.length)] as T;
  const anyTime = () =>
    random() < 0.1
      ? new Date(monday + pick(-1, 0, 7) * 86_400_000)
      : new Date(monday + (random() * 28 - 20) * 86_400_000);
  const person = (n: number) => `0000000${n.toString(16)}-0000-4000-8000-000000000000`;
  const insert = (table: string, rows: Record<string, unknown>[]) =>
    database.db.query(
      `insert into ${table} (${Object.keys(rows[0] ?? {}).join(', ')}) select ${Object.keys(rows[0] ?? {}).join(', ')}
       from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(rows)],
    );
  const many = (count: number, row: (n: number) => Record<string, unknown>) =>
    Array.from({ length: count }, (_, n) => row(n));
  await insert(
    'people',
    many(12, (n) => ({
      person_id: person(n),
      slack_id: `U${n}`,
      name: `P${n}`,
      is_bot: false,
      fetched_at: clock.now(),
    })),
  );
  await database.db.query(
    `insert into interactions (person_id, what, outcome, took_ms, at)
     select (i ->> 'p')::uuid, i ->> 'what', i ->> 'outcome', (i ->> 'ms')::int, (i ->> 'at')::timestamptz from jsonb_array_elements($1::jsonb) i`,
    [
      JSON.stringify(
        many(120, () => ({
          p: person(below(8)),
          what: pick('pipeline status', 'retry-run.v1', 'acknowledge.v1'),
          outcome: pick('ok', 'ok', 'user-error', 'system-error', 'not-allowed'),
          ms: pick(100, 900, 30_000, 30_001),
          at: anyTime(),
        })),
      ),
    ],
  );
  // Newcomers of four and eight weeks ago, some of whom stayed.
  for (const [n, days] of [
    [8, -27],
    [8, 2],
    [9, -26],
    [10, -55],
    [10, -20],
    [11, -50],
    [11, -40],
  ] as const)
    await database.db.query(
      `insert into interactions (person_id, what, outcome, took_ms, at) values ($1, 'pipeline status', 'ok', 100, $2)`,
      [person(n), new Date(monday + days * 86_400_000)],
    );
  await insert(
    'runs',
    many(200, (n) => {
      const at = anyTime();
      return {
        connection: 'prod',
        pipeline: pick('a', 'b', 'c'),
        run: `r${n}`,
        attempt: pick(1, 1, 2),
        partition: pick('', '1'),
        status: pick('failed', 'succeeded', 'succeeded', 'cancelled'),
        started_at: new Date(at.getTime() - 60_000),
        ended_at: at,
        occurred_at: at,
        recorded_at: at,
      };
    }),
  );
  for (let n = 0; n < 30; n += 1) {
    const at = anyTime();
    const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
    const id = `1000${1000 + n}-0000-4000-8000-000000000000`;
    await insert('incidents', [
      {
        incident_id: id,
        state: pick('open', 'recovered'),
        opened_at: at,
        last_failed_at: at,
        reason: 'first-failure',
        saved_at: at,
      },
    ]);
    await database.db.query(
      `insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, first_failed_at, last_failed_at, failures)
       values ($1, 'prod', 'a', $1::uuid::text, 'failed', 'failed', 'own', 'r', 1, $2, $2, 1)`,
      [id, at],
    );
    if (random() < 0.7) {
      await database.db.query(
        `insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, first_failed_at, last_failed_at, failures)
         values ($1, 'prod', 'b', $1::uuid::text, 'failed', 'failed', 'same-cause', 'r', 1, $2, $2, 1)`,
        [id, at],
      );
      for (const isFirst of [true, false])
        await database.db.query(`insert into log_causes values ($1, $2, 'prod', 'b', '', $3, $4)`, [
          id,
          isFirst,
          pick('x', 'x', 'y', null),
          at,
        ]);
    }
    if (random() < 0.7)
      await database.db.query(
        `insert into posts (post_id, kind, role, channel, incident_id, ts, next_at, created_at) values (gen_random_uuid(), 'state', 'parent', 'C0', $1, $2, $3, $3)`,
        [id, (later(below(3)).getTime() / 1_000).toFixed(6), at],
      );
    if (random() < 0.5)
      await database.db.query(
        `insert into actions (action_id, kind, state, outcome, idempotency_key, person_id, slack_id, incident_id, connection, pipeline, target, asked_at, tried_at, settled_at)
         values (gen_random_uuid(), $1, $2, $3, $4, $5, 'U0', $6, 'prod', 'a', '{}', $7, $7, $8)`,
        [
          pick('retry', 'stop'),
          pick('succeeded', 'failed', 'following'),
          pick(null, 'fixed', 'same-cause'),
          id,
          person(below(8)),
          id,
          later(9),
          later(20),
        ],
      );
    await database.db.query(
      `insert into feedback (feedback_id, kind, subject_kind, subject_id, about, person_id, value, at)
       values (gen_random_uuid(), 'thumb', $1, $2, 'rule', $3, $4, $5)`,
      [pick('diagnosis', 'action'), id, person(below(8)), pick(1, 1, -1), later(30)],
    );
    const [request] = await database.db.query<{ id: string }>(
      `insert into requests (request_id, state, person_id, source, channel, asked_at, requester_said_at, changed_at, first_response_at, question, origin)
       values (gen_random_uuid(), 'open', $1, $2, 'C0', $3, $3, $3, $5, 'why', $4) returning request_id as id`,
      [person(below(8)), pick('command', 'emoji'), at, id, later(below(90))],
    );
    const happened: [string, number, string, object][] = [
      ['opened', 0, 'requester', { source: 'command', isStaff: false }],
      ['solved', 3_000, 'team', { how: 'team' }],
      ['reopened', 5_000, 'requester', { why: 'pressed' }],
      ['surveyed', 5_500, 'pitcrew', {}],
      ['rated', 6_000, 'requester', { score: pick(1, 4, 5) }],
    ];
    for (const [kind, minutes, role, detail] of happened.slice(0, 1 + below(5)))
      await database.db.query(
        `insert into request_events (request_id, at, kind, by_role, detail) values ($1, $2, $3, $4, $5)`,
        [request?.id, later(minutes), kind, role, JSON.stringify(detail)],
      );
  }
}

const asked = figureIds.filter((id) => queryOf(id, { week: name, timeZone }) !== undefined);

it.each(asked)('the query that is shown for %s gives what is printed', async (id) => {
  const value = printed[id];
  const [row] = await database.db.query<Record<string, unknown>>(queryOf(id, { week: name, timeZone }) ?? '');
  if (!value) return expect(Number(Object.values(row ?? {})[0] ?? 0)).toBe(0);
  expect(numbersOf(row ?? {})).toMatchObject(tellingOf(value));
});

it('stands for a figure of its own kind, over views alone', () => {
  for (const id of asked) {
    const query = queryOf(id, { week: name, timeZone }) ?? '';
    expect(
      [...query.matchAll(/\b(?:from|join) (?!figures_|seen|useful|drawn|timestamptz|greatest)(\w+)/g)].map(
        ([, table]) => table,
      ),
    ).toEqual([]);
    expect(query).not.toMatch(/[^:]:[a-z]/);
    const words = { count: 'count', share: 'hits', spread: 'median', mean: 'mean', total: 'total' };
    expect(query).toContain(` as ${words[definitions[id].kind]}`);
  }
});

describe.each(panelsOver(new Date(monday - 84 * 86_400_000), clock.now()))('the dashboard: $title', ({ queries }) => {
  it.each(queries)('has rows in the form that Grafana draws', async ({ sql, format }) => {
    const rows = await database.db.query<Record<string, unknown>>(sql);
    expect(rows).not.toEqual([]);
    if (format === 'table') return;
    const times = rows.map(({ time }) => (time instanceof Date ? time.getTime() : Number.NaN));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { time: _time, metric, ...values } of rows) {
      expect(['string', 'undefined']).toContain(typeof metric);
      for (const value of Object.values(values)) expect(value === null || Number.isFinite(Number(value))).toBe(true);
    }
  });
});

const numbersOf = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Math.round(Number(value) * 1_000) / 1_000]));

function tellingOf(value: FigureValue): Record<string, number> {
  switch (value.kind) {
    case 'share':
      return { hits: value.hits, n: value.n };
    case 'count':
      return { count: value.count };
    case 'mean':
      return { mean: Math.round(value.mean * 1_000) / 1_000, n: value.n };
    default:
      return 'median' in value && value.median !== undefined && value.p90 !== undefined
        ? { n: value.n, median: Math.round(value.median * 1_000) / 1_000, p90: Math.round(value.p90 * 1_000) / 1_000 }
        : { n: 'n' in value ? value.n : 0 };
  }
}
